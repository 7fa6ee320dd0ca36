// SPDX-License-Identifier: Apache-2.0
#include "server/account/binding.h"

#include <gtest/gtest.h>

namespace madoguchi::account {
namespace {

Binding AtDesk() {
  return {State::kActive, Holder::kDesk, "desk one", "", true, false};
}

TEST(Binding, ActivationBindsToTheDeskItWasReservedForAndNoOther) {
  Binding reserved;
  reserved.reserved_for_desk = "desk one";
  const Result<Binding> other = Apply(reserved, Event::kActivate, "desk two");
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, ErrorCode::kAccountBoundElsewhere);
  EXPECT_FALSE(Apply(reserved, Event::kActivate, "").ok());
  const Result<Binding> bound = Apply(reserved, Event::kActivate, "desk one");
  ASSERT_TRUE(bound.ok());
  EXPECT_EQ(*bound, (Binding{State::kActive, Holder::kDesk, "desk one", "", false, false}));
}

TEST(Binding, ActivationWithoutADeskIsAPhone) {
  const Result<Binding> phone = Apply({}, Event::kActivate, "");
  ASSERT_TRUE(phone.ok());
  EXPECT_EQ(phone->holder, Holder::kPhone);
  EXPECT_TRUE(phone->desk_id.empty());
}

TEST(Binding, AnAccountAtADeskIsNotActivatedAtAnother) {
  const Result<Binding> second = Apply(AtDesk(), Event::kActivate, "desk two");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kAccountBoundElsewhere);
}

TEST(Binding, ReleaseAndEndLetGoAndLeaveTheNationalSideToBeTold) {
  for (const Event event : {Event::kRelease, Event::kEnd}) {
    const Result<Binding> free = Apply(AtDesk(), event, "");
    ASSERT_TRUE(free.ok());
    EXPECT_TRUE(free->desk_id.empty());
    EXPECT_EQ(free->holder, Holder::kSpare);
    EXPECT_FALSE(free->national_bound);
    EXPECT_TRUE(free->national_release_due);
  }
}

TEST(Binding, NobodyIsToldWhereTheNationalSideNeverKnew) {
  Binding binding = AtDesk();
  binding.national_bound = false;
  EXPECT_FALSE(Apply(binding, Event::kRelease, "")->national_release_due);
}

TEST(Binding, SuspensionKeepsTheDesk) {
  const Result<Binding> suspended = Apply(AtDesk(), Event::kSuspend, "");
  ASSERT_TRUE(suspended.ok());
  EXPECT_EQ(suspended->desk_id, "desk one");
  EXPECT_TRUE(suspended->national_bound);
  const Result<Binding> resumed = Apply(*suspended, Event::kResume, "");
  ASSERT_TRUE(resumed.ok());
  EXPECT_EQ(*resumed, AtDesk());
}

TEST(Binding, WordsAreReadBack) {
  for (const Holder holder : {Holder::kDesk, Holder::kPhone, Holder::kSpare})
    EXPECT_EQ(HolderFromWord(Word(holder)), holder);
  EXPECT_FALSE(HolderFromWord("nobody"));
}

}  // namespace
}  // namespace madoguchi::account
