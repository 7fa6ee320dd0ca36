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
  inbox.Push(reader::ReadersSeen{});
  static_cast<void>(inbox.Take(Deadline::In(std::chrono::seconds(1))));
  EXPECT_TRUE(Readable(inbox));
  static_cast<void>(inbox.Take(Deadline::In(std::chrono::seconds(1))));
  EXPECT_FALSE(Readable(inbox));
}

TEST(Inbox, LosesNoScriptOrAnswerToAReaderThatComesAndGoes) {
  Inbox inbox;
  inbox.Push(link::ProofRequest{});
  inbox.Push(link::CheckAnswer{});
  for (int i = 0; i < 1000; ++i) inbox.Push(reader::ReadersSeen{});
  const Deadline at_once = Deadline::In(std::chrono::milliseconds(0));
  EXPECT_TRUE(std::holds_alternative<link::ProofRequest>(*inbox.Take(at_once)));
  EXPECT_TRUE(std::holds_alternative<link::CheckAnswer>(*inbox.Take(at_once)));
  EXPECT_TRUE(std::holds_alternative<reader::ReadersSeen>(*inbox.Take(at_once)));
  EXPECT_FALSE(inbox.Take(at_once).has_value());
}

TEST(Inbox, GivesTheNewestOfEachKindWhereItCame) {
  Inbox inbox;
  link::Welcome welcome;
  inbox.Push(welcome);
  inbox.Push(link::Disconnected{{ErrorCode::kServerUnreachable, "", {}}});
  welcome.desk_name = "1番";
  inbox.Push(welcome);
  const Deadline at_once = Deadline::In(std::chrono::milliseconds(0));
  EXPECT_TRUE(std::holds_alternative<link::Disconnected>(*inbox.Take(at_once)));
  EXPECT_EQ(std::get<link::Welcome>(*inbox.Take(at_once)).desk_name, "1番");
  EXPECT_FALSE(inbox.Take(at_once).has_value());
}

}  // namespace
}  // namespace madoguchi::agent
