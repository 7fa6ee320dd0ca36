// SPDX-License-Identifier: Apache-2.0
// account import, account sheet: settings sheets in and out.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "admin/cli/import_files.h"
#include "admin/cli/out_files.h"
#include "admin/cli/received_files.h"
#include "madoguchi/v1/account_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

constexpr std::size_t kChunkBytes = 32 * 1024;

struct ImportWish {
  std::vector<std::string> places;
  std::string application_id;
  bool preview = false;
};

const std::vector<Column>& Columns() {
  static const std::vector<Column> columns = {{"file_name", "ファイル / file"},
                                              {"account_ids", "アカウント / accounts"},
                                              {"code", "番号 / code"},
                                              {"where", "場所 / where"},
                                              {"text_ja", "内容"},
                                              {"text_en", "what"}};
  return columns;
}

Done Send(Shell& shell, const v1::ImportHeader& header, const std::vector<FileContent>& files,
          v1::ImportSheetsResponse& answer) {
  if (Done failed = shell.client->Open()) return failed;
  grpc::ClientContext context;
  if (Done failed = shell.client->Prepare(context, kTransferWithin)) return failed;
  v1::AccountService::Stub stub(shell.client->channel());
  const std::unique_ptr<grpc::ClientWriter<v1::ImportSheetsRequest>> writer = stub.ImportSheets(&context, &answer);
  v1::ImportSheetsRequest message;
  *message.mutable_header() = header;
  bool going = writer->Write(message);
  for (std::size_t i = 0; going && i < files.size(); ++i) {
    const std::string& bytes = files[i].bytes;
    std::size_t at = 0;
    do {
      v1::ImportChunk& chunk = *message.mutable_chunk();
      chunk.Clear();
      chunk.set_file(static_cast<std::uint32_t>(i));
      if (at == 0) chunk.set_file_name(files[i].name);
      chunk.set_content(bytes.substr(at, kChunkBytes));
      at += kChunkBytes;
      chunk.set_last(at >= bytes.size());
      going = writer->Write(message);
      WipeText(chunk.mutable_content());
    } while (going && at < bytes.size());
  }
  writer->WritesDone();
  return Client::FromStatus(writer->Finish());  // says why when a write failed
}

int Bad(const v1::ImportSheetsResponse& answer) {
  int bad = 0;
  for (const v1::ImportedFile& file : answer.files()) bad += file.code() != 0 ? 1 : 0;
  return bad;
}

Shown ImportShown(const v1::ImportSheetsResponse& answer, const FoundFiles& found) {
  Shown shown = ShownList("files", answer.files(), Columns());
  shown.flags.emplace_back("committed", answer.committed());
  shown.numbers.emplace_back("accounts", answer.accounts());
  shown.numbers.emplace_back("bad_files", Bad(answer));
  shown.numbers.emplace_back("left_out", static_cast<std::int64_t>(found.left_out));
  if (found.left_out > 0)
    shown.notes.push_back("対象外として読まなかったもの / left out of folders: " + std::to_string(found.left_out));
  shown.notes.push_back((answer.committed() ? "取り込みました / imported: " : "読み取れたアカウント / understood: ") +
                        std::to_string(answer.accounts()));
  return shown;
}

// All or nothing: one bad file ends the import, and its own code says why.
Failure FirstBad(const v1::ImportSheetsResponse& answer) {
  Failure failure = Because(ErrorCode::kSheetUnreadable, "preview");
  for (const v1::ImportedFile& file : answer.files()) {
    if (file.code() == 0) continue;
    if (failure.problems.empty()) failure.error.code = FindErrorCode(file.code()).value_or(ErrorCode::kSheetUnreadable);
    failure.problems.push_back(
        {file.file_name() + (file.where().empty() ? "" : " " + file.where()), file.text_ja(), file.text_en(), false});
  }
  return failure;
}

Done Import(Shell& shell, const ImportWish& wish) {
  const Result<FoundFiles> found = FindImportFiles(wish.places);
  if (!found) return Because(found.error());
  v1::ImportHeader header;
  if (Done failed = FillInstitution(shell, header.mutable_institution_code())) return failed;
  header.set_application_id(wish.application_id);
  header.set_files(static_cast<std::uint32_t>(found->paths.size()));
  std::vector<FileContent> files;
  for (const std::string& path : found->paths) {
    Result<FileContent> content = ReadContent(path, kImportFileBytesMax);
    if (!content) return Because(content.error());
    files.push_back(std::move(*content));
  }
  v1::ImportSheetsResponse preview;
  if (Done failed = Send(shell, header, files, preview)) return failed;
  const Shown seen = ImportShown(preview, *found);
  if (Bad(preview) > 0) {
    if (!shell.settings.json) Show(shell.settings, seen);
    return FirstBad(preview);
  }
  if (wish.preview) {
    Show(shell.settings, seen);
    return {};
  }
  if (!shell.settings.yes) Progress(ShownText(seen));
  if (Done no = Agree(shell, "この内容で取り込みますか / import these?")) return no;
  header.set_commit(true);
  v1::ImportSheetsResponse answer;
  if (Done failed = Send(shell, header, files, answer)) return failed;
  if (Bad(answer) > 0 || !answer.committed()) return FirstBad(answer);
  Show(shell.settings, ImportShown(answer, *found));
  return {};
}

Done Print(Shell& shell, v1::PrintSheetsRequest& request, const std::string& out) {
  if (Done failed = FillInstitution(shell, request.mutable_institution_code())) return failed;
  OutFolder folder;
  if (Done failed = folder.Open(out)) return failed;
  grpc::ClientContext context;
  if (Done failed = shell.client->Open()) return failed;
  if (Done failed = shell.client->Prepare(context, kTransferWithin)) return failed;
  v1::AccountService::Stub stub(shell.client->channel());
  const std::unique_ptr<grpc::ClientReader<v1::PrintSheetsResponse>> reader = stub.PrintSheets(&context, request);
  ReceivedFiles files;
  v1::PrintSheetsResponse chunk;
  Done broken;
  while (!broken && reader->Read(&chunk)) {
    broken = files.Add(chunk.file_name(), chunk.content());
    WipeText(chunk.mutable_content());
  }
  if (broken) context.TryCancel();
  const grpc::Status status = reader->Finish();
  if (broken) return broken;
  if (Done failed = Client::FromStatus(status)) return failed;
  if (Done failed = files.WriteInto(folder)) return failed;
  Shown shown = ShownNote("書き込みました（0600） / written: " + std::to_string(folder.written().size()));
  for (const std::string& path : folder.written()) shown.notes.push_back("  " + path);
  shown.lists.emplace_back("files", folder.written());
  Show(shell.settings, shown);
  return {};
}

}  // namespace

void AddSheetCommands(CLI::App& account, Shell& shell) {
  const auto wish = std::make_shared<ImportWish>();
  CLI::App& import = AddCommand(
      account, shell, "import",
      "設定シート（PDF、CSV）を取り込む。全部か、何もしないか / import settings sheets (PDF, CSV), all or nothing",
      [wish](Shell& run) { return Import(run, *wish); });
  import.add_option("PATH", wish->places, "ファイルまたはフォルダー（200 ファイルまで） / files or folders")
      ->required()
      ->type_name("");
  AddFlag(
      import, "--preview", [wish] { wish->preview = true; }, "内容の確認だけ行う / only show what was understood");
  AddText(import, "--application", &wish->application_id, "どの申請の分か / id of the application they belong to");

  const auto request = std::make_shared<v1::PrintSheetsRequest>();
  const auto accounts = std::make_shared<std::vector<std::string>>();
  const auto out = std::make_shared<std::string>();
  CLI::App& sheet =
      AddCommand(account, shell, "sheet",
                 "設定シートを PDF で出す（初期登録の前だけ） / settings sheets as PDF, before activation only",
                 [request, accounts, out](Shell& run) {
                   for (const std::string& account_id : *accounts) request->add_account_ids(account_id);
                   return Print(run, *request, *out);
                 });
  sheet.add_option("ACCOUNT", *accounts, "アカウント ID（なければ全部） / accounts; none: all that can be printed")
      ->type_name("");
  AddText(sheet, "--out", out.get(), "書き込むフォルダー / folder to write into").required();
  AddFlag(
      sheet, "--in-one-file", [request] { request->set_in_one_file(true); }, "1 つの PDF にまとめる / one PDF for all");
}

}  // namespace madoguchi::cli
