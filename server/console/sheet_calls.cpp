// SPDX-License-Identifier: Apache-2.0
#include "server/console/sheet_calls.h"

#include <algorithm>
#include <utility>

#include "server/console/stream_limit.h"

namespace madoguchi::console {
namespace {

// The acts name the field first: "files: none".
void NameField(const Error& error, Refused& refused) {
  if (error.code != ErrorCode::kFieldInvalid) return;
  v1::FieldProblem problem;
  problem.set_field(error.detail.substr(0, error.detail.find(':')));
  problem.set_text_ja("値が正しくありません。");
  problem.set_text_en("The value is not valid.");
  refused.problems.push_back(std::move(problem));
}

void ToMessage(const account::ImportReport& report, v1::ImportSheetsResponse& response) {
  response.set_committed(report.committed);
  response.set_accounts(report.accounts);
  for (const account::ImportedFile& file : report.files) {
    v1::ImportedFile& message = *response.add_files();
    message.set_file_name(file.name);
    for (const std::string& account_id : file.account_ids) message.add_account_ids(account_id);
    if (!file.code) continue;
    const CatalogueEntry& entry = Describe(*file.code);
    message.set_code(static_cast<int>(entry.code));
    message.set_where(file.where);
    message.set_text_ja(std::string(entry.what_ja));
    message.set_text_en(std::string(entry.what_en));
  }
}

bool WriteFile(const account::PrintedFile& file, grpc::ServerWriter<v1::PrintSheetsResponse>& writer) {
  const ByteView whole = file.pdf.view();
  for (std::size_t at = 0; at < whole.size(); at += kPrintChunkBytesMax) {
    v1::PrintSheetsResponse chunk;
    if (at == 0) chunk.set_file_name(file.name);
    const ByteView part = whole.subspan(at, std::min(kPrintChunkBytesMax, whole.size() - at));
    chunk.set_content(part.data(), part.size());
    const bool written = writer.Write(chunk);
    Wipe({reinterpret_cast<std::uint8_t*>(chunk.mutable_content()->data()), chunk.content().size()});
    if (!written) return false;
  }
  return true;
}

}  // namespace

Result<void> SheetCalls::Import(grpc::ServerReader<v1::ImportSheetsRequest>& reader, account::ImportRequest request,
                                Deadline deadline, v1::ImportSheetsResponse& response) {
  TRY_ASSIGN(account::SheetImport import,
             account::SheetImport::Begin({parts_.book, parts_.trail, parts_.seal, parts_.key}, std::move(request)));
  v1::ImportSheetsRequest message;
  while (reader.Read(&message)) {
    if (!message.has_chunk()) return Error{ErrorCode::kFieldInvalid, "content: only the first message is a header", {}};
    const v1::ImportChunk& chunk = message.chunk();
    const auto added = import.Add(chunk.file(), chunk.file_name(), AsBytes(chunk.content()), chunk.last());
    std::string& content = *message.mutable_chunk()->mutable_content();
    Wipe({reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
    TRY_VOID(added);
  }
  TRY_ASSIGN(const account::ImportReport report, import.End(deadline));
  ToMessage(report, response);
  return {};
}

grpc::Status SheetCalls::ImportSheets(grpc::ServerContext* context, grpc::ServerReader<v1::ImportSheetsRequest>* reader,
                                      v1::ImportSheetsResponse* response) {
  v1::ImportSheetsRequest first;
  {
    const StreamLimit limit(*context, Deadline::In(parts_.first_message_within));
    reader->Read(&first);  // nothing came: an empty request, which the guard judges all the same
  }
  return parts_.guard.Serve(*context, "AccountService/ImportSheets", first,
                            [&](const Caller& caller, Deadline, Refused& refused) -> Result<void> {
                              if (!first.has_header()) {
                                const Error error{ErrorCode::kFieldInvalid, "header: missing", {}};
                                NameField(error, refused);
                                return error;
                              }
                              if (!free_.try_acquire())
                                return Error{ErrorCode::kServerBusy, "other imports are running", {}};
                              const Deadline deadline = Deadline::In(kImportWithin);
                              const v1::ImportHeader& header = first.header();
                              auto done = [&] {
                                const StreamLimit limit(*context, deadline);
                                return Import(*reader,
                                              {header.institution_code(), header.files(), header.commit(),
                                               header.application_id(), caller.user_id},
                                              deadline, *response);
                              }();
                              free_.release();
                              if (!done.ok()) NameField(done.error(), refused);
                              return done;
                            });
}

grpc::Status SheetCalls::PrintSheets(grpc::ServerContext* context, const v1::PrintSheetsRequest* request,
                                     grpc::ServerWriter<v1::PrintSheetsResponse>* writer) {
  return parts_.guard.Serve(*context, "AccountService/PrintSheets", *request,
                            [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                              account::SheetPrint print({parts_.book, parts_.trail, parts_.seal});
                              auto files = print.Print({request->institution_code(),
                                                        {request->account_ids().begin(), request->account_ids().end()},
                                                        request->in_one_file(),
                                                        caller.user_id},
                                                       deadline);
                              if (!files.ok()) {
                                NameField(files.error(), refused);
                                return files.error();
                              }
                              const StreamLimit limit(*context, Deadline::In(kPrintWithin));
                              for (const account::PrintedFile& file : *files)
                                if (!WriteFile(file, *writer)) break;  // the caller has gone
                              return {};
                            });
}

}  // namespace madoguchi::console
