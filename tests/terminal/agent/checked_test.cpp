// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/checked.h"

#include <gtest/gtest.h>

namespace madoguchi::agent {
namespace {

using std::chrono::microseconds;

microseconds Sum(const Phases& phases) {
  return phases.card + phases.desk + phases.link + phases.server + phases.database + phases.national;
}

TEST(Checked, GivesWhatNobodyMeasuredToTheWayBetweenDeskAndServer) {
  Checked checked;
  checked.card.on_card = microseconds(100);
  checked.card.in_scripts = microseconds(130);
  checked.answer.facts = {.national_us = 200, .server_us = 90, .database_us = 40};
  checked.total = microseconds(500);
  const Phases phases = PhasesOf(checked);
  EXPECT_EQ(phases.desk, microseconds(30));
  EXPECT_EQ(phases.server, microseconds(90));
  EXPECT_EQ(phases.database, microseconds(40));
  EXPECT_EQ(phases.link, microseconds(40));
  EXPECT_EQ(Sum(phases), checked.total);
}

TEST(Checked, NeverSaysMoreThanThePersonWaited) {
  Checked checked;
  checked.card.on_card = microseconds(100);
  checked.answer.facts = {.national_us = 4'000'000'000, .server_us = 5, .database_us = 9};
  checked.total = microseconds(500);
  const Phases phases = PhasesOf(checked);
  EXPECT_EQ(phases.national, microseconds(400));
  EXPECT_EQ(phases.desk, microseconds(0)) << "less than the card: not measured";
  EXPECT_EQ(Sum(phases), checked.total);
}

}  // namespace
}  // namespace madoguchi::agent
