// SPDX-License-Identifier: Apache-2.0
#include "server/desk/out_queue.h"

#include <gtest/gtest.h>

namespace madoguchi::desk {
namespace {

v1::ServerMessage Message() {
  v1::ServerMessage message;
  message.mutable_heartbeat();
  return message;
}

TEST(OutQueue, NumbersMessagesFromOneWithoutAGap) {
  OutQueue queue;
  for (std::uint64_t number = 1; number <= 3; ++number) {
    ASSERT_TRUE(queue.Push(Message()));
    const v1::ServerMessage* const next = queue.Next();
    ASSERT_NE(next, nullptr);
    EXPECT_EQ(next->sequence(), number);
    queue.Written();
  }
}

TEST(OutQueue, GivesOutOneMessageAtATime) {
  OutQueue queue;
  ASSERT_TRUE(queue.Push(Message()));
  ASSERT_TRUE(queue.Push(Message()));
  EXPECT_NE(queue.Next(), nullptr);
  EXPECT_EQ(queue.Next(), nullptr);
  queue.Written();
  EXPECT_NE(queue.Next(), nullptr);
}

TEST(OutQueue, IsFullAtItsLimit) {
  OutQueue queue;
  for (std::size_t i = 0; i < limits::kOutQueueMessagesMax; ++i) ASSERT_TRUE(queue.Push(Message()));
  EXPECT_FALSE(queue.Push(Message()));
}

TEST(OutQueue, DropsWhatWaitsAndLeavesNoGapInTheNumbers) {
  OutQueue queue;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(queue.Push(Message()));
  EXPECT_EQ(queue.Next()->sequence(), 1U);
  queue.DropWaiting();
  EXPECT_TRUE(queue.in_flight());
  ASSERT_TRUE(queue.Push(Message()));
  queue.Written();
  EXPECT_EQ(queue.Next()->sequence(), 2U);
}

TEST(SequenceCheck, AcceptsOneTwoThree) {
  SequenceCheck check;
  EXPECT_TRUE(check.Accept(1));
  EXPECT_TRUE(check.Accept(2));
  EXPECT_TRUE(check.Accept(3));
}

TEST(SequenceCheck, RefusesAGapARepeatAndAStepBack) {
  for (const std::uint64_t wrong :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{4}, UINT64_MAX}) {
    SequenceCheck check;
    ASSERT_TRUE(check.Accept(1));
    ASSERT_TRUE(check.Accept(2));
    EXPECT_FALSE(check.Accept(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace madoguchi::desk
