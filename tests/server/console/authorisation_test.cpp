// SPDX-License-Identifier: Apache-2.0
// Who may call what, tried: every method of every service × every role × every way to be refused, over a real console
// listener with the real services and the real store. What has to happen is derived from the methods' declared access;
// authorisation.txt repeats the declarations, so that a changed one is seen in a review. The methods come from the
// descriptors: a new one is tried without being named.
#include "server/console/authorisation.h"

#include <gmock/gmock.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/generic/generic_stub.h>

#include <fstream>
#include <map>

#include "contract/files.h"
#include "server/account/account_acts.h"
#include "server/account/applications.h"
#include "server/account/desk_admin.h"
#include "server/account/institutions.h"
#include "server/account/manual_national_accounts.h"
#include "server/account/operators.h"
#include "server/account/releases.h"
#include "server/console/account_service.h"
#include "server/console/application_service.h"
#include "server/console/approval_service.h"
#include "server/console/call_service.h"
#include "server/console/desk_admin_service.h"
#include "server/console/facility_service.h"
#include "server/console/handoff_service.h"
#include "server/console/maintenance_service.h"
#include "server/console/method_service.h"
#include "server/console/role_words.h"
#include "server/console/session_service.h"
#include "server/console/sheet_calls.h"
#include "server/console/staff_service.h"
#include "server/console/trail_export_service.h"
#include "server/console/trail_keeping_service.h"
#include "server/console/trail_review_service.h"
#include "server/console/user_service.h"
#include "server/store/answer_limit.h"
#include "server/store/pg_applications.h"
#include "server/store/pg_facilities.h"
#include "server/store/pg_pool.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using store::Number;

constexpr int kPassed = 0;  // not refused by the guard, whatever the act answers
constexpr int kUnimplemented = -static_cast<int>(grpc::StatusCode::UNIMPLEMENTED);

// The codes that only the guard gives.
bool IsOfTheGuard(int code) {
  for (const ErrorCode one :
       {ErrorCode::kConsoleCertificateInvalid, ErrorCode::kSessionInvalid, ErrorCode::kRoleNotAllowed,
        ErrorCode::kCredentialsIncomplete, ErrorCode::kInstitutionNotAllowed, ErrorCode::kApprovalNeeded})
    if (code == Number(one)) return true;
  return code == kUnimplemented;
}

class AuthorisationTest : public ConsoleTest {
 protected:
  AuthorisationTest() {
    AddUser("new@clinic.example", "administrator", {}, false);
    for (const char* role : {"administrator", "auditor", "viewer"}) AddUser(OfOneCode(role), role, {kInstitution});
    Serve({&sessions_service_, &user_service_, &approval_service_, &account_service_, &maintenance_service_,
           &review_service_, &export_service_, &keeping_service_, &method_service_, &call_service_, &handoff_service_,
           &staff_service_, &desk_service_, &facility_service_, &application_service_});
    google::protobuf::FileDescriptorSet files;
    EXPECT_TRUE(files.ParseFromString(ReadSmallFile(MADOGUCHI_DESCRIPTORS).value()));
    for (const auto& file : files.file()) EXPECT_NE(pool_of_protos_.BuildFile(file), nullptr);
  }
  ~AuthorisationTest() override { StopServing(); }

  static std::string OfOneCode(const std::string& role) { return role + "@one.example"; }
  static std::string UserOf(v1::Role role) {
    return role == v1::ROLE_ADMINISTRATOR ? kAda : role == v1::ROLE_AUDITOR ? kAud : kViv;
  }
  static std::string Path(std::string_view method) { return "/madoguchi.v1." + std::string(method); }

  // A request with nothing in it but, where it has the field, this institution code.
  std::unique_ptr<Message> Request(std::string_view method, const std::string& code) {
    const std::string name = "madoguchi.v1." + std::string(method);
    const auto* found = pool_of_protos_.FindMethodByName(std::string(name).replace(name.find('/'), 1, "."));
    if (found == nullptr) return nullptr;
    std::unique_ptr<Message> request(messages_.GetPrototype(found->input_type())->New());
    SetCode(*request, code, kNestedMessagesMax);
    return request;
  }
  static bool SetCode(Message& message, const std::string& code, int depth) {
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = message.GetDescriptor()->field(i);
      if (field->is_repeated()) continue;
      if (field->name() == "institution_code") {
        message.GetReflection()->SetString(&message, field, code);
        return true;
      }
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && depth > 0 &&
          HasCode(*field->message_type(), depth - 1))
        return SetCode(*message.GetReflection()->MutableMessage(&message, field), code, depth - 1);
    }
    return false;
  }
  static bool HasCode(const Descriptor& message, int depth) {
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor* field = message.field(i);
      if (field->is_repeated()) continue;
      if (field->name() == "institution_code") return true;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && depth > 0 &&
          HasCode(*field->message_type(), depth - 1))
        return true;
    }
    return false;
  }

  // The code of a call with this session, through this channel; kPassed for everything the guard lets through.
  int Call(std::string_view method, const std::string& token, const std::shared_ptr<grpc::Channel>& channel,
           const std::string& code = {}) {
    const std::unique_ptr<Message> request = Request(method, code);
    if (!request) return -1000;
    const std::string bytes = request->SerializeAsString();
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer buffer(&slice, 1);
    grpc::CompletionQueue queue;
    const auto context = As(token);
    grpc::GenericStub stub(channel);
    const auto stream = stub.PrepareCall(context.get(), Path(method), &queue);
    int step = 0;
    const auto wait = [&] {
      void* tag = nullptr;
      bool ok = false;
      queue.Next(&tag, &ok);
      return ok;
    };
    stream->StartCall(&step);
    wait();
    stream->WriteLast(buffer, grpc::WriteOptions(), &step);
    wait();
    grpc::ByteBuffer answer;
    do {
      stream->Read(&answer, &step);
    } while (wait());
    grpc::Status status;
    stream->Finish(&status, &step);
    wait();
    const int refused = CodeOfCall(status);
    return IsOfTheGuard(refused) ? refused : kPassed;
  }
  int Call(std::string_view method, const std::string& token, const std::string& code = {}) {
    return Call(method, token, channel_, code);
  }

  static bool OnTheConsole(const MethodAccess& access) {
    return access.caller == v1::CALLER_CONSOLE || access.caller == v1::CALLER_SESSION;
  }
  // Every method that asks for a session, with what has to become of a call that nothing else speaks against.
  static int Expected(const MethodAccess& access, v1::Role role) {
    if (!access.Allows(role)) return Number(ErrorCode::kRoleNotAllowed);
    return access.two_people ? Number(ErrorCode::kApprovalNeeded) : kPassed;
  }

  google::protobuf::DescriptorPool pool_of_protos_;
  google::protobuf::DynamicMessageFactory messages_;

  store::AnswerLimit limit_;
  store::PgPool pool_{server_url(), 2, limit_};
  store::PgFacilities facilities_{pool_, "server-one"};
  store::PgApplications application_book_{pool_, "server-one"};
  account::ManualNationalAccounts national_;
  account::Releases releases_{{store_->releases(), national_, seal_, keyed_hash_}};
  account::AccountActs acts_{{store_->accounts(), releases_, national_}};
  account::DeskAdmin desk_admin_{{store_->desks(), releases_, national_, "localhost:1", Bytes(32, 1)}};
  account::Institutions institutions_{{facilities_, national_, store_->trail(), seal_, keyed_hash_}};
  account::Applications applications_{{application_book_, national_, store_->trail(), seal_, [] {}}};
  account::Operators operators_{{store_->staff(), keyed_hash_}};
  SheetCalls sheets_{{*guard_, store_->sheets(), store_->trail(), seal_, keyed_hash_}};
  Sessions sessions_{{store_->sessions(), keyed_hash_, seal_}, {}};
  BreakGlass break_glass_{{store_->break_glass(), keyed_hash_, seal_, [] {}}};
  Users users_{store_->users(), seal_};

  SessionService sessions_service_{*guard_, sessions_};
  UserService user_service_{*guard_, users_};
  ApprovalService approval_service_{{*guard_, store_->approvals(), sessions_.proof(), break_glass_}};
  AccountService account_service_{
      {*guard_, acts_,
       [this](const Caller& caller, const std::string& code, const std::string& act, Deadline deadline) {
         return break_glass_.Use(code, caller.user_id, act, deadline);
       },
       [this](auto* context, auto* reader, auto* response) { return sheets_.ImportSheets(context, reader, response); },
       [this](auto* context, auto* request, auto* writer) { return sheets_.PrintSheets(context, request, writer); }}};
  TrailReviewService review_service_{{*guard_, store_->review(), store_->trail(), keyed_hash_}};
  const trail::Signer signer_{"authorisation.example/trail", *crypto::Ed25519Key::Make(),
                              trail::SignatureType::kEd25519};
  TrailExportService export_service_{
      {*guard_, store_->tree(), store_->trail(), signer_.verifier(), [] { return audit::SequencerState(); }}};
  TrailKeepingService keeping_service_{*guard_, store_->keeping(), 5};
  MaintenanceService maintenance_service_{*guard_, store_->maintenance()};
  MethodService method_service_{*guard_, store_->methods()};
  CallService call_service_{*guard_, store_->calls()};
  const handoff::RowKeys row_keys_{""};
  const handoff::KeptResults kept_results_{store_->kept_results(), row_keys_};
  HandoffService handoff_service_{{*guard_, store_->kept_results(), kept_results_, [] {}}};
  StaffService staff_service_{*guard_, operators_};
  DeskAdminService desk_service_{
      {*guard_, desk_admin_, store_->certificates(), [](const std::string&) { return false; }}};
  FacilityService facility_service_{*guard_, institutions_};
  ApplicationService application_service_{*guard_, applications_};
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(AuthorisationTest, TheDeclarationsAreTheOnesThatWereReviewed) {
  std::string declared;
  for (const MethodAccess& access : AllMethods()) {
    declared += std::string(access.method) + " " + v1::Caller_Name(access.caller);
    for (const v1::Role role : {v1::ROLE_ADMINISTRATOR, v1::ROLE_AUDITOR, v1::ROLE_VIEWER})
      if (access.Allows(role)) declared += " " + Word(role);
    declared +=
        std::string(access.two_people ? " two_people" : "") + (access.before_complete ? " before_complete" : "") + "\n";
  }
  EXPECT_EQ(declared, ReadSmallFile(MADOGUCHI_AUTHORISATION).value())
      << "authorisation.txt repeats the (access) of the protos";
}

TEST_F(AuthorisationTest, EveryRoleReachesWhatIsDeclaredForItAndNothingElse) {
  channel_ = Channel();
  for (const v1::Role role : {v1::ROLE_ADMINISTRATOR, v1::ROLE_AUDITOR, v1::ROLE_VIEWER}) {
    for (const MethodAccess& access : AllMethods()) {
      if (access.caller != v1::CALLER_SESSION) continue;
      const std::string token = Session(UserOf(role));  // anew: one of the methods is LogOut
      EXPECT_EQ(Call(access.method, token), Expected(access, role)) << access.method << " as " << Word(role);
    }
  }
}

TEST_F(AuthorisationTest, NothingButTheLogInIsReachedWithoutASession) {
  channel_ = Channel();
  const std::string expired = Session(kAda);
  Sql("UPDATE console_session SET ends_at = now()");
  for (const MethodAccess& access : AllMethods()) {
    if (!OnTheConsole(access)) continue;
    const int expected = access.caller == v1::CALLER_CONSOLE ? kPassed : Number(ErrorCode::kSessionInvalid);
    for (const std::string& token : {std::string(), std::string(64, 'a'), expired})
      EXPECT_EQ(Call(access.method, token), expected) << access.method;
  }
}

TEST_F(AuthorisationTest, NothingIsReachedByADisabledUserOrARevokedConsole) {
  channel_ = Channel();
  const std::string token = Session(kAda);
  Sql("UPDATE console_user SET enabled = false");
  for (const MethodAccess& access : AllMethods()) {
    if (access.caller == v1::CALLER_SESSION) {
      EXPECT_EQ(Call(access.method, token), Number(ErrorCode::kSessionInvalid)) << access.method;
    }
  }
  Sql("UPDATE console_user SET enabled = true; UPDATE console_certificate SET revoked_at = now()");
  for (const MethodAccess& access : AllMethods()) {
    if (OnTheConsole(access)) {
      EXPECT_EQ(Call(access.method, token), Number(ErrorCode::kConsoleCertificateInvalid)) << access.method;
    }
  }
}

TEST_F(AuthorisationTest, ALockedUsersSessionGoesOn) {
  channel_ = Channel();
  Sql("INSERT INTO console_log_in_failure SELECT 'h' || user_id, user_id, 5, now(), now() + interval '30 minutes' FROM "
      "console_user");
  for (const MethodAccess& access : AllMethods()) {
    if (access.caller != v1::CALLER_SESSION) continue;
    EXPECT_EQ(Call(access.method, Session(kViv)), Expected(access, v1::ROLE_VIEWER)) << access.method;
  }
}

TEST_F(AuthorisationTest, WhoeverIsNotCompleteReachesOnlyWhatCompletesThem) {
  channel_ = Channel();
  for (const MethodAccess& access : AllMethods()) {
    if (access.caller != v1::CALLER_SESSION) continue;
    const int expected = !access.Allows(v1::ROLE_ADMINISTRATOR) ? Number(ErrorCode::kRoleNotAllowed)
                         : access.before_complete               ? kPassed
                                                                : Number(ErrorCode::kCredentialsIncomplete);
    EXPECT_EQ(Call(access.method, Session("new@clinic.example", false)), expected) << access.method;
  }
}

TEST_F(AuthorisationTest, AnotherInstitutionCodeIsRefusedWhereverARequestNamesOne) {
  channel_ = Channel();
  int tried = 0;
  for (const MethodAccess& access : AllMethods()) {
    if (access.caller != v1::CALLER_SESSION || !Request(access.method, {})) continue;
    if (!HasCode(*Request(access.method, {})->GetDescriptor(), kNestedMessagesMax)) continue;
    for (const v1::Role role : {v1::ROLE_ADMINISTRATOR, v1::ROLE_AUDITOR, v1::ROLE_VIEWER}) {
      const int expected =
          access.Allows(role) ? Number(ErrorCode::kInstitutionNotAllowed) : Number(ErrorCode::kRoleNotAllowed);
      EXPECT_EQ(Call(access.method, Session(OfOneCode(Word(role))), kOtherInstitution), expected)
          << access.method << " as " << Word(role);
      ++tried;
    }
  }
  EXPECT_GT(tried, 30);
}

TEST_F(AuthorisationTest, MethodsOfDesksAndOfEnrolmentAreNotOnTheConsolesListener) {
  channel_ = Channel();
  const TestIdentity desk = MakeIdentity("urn:madoguchi:desk:" + desk_one_);
  int tried = 0;
  for (const MethodAccess& access : AllMethods()) {
    if (OnTheConsole(access)) {
      continue;
    }
    EXPECT_EQ(Call(access.method, Session(kAda)), kUnimplemented) << access.method;
    ++tried;
  }
  EXPECT_GT(tried, 10);
  const auto desks_channel = Channel(&desk);
  for (const MethodAccess& access : AllMethods()) {
    if (OnTheConsole(access)) {
      EXPECT_EQ(Call(access.method, Session(kAda), desks_channel), Number(ErrorCode::kConsoleCertificateInvalid))
          << access.method;
    }
  }
}

}  // namespace
}  // namespace madoguchi::console
