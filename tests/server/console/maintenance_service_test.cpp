// SPDX-License-Identifier: Apache-2.0
// Work of the vendor: opened with a plan, closed with what was done, both in the trail.
#include "server/console/maintenance_service.h"

#include <gmock/gmock.h>

#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;
using testing::HasSubstr;

class MaintenanceServiceTest : public ConsoleTest {
 protected:
  MaintenanceServiceTest() {
    Serve({&service_});
    stub_ = v1::MaintenanceService::NewStub(Channel());
    token_ = Session(kAda);
  }
  ~MaintenanceServiceTest() override { StopServing(); }
  static v1::OpenMaintenanceRequest Plan() {
    v1::OpenMaintenanceRequest request;
    request.set_company("窓口保守株式会社");
    request.set_plan("証明書の更新");
    request.set_expected_minutes(60);
    return request;
  }
  int Open(const v1::OpenMaintenanceRequest& request) {
    v1::OpenMaintenanceResponse answer;
    const int code = CodeOfCall(stub_->Open(As(token_).get(), request, &answer));
    number_ = answer.number();
    return code;
  }
  int Close(std::int64_t number, const std::string& done) {
    v1::CloseMaintenanceRequest request;
    request.set_number(number);
    request.set_done(done);
    v1::CloseMaintenanceResponse answer;
    return CodeOfCall(stub_->Close(As(token_).get(), request, &answer));
  }
  v1::ListMaintenanceResponse List() {
    v1::ListMaintenanceResponse answer;
    EXPECT_TRUE(stub_->List(As(token_).get(), {}, &answer).ok());
    return answer;
  }
  std::string Detail(const std::string& action) const {
    return Sql("SELECT detail FROM audit_event WHERE action = '" + action + "'");
  }

  MaintenanceBook& book_ = store_->maintenance();
  MaintenanceService service_{*guard_, book_};
  std::unique_ptr<v1::MaintenanceService::Stub> stub_;
  std::string token_;
  std::int64_t number_ = 0;
};

TEST_F(MaintenanceServiceTest, IsOpenedWithItsPlanAndClosedWithWhatWasDone) {
  ASSERT_EQ(Open(Plan()), 0);
  ASSERT_EQ(List().maintenance_size(), 1);
  EXPECT_EQ(List().maintenance(0).opened_by(), kAda);
  EXPECT_EQ(List().maintenance(0).closed_by(), "");
  EXPECT_FALSE(List().maintenance(0).overdue());
  ASSERT_EQ(Close(number_, "予定のとおり"), 0);
  const v1::Maintenance closed = List().maintenance(0);
  EXPECT_EQ(closed.closed_by(), kAda);
  EXPECT_EQ(closed.done(), "予定のとおり");
  EXPECT_THAT(Detail("audit.maintenance_opened"), HasSubstr("company=窓口保守株式会社 minutes=60 plan=証明書の更新"));
  EXPECT_THAT(Detail("audit.maintenance_closed"), HasSubstr("done=予定のとおり"));
  EXPECT_EQ(
      Sql("SELECT seconds IS NOT NULL AND seconds < 60 FROM audit_event WHERE action = 'audit.maintenance_closed'"),
      "t");
}

// What is compared with the work is the plan in the trail, which nobody can change.
TEST_F(MaintenanceServiceTest, TheLongestPlanStandsWholeInTheTrail) {
  const auto text = [](std::size_t characters) {
    std::string long_text;
    for (std::size_t i = 0; i < characters; ++i) long_text += "計";
    return long_text;
  };
  v1::OpenMaintenanceRequest request = Plan();
  request.set_company(text(kCompanyCharactersMax));
  request.set_plan(text(kPlanCharactersMax));
  ASSERT_EQ(Open(request), 0);
  EXPECT_THAT(Detail("audit.maintenance_opened"), HasSubstr("plan=" + request.plan()));
  ASSERT_EQ(Close(number_, text(kPlanCharactersMax)), 0);
  EXPECT_THAT(Detail("audit.maintenance_closed"), HasSubstr("done=" + text(kPlanCharactersMax)));
}

TEST_F(MaintenanceServiceTest, CannotBeClosedTwiceNorWhenThereIsNone) {
  ASSERT_EQ(Open(Plan()), 0);
  ASSERT_EQ(Close(number_, "済み"), 0);
  EXPECT_EQ(Close(number_, "済み"), Number(ErrorCode::kMaintenanceNotOpen));
  EXPECT_EQ(Close(number_ + 1, "済み"), Number(ErrorCode::kMaintenanceNotOpen));
}

TEST_F(MaintenanceServiceTest, NeedsCompanyPlanATimeAndWhatWasDone) {
  v1::OpenMaintenanceRequest request = Plan();
  request.clear_company();
  EXPECT_EQ(Open(request), Number(ErrorCode::kFieldInvalid));
  request = Plan();
  request.set_plan(std::string(401, 'x'));
  EXPECT_EQ(Open(request), Number(ErrorCode::kFieldInvalid));
  for (const std::uint32_t minutes : {4U, 10'081U}) {
    request = Plan();
    request.set_expected_minutes(minutes);
    EXPECT_EQ(Open(request), Number(ErrorCode::kFieldInvalid));
  }
  ASSERT_EQ(Open(Plan()), 0);
  EXPECT_EQ(Close(number_, ""), Number(ErrorCode::kFieldInvalid));
}

TEST_F(MaintenanceServiceTest, IsReadByAuditorsAndChangedByAdministratorsOnly) {
  token_ = Session(kAud);
  EXPECT_EQ(List().maintenance_size(), 0);
  EXPECT_EQ(Open(Plan()), Number(ErrorCode::kRoleNotAllowed));
  token_ = Session(kViv);
  v1::ListMaintenanceResponse answer;
  EXPECT_EQ(CodeOfCall(stub_->List(As(token_).get(), {}, &answer)), Number(ErrorCode::kRoleNotAllowed));
}

TEST_F(MaintenanceServiceTest, IsRemindedOfOnceWhenItsTimeHasPassed) {
  ASSERT_EQ(Open(Plan()), 0);
  EXPECT_EQ(*book_.RemindOfOverdue(store::Soon()), 0);
  Sql("UPDATE maintenance SET expected_until = clock_timestamp() - interval '1 second'");
  EXPECT_EQ(*book_.RemindOfOverdue(store::Soon()), 1);
  EXPECT_EQ(*book_.RemindOfOverdue(store::Soon()), 0);
  EXPECT_EQ(Count("notice WHERE kind = 'maintenance.overdue' AND about = '" + std::to_string(number_) + "'"), 1);
  EXPECT_EQ(Count("audit_event WHERE action = 'audit.maintenance_overdue'"), 1);
  EXPECT_TRUE(List().maintenance(0).overdue());
  ASSERT_EQ(Close(number_, "遅れて終了"), 0);
  EXPECT_THAT(Detail("audit.maintenance_closed"), HasSubstr("late done=遅れて終了"));
}

TEST_F(MaintenanceServiceTest, CannotBeOpenedWithoutEnd) {
  for (int i = 0; i < kMaintenanceOpenMax; ++i) ASSERT_EQ(Open(Plan()), 0);
  EXPECT_EQ(Open(Plan()), Number(ErrorCode::kServerBusy));
}

}  // namespace
}  // namespace madoguchi::console
