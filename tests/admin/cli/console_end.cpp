// SPDX-License-Identifier: Apache-2.0
#include "tests/admin/cli/console_end.h"

#include <grpcpp/server_builder.h>
#include <unistd.h>

#include <array>

#include "admin/cli/admin.h"
#include "admin/cli/client.h"
#include "contract/channel_credentials.h"
#include "contract/files.h"
#include "server/identity/facility_ca.h"
#include "tests/proto/contract/grpc_of_the_program.h"

namespace madoguchi::cli {
namespace {

constexpr char kPassphrase[] = "correct horse battery";
constexpr std::chrono::seconds kShutdownWithin{5};

std::string Token(const grpc::ServerContext& context) {
  const auto found = context.client_metadata().find(kSessionMetadata);
  return found == context.client_metadata().end() ? std::string()
                                                  : std::string(found->second.data(), found->second.size());
}

}  // namespace

grpc::Status Refusal(grpc::StatusCode status, const v1::CallRefusal& refusal) {
  return {status, "REFUSED", refusal.SerializeAsString()};
}

grpc::Status Sessions::LogIn(grpc::ServerContext* context, const v1::ConsoleLogInRequest* request,
                             v1::ConsoleLogInResponse* response) {
  password = request->password();
  code = request->code();
  token_with_log_in = Token(*context);
  if (password != "right") {
    v1::CallRefusal refusal;
    refusal.set_code(static_cast<int>(ErrorCode::kConsoleLogInLocked));
    refusal.set_retry_after_ms(1'800'000);
    return Refusal(grpc::StatusCode::PERMISSION_DENIED, refusal);
  }
  response->set_token(std::string(64, 'b'));
  response->set_ends_at("2026-11-22T12:30:00Z");
  return grpc::Status::OK;
}

grpc::Status Sessions::WhoAmI(grpc::ServerContext* context, const v1::WhoAmIRequest*, v1::WhoAmIResponse* response) {
  token_with_who_am_i = Token(*context);
  response->set_user_id("ada@clinic.example");
  response->set_role(v1::ROLE_ADMINISTRATOR);
  return grpc::Status::OK;
}

grpc::Status Sessions::LogOut(grpc::ServerContext*, const v1::ConsoleLogOutRequest*, v1::ConsoleLogOutResponse*) {
  return grpc::Status::OK;
}

grpc::Status Facilities::ListInstitutions(grpc::ServerContext*, const v1::ListInstitutionsRequest*,
                                          v1::ListInstitutionsResponse* response) {
  for (const std::string& code : codes) response->add_institutions()->set_institution_code(code);
  return grpc::Status::OK;
}

grpc::Status Accounts::ImportSheets(grpc::ServerContext*, grpc::ServerReader<v1::ImportSheetsRequest>* reader,
                                    v1::ImportSheetsResponse* response) {
  files.clear();
  v1::ImportSheetsRequest request;
  while (reader->Read(&request)) {
    if (request.has_header()) {
      imports.push_back(request.header());
      continue;
    }
    if (!request.chunk().file_name().empty()) files.emplace_back(request.chunk().file_name(), "");
    files.back().second += request.chunk().content();
  }
  for (const auto& [name, content] : files) {
    v1::ImportedFile& file = *response->add_files();
    file.set_file_name(name);
    if (content.find("damaged") != std::string::npos) {
      file.set_code(static_cast<int>(ErrorCode::kSheetImageOnly));
      file.set_text_ja("画像だけの PDF です");
      file.set_text_en("only a picture");
    } else {
      file.add_account_ids("W0000001");
    }
  }
  response->set_accounts(static_cast<std::uint32_t>(files.size()));
  response->set_committed(imports.back().commit());
  return grpc::Status::OK;
}

grpc::Status Accounts::PrintSheets(grpc::ServerContext*, const v1::PrintSheetsRequest*,
                                   grpc::ServerWriter<v1::PrintSheetsResponse>* writer) {
  for (const char* name : {"W0000001_skg_account.pdf", "W0000002_skg_account.pdf"}) {
    v1::PrintSheetsResponse chunk;
    chunk.set_file_name(name);
    chunk.set_content("%PDF-");
    writer->Write(chunk);
    chunk.clear_file_name();
    chunk.set_content("1.7");
    writer->Write(chunk);
  }
  return grpc::Status::OK;
}

grpc::Status Accounts::Unlock(grpc::ServerContext*, const v1::UnlockAccountRequest* request,
                              v1::UnlockAccountResponse* response) {
  if (request->approval_id().empty() && request->break_glass_code() != "sealed") {
    v1::CallRefusal refusal;
    refusal.set_code(static_cast<int>(ErrorCode::kApprovalNeeded));
    refusal.set_approval_id("approval-1");
    return Refusal(grpc::StatusCode::FAILED_PRECONDITION, refusal);
  }
  response->mutable_account()->set_account_id(request->account_id());
  return grpc::Status::OK;
}

grpc::Status Accounts::SetNote(grpc::ServerContext*, const v1::SetAccountNoteRequest* request,
                               v1::SetAccountNoteResponse* response) {
  noted = *request;
  response->mutable_account()->set_note(request->note());
  return grpc::Status::OK;
}

grpc::Status Approvals::List(grpc::ServerContext* /*context*/, const v1::ListApprovalsRequest* /*request*/,
                             v1::ListApprovalsResponse* response) {
  v1::Approval& one = *response->add_approvals();
  one.set_approval_id("approval-1");
  one.set_summary_ja("端末機器アカウントのロックを早期に解除: account_id=W0000001");
  one.set_state("open");
  return grpc::Status::OK;
}

grpc::Status Approvals::Approve(grpc::ServerContext* /*context*/, const v1::ApproveRequest* request,
                                v1::ApproveResponse* /*response*/) {
  approved = *request;
  return grpc::Status::OK;
}

grpc::Status Desks::Prepare(grpc::ServerContext*, const v1::PrepareDesksRequest* request,
                            grpc::ServerWriter<v1::PrepareDesksResponse>* writer) {
  asked = *request;
  for (int i = 0; i < request->names_size(); ++i) {
    v1::PrepareDesksResponse message;
    message.mutable_desk()->set_desk_id("desk-" + std::to_string(i));
    message.mutable_desk()->set_name(request->names(i));
    message.mutable_desk()->add_account_ids("W000000" + std::to_string(i + 1));
    message.mutable_desk()->set_activation("prepared");
    message.set_link("madoguchi-enrol:?t=secret" + std::to_string(i));
    if (!request->links_only()) message.set_file_name("sheet" + std::to_string(i) + ".pdf");
    writer->Write(message);
    if (request->links_only()) continue;
    for (const char* part : {"%PDF-", "1.7"}) {
      v1::PrepareDesksResponse chunk;
      chunk.mutable_desk()->set_desk_id("desk-" + std::to_string(i));
      chunk.set_file_name(message.file_name());
      chunk.set_sheet(part);
      writer->Write(chunk);
    }
  }
  return grpc::Status::OK;
}

grpc::Status Desks::List(grpc::ServerContext*, const v1::ListDesksRequest*, v1::ListDesksResponse* response) {
  ++listed;
  for (int i = 0; i < asked.names_size(); ++i) {
    v1::Desk& desk = *response->add_desks();
    desk.set_desk_id("desk-" + std::to_string(i));
    desk.set_name(asked.names(i));
    desk.set_activation(i < listed ? "active" : "prepared");
  }
  return grpc::Status::OK;
}

grpc::Status Methods::List(grpc::ServerContext*, const v1::ListMethodRulesRequest*,
                           v1::ListMethodRulesResponse* response) {
  v1::MethodRule& rule = *response->add_rules();
  rule.set_number(7);
  rule.set_zone("2階");
  rule.add_weekdays(1);
  rule.add_weekdays(5);
  rule.set_from("09:00");
  rule.set_until("24:00");
  rule.add_methods(v1::PIN);
  rule.add_methods(v1::SIGHT);
  v1::DeskMethods& desk = *response->add_desks();
  desk.set_desk_name("窓口1");
  desk.set_zone("2階");
  return grpc::Status::OK;
}

grpc::Status Methods::Add(grpc::ServerContext*, const v1::AddMethodRuleRequest* request,
                          v1::AddMethodRuleResponse* response) {
  added = request->rule();
  response->set_number(8);
  return grpc::Status::OK;
}

grpc::Status Methods::Remove(grpc::ServerContext*, const v1::RemoveMethodRuleRequest* request,
                             v1::RemoveMethodRuleResponse*) {
  removed = request->number();
  return grpc::Status::OK;
}

grpc::Status Methods::SetZone(grpc::ServerContext*, const v1::SetZoneRequest* request, v1::SetZoneResponse*) {
  zone = *request;
  return grpc::Status::OK;
}

grpc::Status Calls::Search(grpc::ServerContext*, const v1::SearchCallsRequest* request,
                           v1::SearchCallsResponse* response) {
  asked = *request;
  ++count;
  v1::ServiceCall& first = *response->add_calls();
  first.set_number(12);
  first.set_kind("check");
  first.set_key("00112233-4455-6677-8899-aabbccddeeff");
  first.set_started_at("2026-11-23T00:00:00Z");
  first.set_outcome("answered");
  first.set_took_us(412'000);
  first.set_attempts(1);
  first.set_status(200);
  v1::ServiceCall& second = *response->add_calls();
  second.set_number(11);
  second.set_kind("inquiry");
  second.set_outcome("reconciled");
  second.set_code(1302);
  second.set_reconciled_as("not_seen");
  response->set_more(true);
  return grpc::Status::OK;
}

grpc::Status Handoffs::List(grpc::ServerContext*, const v1::ListHandoffRequest* request,
                            v1::ListHandoffResponse* response) {
  asked = *request;
  v1::HandoffRow& refused = *response->add_rows();
  refused.set_number(7);
  refused.set_channel("webhook");
  refused.set_state("refused");
  refused.set_code(2008);
  refused.set_attempts(3);
  refused.set_desk_name("窓口1");
  refused.set_created_at("2026-11-23T00:00:00Z");
  v1::HandoffRow& delivered = *response->add_rows();
  delivered.set_number(6);
  delivered.set_channel("oqs_folder");
  delivered.set_state("delivered");
  delivered.set_file_name("OQSsiquc01res_face_1.xml");
  response->set_more(true);
  return grpc::Status::OK;
}

grpc::Status Handoffs::Retry(grpc::ServerContext*, const v1::RetryHandoffRequest* request, v1::RetryHandoffResponse*) {
  retried = request->number();
  if (retried == 7) return grpc::Status::OK;
  v1::CallRefusal refusal;
  refusal.set_code(static_cast<int>(ErrorCode::kStateNotPossible));
  return Refusal(grpc::StatusCode::FAILED_PRECONDITION, refusal);
}

grpc::Status Handoffs::Discard(grpc::ServerContext*, const v1::DiscardHandoffRequest* request,
                               v1::DiscardHandoffResponse*) {
  discarded = request->number();
  return grpc::Status::OK;
}

ConsoleEnd::ConsoleEnd() {
  wire::RequireTls13();
  const std::string identity = folder_.File("identity"), console = folder_.File("console");
  if (!identity::FacilityCa::Create(identity, kPassphrase, {{"localhost"}, {"127.0.0.1"}})) std::abort();
  const auto ca = identity::FacilityCa::Load(identity, kPassphrase);
  const auto issued = (*ca)->IssueConsole("11111111-2222-4333-8444-555555555555");
  std::filesystem::create_directories(console);
  const identity::IdentityFiles names(identity);
  const bool written = WriteFileWhole(console + "/console.pem", issued->issued.certificate_pem, false) &&
                       WriteFileWhole(console + "/console.key", issued->key_pem, true) &&
                       WriteFileWhole(console + "/facility-ca.pem", (*ca)->root_pem(), false);
  if (!written) std::abort();
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", *wire::ServerCredentials({names.root, names.server, names.server_key}, true),
                           &port_);
  builder.RegisterService(&sessions);
  builder.RegisterService(&facilities);
  builder.RegisterService(&accounts);
  builder.RegisterService(&approvals);
  builder.RegisterService(&desks);
  builder.RegisterService(&methods);
  builder.RegisterService(&calls);
  builder.RegisterService(&handoffs);
  builder.RegisterService(&reviews);
  server_ = builder.BuildAndStart();
  const std::string conf = "server=\"" + settings().server + "\"\nconsole=\"" + console + "\"\n";
  if (!server_ || !WriteFileWhole(folder_.File("admin.conf"), conf, false)) std::abort();
}

ConsoleEnd::~ConsoleEnd() {
  server_->Shutdown(std::chrono::system_clock::now() + kShutdownWithin);
}

Settings ConsoleEnd::settings() const {
  Settings settings;
  settings.server = "localhost:" + std::to_string(port_);
  settings.console_directory = folder_.File("console");
  settings.session_file = folder_.File("state/session");
  return settings;
}

ConsoleEnd::Ran ConsoleEnd::Run(const std::vector<std::string>& arguments, const std::string& secrets) const {
  const Settings own = settings();
  std::vector<std::string> words = {"madoguchi-admin", "--config", folder_.File("admin.conf"), "--session",
                                    own.session_file};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) std::abort();
  if (write(ends[1], secrets.data(), secrets.size()) != static_cast<ssize_t>(secrets.size())) std::abort();
  close(ends[1]);
  if (!secrets.empty()) words.insert(words.end(), {"--secrets-fd", std::to_string(ends[0])});
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int status = RunAdmin(static_cast<int>(argv.size()), argv.data());
  Ran ran{status, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
  close(ends[0]);
  return ran;
}

}  // namespace madoguchi::cli
