// SPDX-License-Identifier: Apache-2.0
// What a desk reports about its screen: taken once it is in the trail, and not before.
#include "tests/server/desk/desk_service_fixture.h"

namespace madoguchi::desk {
namespace {

class SessionReportsTest : public DeskServiceTest {
 protected:
  static v1::DeskMessage Report(char id = 'r') {
    v1::DeskMessage message;
    v1::ScreenReport& report = *message.mutable_screen_report();
    report.set_report_id(std::string(16, id));
    report.set_press_id(std::string(16, 'p'));
    report.set_act(v1::RESULT_SHOWN);
    report.add_blocks(v1::BLOCK_INSURANCE);
    report.set_form(v1::FORM_TEXT);
    return message;
  }
};

TEST_F(SessionReportsTest, ATakenReportIsInTheTrailAlready) {
  std::promise<std::pair<Bytes, audit::Event>> recorded;
  record_report_ = [&recorded](const Bytes& id, const audit::Event& event, Deadline) -> Result<void> {
    recorded.set_value({id, event});
    return {};
  };
  TestDesk desk(Channel());
  const v1::Welcome welcome = desk.Enter();
  desk.Send(Report());
  EXPECT_EQ(desk.Receive().screen_report_taken().report_id(), std::string(16, 'r'));
  auto future = recorded.get_future();
  ASSERT_EQ(future.wait_for(seconds(0)), std::future_status::ready);
  const auto [id, event] = future.get();
  EXPECT_EQ(id, Bytes(16, 'r'));
  EXPECT_EQ(event.action, audit::action::kDeskResultShown);
  EXPECT_EQ(event.desk_id, welcome.desk_id());
  EXPECT_EQ(event.shown, "insurance");
}

TEST_F(SessionReportsTest, AReportThatCannotBeRecordedIsNotTakenAndTheStreamGoesOn) {
  record_report_ = [](const Bytes& id, const audit::Event&, Deadline) -> Result<void> {
    if (id == Bytes(16, 'r')) return Error{ErrorCode::kDatabaseUnreachable, "test", {}};
    return {};
  };
  TestDesk desk(Channel());
  desk.Enter();
  desk.Send(Report('r'));
  desk.Send(Report('s'));
  EXPECT_EQ(desk.Receive().screen_report_taken().report_id(), std::string(16, 's'));
}

TEST_F(SessionReportsTest, AReportAboutAnothersPressIsRefusedForGoodAndSaidInTheTrail) {
  record_report_ = [](const Bytes&, const audit::Event&, Deadline) -> Result<void> {
    return Error{ErrorCode::kMessageInvalid, "no press of this desk that ended", {}};
  };
  TestDesk desk(Channel());
  desk.Enter();
  desk.Send(Report());
  EXPECT_TRUE(desk.Receive().has_screen_report_taken());
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskReportRefused, Number(ErrorCode::kMessageInvalid)));
}

// A desk that is newer than this server says things this server does not know. It must be able to check all the same.
TEST_F(SessionReportsTest, AReportThatIsNotUnderstoodIsRefusedForGoodAndTheStreamGoesOn) {
  record_report_ = [](const Bytes&, const audit::Event&, Deadline) -> Result<void> { return {}; };
  TestDesk desk(Channel());
  desk.Enter();
  v1::DeskMessage message = Report('n');
  message.mutable_screen_report()->set_act(static_cast<v1::ScreenAct>(99));
  desk.Send(std::move(message));
  EXPECT_EQ(desk.Receive().screen_report_taken().report_id(), std::string(16, 'n'));
  const auto refused = trail_.WaitFor(audit::action::kDeskReportRefused, Number(ErrorCode::kMessageInvalid));
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->detail, "report: act");
  EXPECT_EQ(refused->account_id, "W0000001");
  desk.Send(Report('r'));
  EXPECT_EQ(desk.Receive().screen_report_taken().report_id(), std::string(16, 'r'));
}

TEST_F(SessionReportsTest, OneNonsenseAfterTheOtherEndsTheStream) {
  TestDesk desk(Channel());
  desk.Enter();
  for (int i = 0; i <= kReportsRefusedMax; ++i) {
    v1::DeskMessage message = Report(static_cast<char>('A' + i));
    message.mutable_screen_report()->clear_blocks();
    desk.Send(std::move(message));
  }
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kMessageInvalid));
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskProtocolBroken, Number(ErrorCode::kMessageInvalid)));
}

TEST_F(SessionReportsTest, AReportWithoutIdCouldNeverBeTakenAndEndsTheStream) {
  TestDesk desk(Channel());
  desk.Enter();
  v1::DeskMessage message = Report();
  message.mutable_screen_report()->clear_report_id();
  desk.Send(std::move(message));
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kMessageInvalid));
}

TEST_F(SessionReportsTest, ADeskThatFloodsIsCutOff) {
  std::promise<void> let_go;
  const std::shared_future<void> gate = let_go.get_future().share();
  record_report_ = [gate](const Bytes&, const audit::Event&, Deadline) -> Result<void> {
    gate.wait_for(kWaitMax);
    return {};
  };
  TestDesk desk(Channel());
  desk.Enter();
  for (int i = 0; i <= kReportsOpenMax; ++i) desk.Send(Report(static_cast<char>('A' + i)));
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kMessageInvalid));
  let_go.set_value();
}

}  // namespace
}  // namespace madoguchi::desk
