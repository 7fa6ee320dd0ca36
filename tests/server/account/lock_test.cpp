// SPDX-License-Identifier: Apache-2.0
#include "server/account/lock.h"

#include <gtest/gtest.h>

namespace madoguchi::account {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;

const DatabaseTime kNoon{hours(24 * 365 * 56)};

Tries Locked() {
  Tries tries;
  for (int i = 0; i < kFailuresMax; ++i) tries = TakeTry(tries, kNoon).value();
  return tries;
}

TEST(Lock, ComesWithTheFifthTryAndLastsExactlyThirtyMinutes) {
  Tries tries;
  for (int i = 1; i < kFailuresMax; ++i) {
    tries = TakeTry(tries, kNoon).value();
    EXPECT_EQ(LockedFor(tries, kNoon).count(), 0);
  }
  tries = TakeTry(tries, kNoon).value();
  EXPECT_EQ(LockedFor(tries, kNoon), minutes(30));
  EXPECT_EQ(LockedFor(tries, kNoon + minutes(30) - microseconds(1)), microseconds(1));
  EXPECT_EQ(LockedFor(tries, kNoon + minutes(30)).count(), 0);
}

TEST(Lock, RefusesATryUntilItEndsAndThenGivesAllFiveBack) {
  EXPECT_FALSE(TakeTry(Locked(), kNoon));
  EXPECT_FALSE(TakeTry(Locked(), kNoon + minutes(30) - microseconds(1)));
  const std::optional<Tries> after = TakeTry(Locked(), kNoon + minutes(30));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->taken, 1);
  EXPECT_FALSE(after->locked_until);
}

TEST(Lock, WrongTriesDoNotAge) {
  Tries tries;
  for (int i = 0; i < kFailuresMax; ++i) tries = TakeTry(tries, kNoon + hours(i)).value();
  EXPECT_EQ(LockedFor(tries, kNoon + hours(4)), kLockedFor);
}

TEST(Lock, IsNeverLongerThanThirtyMinutesWhateverTheClockDoes) {
  for (const auto back : {hours(1), hours(24), hours(24 * 365)}) {
    EXPECT_EQ(LockedFor(Locked(), kNoon - back), kLockedFor);
    EXPECT_EQ(At(Locked(), kNoon - back).locked_until, kNoon - back + kLockedFor);
  }
}

TEST(Lock, ATryThatWasNotAnsweredIsGivenBackAlsoWhenItWasTheLast) {
  const Tries returned = ReturnTry(Locked(), kNoon);
  EXPECT_EQ(returned, (Tries{kFailuresMax - 1, {}}));
  EXPECT_EQ(ReturnTry({}, kNoon), Tries{});
}

TEST(Lock, TheStrictPolicyHasOneSourceForEverybody) {
  EXPECT_EQ(SourceOfDesk(LockPolicy::kPerSource, "d1"), "desk:d1");
  EXPECT_EQ(SourceOfEnrolment(LockPolicy::kPerSource), "enrolment");
  EXPECT_EQ(SourceOfDesk(LockPolicy::kPerAccount, "d1"), SourceOfEnrolment(LockPolicy::kPerAccount));
}

TEST(Lock, WhatWasTypedIsKnownByAKeyedHashAlone) {
  const audit::KeyedHash one(Bytes(32, 1)), other(Bytes(32, 2));
  const std::string hash = TypedAccount(one, "1311234567", "W0000001");
  EXPECT_EQ(hash, TypedAccount(one, "1311234567", "W0000001"));
  EXPECT_NE(hash, TypedAccount(one, "1311234567", "W0000002"));
  EXPECT_NE(hash, TypedAccount(other, "1311234567", "W0000001"));
  EXPECT_EQ(hash.find("W0000001"), std::string::npos);
  EXPECT_NE(TypedStaffCode(one, "A1"), TypedAccount(one, "", "A1"));
}

}  // namespace
}  // namespace madoguchi::account
