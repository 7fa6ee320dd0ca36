// SPDX-License-Identifier: Apache-2.0
#include "server/desk/screen_wire.h"

#include <gtest/gtest.h>

#include <functional>

#include "server/audit/event.h"

namespace madoguchi::desk {
namespace {

constexpr char kDesk[] = "11111111-2222-4333-8444-555555555555";

v1::ScreenReport Shown() {
  v1::ScreenReport report;
  report.set_report_id(std::string(16, 'r'));
  report.set_press_id(std::string(16, 'p'));
  report.set_act(v1::RESULT_SHOWN);
  report.add_blocks(v1::BLOCK_OUTCOME);
  report.add_blocks(v1::BLOCK_BACK_OF_CARD);
  report.set_form(v1::FORM_TEXT);
  return report;
}

v1::ScreenReport Closed() {
  v1::ScreenReport report = Shown();
  report.set_act(v1::RESULT_CLOSED);
  report.set_end(v1::END_BY_IDLE);
  report.set_seconds(61);
  return report;
}

v1::ScreenReport Locked() {
  v1::ScreenReport report;
  report.set_report_id(std::string(16, 'r'));
  report.set_act(v1::SCREEN_LOCKED);
  report.set_end(v1::END_BY_IDLE);
  return report;
}

TEST(ScreenWire, SaysWhichBlocksWereShown) {
  const auto event = ReadScreenReport(Shown(), kDesk);
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->action, audit::action::kDeskResultShown);
  EXPECT_EQ(event->desk_id, kDesk);
  EXPECT_EQ(event->press_id, Bytes(16, 'p'));
  EXPECT_EQ(event->shown, "outcome,back_of_card");
  EXPECT_EQ(event->detail, "form=text");
  EXPECT_EQ(event->seconds, std::nullopt);
  EXPECT_EQ(event->actor, "desk");
}

TEST(ScreenWire, SaysByWhomAndAfterHowLongItWasClosed) {
  const auto event = ReadScreenReport(Closed(), kDesk);
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->action, audit::action::kDeskResultClosed);
  EXPECT_EQ(event->seconds, 61);
  EXPECT_EQ(event->detail, "form=text by=idle");
}

TEST(ScreenWire, SaysHowLateAReportCame) {
  v1::ScreenReport report = Shown();
  report.set_ago_ms(9'999);
  EXPECT_EQ(ReadScreenReport(report, kDesk)->detail, "form=text");
  report.set_ago_ms(45'600);
  EXPECT_EQ(ReadScreenReport(report, kDesk)->detail, "form=text late_s=45");
}

TEST(ScreenWire, KnowsCopiesPrintsShownAgainAndLocks) {
  v1::ScreenReport report = Shown();
  report.set_again(true);
  EXPECT_EQ(ReadScreenReport(report, kDesk)->detail, "form=text again");
  report.set_again(false);
  report.set_act(v1::RESULT_COPIED);
  EXPECT_EQ(ReadScreenReport(report, kDesk)->action, audit::action::kDeskResultCopied);
  report.set_act(v1::RESULT_PRINTED);
  EXPECT_EQ(ReadScreenReport(report, kDesk)->action, audit::action::kDeskResultPrinted);
  EXPECT_EQ(ReadScreenReport(Locked(), kDesk)->action, audit::action::kDeskLocked);
  EXPECT_EQ(ReadScreenReport(Locked(), kDesk)->detail, "by=idle");
  report = Locked();
  report.set_act(v1::SCREEN_UNLOCKED);
  report.clear_end();
  EXPECT_EQ(ReadScreenReport(report, kDesk)->action, audit::action::kDeskUnlocked);
}

TEST(ScreenWire, RefusesWhatNoDeskOfOursSays) {
  using Break = std::function<void(v1::ScreenReport&)>;
  const std::vector<std::pair<v1::ScreenReport, Break>> broken = {
      {Shown(), [](v1::ScreenReport& report) { report.set_report_id("short"); }},
      {Shown(), [](v1::ScreenReport& report) { report.clear_press_id(); }},
      {Shown(), [](v1::ScreenReport& report) { report.set_act(v1::SCREEN_ACT_UNSPECIFIED); }},
      {Shown(), [](v1::ScreenReport& report) { report.set_act(static_cast<v1::ScreenAct>(99)); }},
      {Shown(), [](v1::ScreenReport& report) { report.clear_blocks(); }},
      {Shown(), [](v1::ScreenReport& report) { report.add_blocks(v1::BLOCK_OUTCOME); }},
      {Shown(), [](v1::ScreenReport& report) { report.add_blocks(static_cast<v1::ResultBlock>(77)); }},
      {Shown(), [](v1::ScreenReport& report) { report.clear_form(); }},
      {Shown(), [](v1::ScreenReport& report) { report.set_form(static_cast<v1::ScreenForm>(9)); }},
      {Shown(), [](v1::ScreenReport& report) { report.set_end(v1::END_BY_KEY); }},
      {Shown(), [](v1::ScreenReport& report) { report.set_seconds(1); }},
      {Closed(), [](v1::ScreenReport& report) { report.clear_end(); }},
      {Closed(), [](v1::ScreenReport& report) { report.set_again(true); }},
      {Closed(), [](v1::ScreenReport& report) { report.set_seconds(24 * 3600 + 1); }},
      {Locked(), [](v1::ScreenReport& report) { report.set_press_id(std::string(16, 'p')); }},
      {Locked(), [](v1::ScreenReport& report) { report.add_blocks(v1::BLOCK_OUTCOME); }},
      {Locked(), [](v1::ScreenReport& report) { report.clear_end(); }},
  };
  for (std::size_t i = 0; i < broken.size(); ++i) {
    v1::ScreenReport report = broken[i].first;
    ASSERT_TRUE(ReadScreenReport(report, kDesk).ok()) << i;
    broken[i].second(report);
    const auto read = ReadScreenReport(report, kDesk);
    ASSERT_FALSE(read.ok()) << i;
    EXPECT_EQ(read.error().code, ErrorCode::kMessageInvalid) << i;
  }
}

}  // namespace
}  // namespace madoguchi::desk
