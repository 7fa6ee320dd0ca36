// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/meanings.h"

#include <gtest/gtest.h>

namespace madoguchi::eligibility {
namespace {

TEST(Meanings, ADateIsADayOfTheCalendar) {
  EXPECT_EQ(IsoDate("20261122"), "2026-11-22");
  EXPECT_EQ(IsoDate("20240229"), "2024-02-29");
  for (const char* no_day :
       {"20230229", "20261301", "20261100", "00000101", "2026112", "202611220", "２０２６", "", "+2026112"}) {
    EXPECT_EQ(IsoDate(no_day), std::nullopt) << no_day;
  }
}

TEST(Meanings, ATimeIsJapans) {
  EXPECT_EQ(IsoTime("20261122090305"), "2026-11-22T09:03:05+09:00");
  EXPECT_EQ(IsoTime("20161231235960"), "2016-12-31T23:59:60+09:00");
  for (const char* no_time : {"20261122240000", "20261122096000", "20261122090061", "20261322090305", "20261122", ""}) {
    EXPECT_EQ(IsoTime(no_time), std::nullopt) << no_time;
  }
}

TEST(Meanings, ARatioIsNotRounded) {
  EXPECT_EQ(Ratio("010"), "1割");
  EXPECT_EQ(Ratio("000"), "0割");
  EXPECT_EQ(Ratio("100"), "10割");
  for (const char* no_ratio : {"015", "10", "1割", "110", "0100", "", " 10"})
    EXPECT_EQ(Ratio(no_ratio), std::nullopt) << no_ratio;
}

}  // namespace
}  // namespace madoguchi::eligibility
