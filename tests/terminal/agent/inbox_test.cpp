// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/inbox.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace madoguchi::agent {
namespace {

bool Readable(const Inbox& inbox) {
  pollfd wait = {inbox.descriptor(), POLLIN, 0};
  return poll(&wait, 1, 0) == 1;
}

TEST(Inbox, GivesWhatHappenedInOrder) {
  Inbox inbox;
  inbox.Push(reader::ReadersSeen{true, {}});
  inbox.Push(link::Welcome{});
  EXPECT_TRUE(std::holds_alternative<reader::ReadersSeen>(*inbox.Take(Deadline::In(std::chrono::seconds(1)))));
  EXPECT_TRUE(std::holds_alternative<link::Welcome>(*inbox.Take(Deadline::In(std::chrono::seconds(1)))));
  EXPECT_FALSE(inbox.Take(Deadline::In(std::chrono::milliseconds(0))).has_value());
}

TEST(Inbox, HasAReadableDescriptorAsLongAsSomethingWaits) {
  Inbox inbox;
  EXPECT_FALSE(Readable(inbox));
  inbox.Push(link::Welcome{});
  inbox.Push(link::Welcome{});
  static_cast<void>(inbox.Take(Deadline::In(std::chrono::seconds(1))));
  EXPECT_TRUE(Readable(inbox));
  static_cast<void>(inbox.Take(Deadline::In(std::chrono::seconds(1))));
  EXPECT_FALSE(Readable(inbox));
}

TEST(Inbox, HoldsNoMoreThanItsLimit) {
  Inbox inbox;
  for (std::size_t i = 0; i < 3 * kInboxMax; ++i) inbox.Push(link::Welcome{});
  std::size_t taken = 0;
  while (inbox.Take(Deadline::In(std::chrono::milliseconds(0)))) ++taken;
  EXPECT_EQ(taken, kInboxMax);
}

}  // namespace
}  // namespace madoguchi::agent
