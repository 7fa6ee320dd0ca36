// SPDX-License-Identifier: Apache-2.0
// An approval and its act are one transaction, for every method that needs two people: found in the table of methods,
// so that a new one without a line here fails.
#include "server/console/approval_book.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <thread>

#include "server/account/account_acts.h"
#include "server/account/institutions.h"
#include "server/account/manual_national_accounts.h"
#include "server/account/releases.h"
#include "server/console/account_service.h"
#include "server/console/approval_service.h"
#include "server/console/authorisation.h"
#include "server/console/facility_service.h"
#include "server/console/proof.h"
#include "server/console/trail_keeping_service.h"
#include "server/console/user_service.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;

class ApprovalBookTest : public ConsoleTest {
 protected:
  // Calls as kAda with this approval id, or with none.
  using Call = std::function<grpc::Status(const std::string& approval_id)>;

  ApprovalBookTest() {
    Serve({&account_service_, &facility_service_, &user_service_, &approval_service_, &keeping_service_});
    token_ = Session(kAda);
    Sql("INSERT INTO log_in_failure (account_hash, source, account_id, failures, last_at, locked_until) VALUES "
        "('h', 'enrolment', 'W0000001', 5, now(), now() + interval '30 minutes')");
    Sql("UPDATE institution SET name = '移行先診療所' WHERE code = '" + std::string(kOtherInstitution) + "'");
    AddUser("off@clinic.example", "viewer");
    Sql("UPDATE console_user SET enabled = false WHERE user_id = 'off@clinic.example'");
    EXPECT_EQ(store_->keeping()
                  .PlaceHold({"2026-01-01T00:00:00+09:00", "2026-02-01T00:00:00+09:00", "調査のため"}, kAud,
                             Deadline::In(std::chrono::seconds(20)))
                  .value(),
              1);
  }
  ~ApprovalBookTest() override { StopServing(); }

  template <class Stub, class Request, class Response>
  Call Of(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), std::unique_ptr<Stub> stub,
          Request request) {
    return [this, method, stub = std::shared_ptr<Stub>(std::move(stub)), request](const std::string& id) mutable {
      request.set_approval_id(id);
      Response response;
      return (stub.get()->*method)(As(token_).get(), request, &response);
    };
  }
  std::map<std::string, Call> Acts() {
    v1::UnlockAccountRequest unlock;
    unlock.set_institution_code(kInstitution);
    unlock.set_account_id("W0000001");
    v1::MoveInstitutionRequest move;
    move.set_institution_code(kInstitution);
    move.set_to_code(kOtherInstitution);
    move.set_on(Sql("SELECT current_date + 30"));
    v1::CreateUserRequest create;
    create.set_user_id("new@clinic.example");
    create.set_name("新人 花子");
    create.set_role(v1::ROLE_VIEWER);
    v1::SetUserRoleRequest role;
    role.set_user_id(kViv);
    role.set_role(v1::ROLE_AUDITOR);
    v1::EnableUserRequest enable;
    enable.set_user_id("off@clinic.example");
    v1::LiftTrailHoldRequest lift;
    lift.set_number(1);
    const auto channel = Channel();
    const auto users = [&] { return v1::UserService::NewStub(channel); };
    return {
        {"AccountService/Unlock", Of(&v1::AccountService::Stub::Unlock, v1::AccountService::NewStub(channel), unlock)},
        {"FacilityService/MoveInstitution",
         Of(&v1::FacilityService::Stub::MoveInstitution, v1::FacilityService::NewStub(channel), move)},
        {"UserService/Create", Of(&v1::UserService::Stub::Create, users(), create)},
        {"UserService/SetRole", Of(&v1::UserService::Stub::SetRole, users(), role)},
        {"UserService/ResetCredentials", ResetCredentials()},
        {"UserService/Enable", Of(&v1::UserService::Stub::Enable, users(), enable)},
        {"ApprovalService/MakeBreakGlassCodes",
         Of(&v1::ApprovalService::Stub::MakeBreakGlassCodes, v1::ApprovalService::NewStub(channel),
            v1::MakeBreakGlassCodesRequest())},
        {"TrailKeepingService/LiftHold",
         Of(&v1::TrailKeepingService::Stub::LiftHold, v1::TrailKeepingService::NewStub(channel), lift)},
    };
  }
  Call ResetCredentials() {
    v1::ResetUserCredentialsRequest reset;
    reset.set_user_id(kViv);
    return Of(&v1::UserService::Stub::ResetCredentials, v1::UserService::NewStub(Channel()), reset);
  }
  std::string ApprovedBy(const Call& act) {
    const grpc::Status status = act({});
    EXPECT_EQ(CodeOfCall(status), Number(ErrorCode::kApprovalNeeded));
    const std::string id = RefusalOf(status).approval_id();
    ApproveInDatabase(id);
    return id;
  }
  // The last thing an act does is to write into the trail: from now on that fails, and with it the act.
  void LetActsFail() const {
    Sql("CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$");
    Sql("CREATE TRIGGER broken BEFORE INSERT ON audit_event FOR EACH ROW WHEN (NEW.action NOT LIKE "
        "'console.approval%') EXECUTE FUNCTION broken()");
  }

  account::ManualNationalAccounts national_;
  account::Releases releases_{{store_->releases(), national_, seal_, keyed_hash_}};
  account::AccountActs acts_{{store_->accounts(), releases_, national_}};
  account::Institutions institutions_{{store_->institutions(), national_, store_->trail(), seal_, keyed_hash_}};
  Proof proof_{store_->sessions(), keyed_hash_, seal_};
  BreakGlass break_glass_{{store_->break_glass(), keyed_hash_, seal_, {}}};
  Users users_{store_->users(), seal_};
  AccountService account_service_{{*guard_, acts_, {}, {}, {}}};
  FacilityService facility_service_{*guard_, institutions_};
  UserService user_service_{*guard_, users_};
  ApprovalService approval_service_{{*guard_, store_->approvals(), proof_, break_glass_}};
  TrailKeepingService keeping_service_{*guard_, store_->keeping(), 5};
  std::string token_;
};

TEST_F(ApprovalBookTest, AnActThatFailsLeavesItsApprovalAndOneThatSucceedsUsesItUp) {
  std::map<std::string, Call> acts = Acts();
  std::map<std::string, std::string> ids;
  for (const MethodAccess& access : AllMethods()) {
    if (!access.two_people) continue;
    const std::string method(access.method);
    ASSERT_TRUE(acts.count(method)) << method << " has no line in Acts()";
    ids[method] = ApprovedBy(acts[method]);
  }
  ASSERT_EQ(ids.size(), acts.size());
  LetActsFail();
  for (const auto& [method, id] : ids) {
    EXPECT_NE(CodeOfCall(acts[method](id)), 0) << method;
    EXPECT_EQ(Count("approval WHERE approval_id = '" + id + "' AND used_at IS NULL"), 1) << method;
  }
  EXPECT_EQ(Events("console.approval_used"), 0);
  Sql("DROP TRIGGER broken ON audit_event");
  for (const auto& [method, id] : ids) {
    EXPECT_EQ(CodeOfCall(acts[method](id)), 0) << method;
    EXPECT_EQ(Count("approval WHERE approval_id = '" + id + "' AND used_at IS NOT NULL"), 1) << method;
    EXPECT_EQ(CodeOfCall(acts[method](id)), Number(ErrorCode::kApprovalInvalid)) << method;
  }
  EXPECT_EQ(Events("console.approval_used"), static_cast<int>(ids.size()));
}

TEST_F(ApprovalBookTest, OfManyCallsWithOneApprovalAtTheSameMomentOneActs) {
  const Call act = ResetCredentials();
  const std::string id = ApprovedBy(act);
  std::array<int, 6> codes{};
  {
    std::vector<std::jthread> threads;
    for (int& code : codes) threads.emplace_back([this, &code, &id] { code = CodeOfCall(ResetCredentials()(id)); });
  }
  EXPECT_EQ(std::count(codes.begin(), codes.end(), 0), 1);
  EXPECT_EQ(std::count(codes.begin(), codes.end(), Number(ErrorCode::kApprovalInvalid)), 5);
  EXPECT_EQ(Count("outgoing_mail WHERE kind = 'user.credentials_reset'"), 1);
  EXPECT_EQ(Events("console.approval_used"), 1);
}

TEST_F(ApprovalBookTest, AnActThatIsRefusedLeavesItsApproval) {
  const Call act = ResetCredentials();
  const std::string id = ApprovedBy(act);
  Sql("INSERT INTO console_user_institution VALUES ('" + std::string(kAda) + "', '" + kOtherInstitution + "')");
  EXPECT_EQ(CodeOfCall(act(id)), Number(ErrorCode::kInstitutionNotAllowed));
  Sql("DELETE FROM console_user_institution WHERE user_id = '" + std::string(kAda) + "'");
  EXPECT_EQ(CodeOfCall(act(id)), 0);
}

}  // namespace
}  // namespace madoguchi::console
