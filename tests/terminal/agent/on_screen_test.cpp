// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/on_screen.h"

#include <gtest/gtest.h>

namespace madoguchi::agent {
namespace {

using link::ResultBlock;
using link::ScreenAct;
using link::ScreenEnd;
using link::ScreenForm;
using link::ScreenReport;

const Bytes kOne(16, 1);
const Bytes kTwo(16, 2);

class OnScreenTest : public testing::Test {
 protected:
  std::vector<ScreenReport> reports_;
  OnScreen on_screen_{[this](ScreenReport report) { reports_.push_back(std::move(report)); }};
};

TEST_F(OnScreenTest, TellsWhatIsShownAndThatItIsGone) {
  on_screen_.Shown(kOne, {ResultBlock::kOutcome, ResultBlock::kInsurance}, ScreenForm::kText);
  on_screen_.Closed(ScreenEnd::kKey);
  ASSERT_EQ(reports_.size(), 2U);
  EXPECT_EQ(reports_[0].act, ScreenAct::kShown);
  EXPECT_EQ(reports_[0].press_id, kOne);
  EXPECT_EQ(reports_[0].end, ScreenEnd::kNone);
  EXPECT_EQ(reports_[1].act, ScreenAct::kClosed);
  EXPECT_EQ(reports_[1].press_id, kOne);
  EXPECT_EQ(reports_[1].end, ScreenEnd::kKey);
  EXPECT_EQ(reports_[1].blocks, reports_[0].blocks);
  EXPECT_EQ(reports_[1].form, ScreenForm::kText);
}

TEST_F(OnScreenTest, EndsTheResultBeforeWhenTheNextIsShown) {
  on_screen_.Shown(kOne, {ResultBlock::kOutcome}, ScreenForm::kText);
  on_screen_.Shown(kTwo, {ResultBlock::kOutcome}, ScreenForm::kText);
  ASSERT_EQ(reports_.size(), 3U);
  EXPECT_EQ(reports_[1].press_id, kOne);
  EXPECT_EQ(reports_[1].end, ScreenEnd::kNextPatient);
  EXPECT_EQ(reports_[2].press_id, kTwo);
}

TEST_F(OnScreenTest, ClosesNothingTwice) {
  on_screen_.Closed(ScreenEnd::kKey);
  on_screen_.Shown(kOne, {ResultBlock::kOutcome}, ScreenForm::kJson);
  on_screen_.Closed(ScreenEnd::kIdle);
  on_screen_.Closed(ScreenEnd::kProgram);
  EXPECT_EQ(reports_.size(), 2U);
}

TEST(OnScreen, ClosesWhatStandsWhenTheProgramEnds) {
  std::vector<ScreenReport> reports;
  {
    OnScreen on_screen([&reports](ScreenReport report) { reports.push_back(std::move(report)); });
    on_screen.Shown(kOne, {ResultBlock::kOutcome}, ScreenForm::kText);
  }
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[1].end, ScreenEnd::kProgram);
}

}  // namespace
}  // namespace madoguchi::agent
