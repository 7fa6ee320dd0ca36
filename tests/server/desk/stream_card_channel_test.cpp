// SPDX-License-Identifier: Apache-2.0
#include "server/desk/stream_card_channel.h"

#include <gtest/gtest.h>

#include <future>

#include "contract/card_script_wire.h"

namespace madoguchi::desk {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t kEpoch = 3;
constexpr seconds kWaitMax{20};

const Bytes kPressId(16, 0x11);

CardScript Script() {
  CardScript script;
  script.steps.push_back({TransmitStep{0x00, 0xA4, 0x04, 0x0C, Bytes{0x01}, 0}, {{0x9000}}});
  return script;
}

v1::ScriptResult ResultOf(const v1::RunScript& run, std::uint32_t status_word = 0x9000) {
  v1::ScriptResult result;
  result.set_press_id(run.press_id());
  result.set_epoch(run.epoch());
  result.set_script_number(run.script_number());
  result.mutable_answers()->add_steps()->set_status_word(status_word);
  return result;
}

class StreamCardChannelTest : public testing::Test {
 protected:
  // Runs a script on a thread of its own, as a check does.
  std::future<Result<ScriptAnswers>> Run(Deadline deadline = Deadline::In(hours(1))) {
    return std::async(std::launch::async, [this, deadline] { return channel_.Run(Script(), kEpoch, deadline); });
  }
  v1::RunScript NextSent() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(sent_changed_.wait_for(lock, kWaitMax, [this] { return sent_.size() > taken_; }));
    return sent_.at(taken_++);
  }
  static ErrorCode CodeOf(std::future<Result<ScriptAnswers>>& running) {
    const auto answers = running.get();
    return answers ? ErrorCode::kInternalError : answers.error().code;
  }

  std::mutex mutex_;
  std::condition_variable sent_changed_;
  std::vector<v1::RunScript> sent_;
  std::size_t taken_ = 0;
  StreamCardChannel channel_{kPressId, [this](v1::RunScript script) {
                               {
                                 const std::lock_guard lock(mutex_);
                                 sent_.push_back(std::move(script));
                               }
                               sent_changed_.notify_all();
                             }};
};

TEST_F(StreamCardChannelTest, CarriesAScriptOutAndItsAnswersBack) {
  auto running = Run();
  const v1::RunScript run = NextSent();
  EXPECT_EQ(run.press_id(), AsText(kPressId));
  EXPECT_EQ(run.epoch(), kEpoch);
  EXPECT_EQ(run.script_number(), 1U);
  EXPECT_GT(run.remaining_ms(), 0U);
  EXPECT_EQ(*wire::FromMessage(run.script()), Script());
  EXPECT_TRUE(channel_.Deliver(ResultOf(run, 0x63C2)).ok());
  const auto answers = running.get();
  ASSERT_TRUE(answers.ok());
  EXPECT_EQ(answers->steps.at(0).status_word, 0x63C2);
}

TEST_F(StreamCardChannelTest, NumbersTheScriptsOfAPress) {
  for (std::uint32_t number = 1; number <= 2; ++number) {
    auto running = Run();
    const v1::RunScript run = NextSent();
    EXPECT_EQ(run.script_number(), number);
    EXPECT_TRUE(channel_.Deliver(ResultOf(run)).ok());
    EXPECT_TRUE(running.get().ok());
  }
}

TEST_F(StreamCardChannelTest, RefusesAnswersThatMatchNothingThatIsOut) {
  auto running = Run();
  const v1::RunScript run = NextSent();
  v1::ScriptResult other_press = ResultOf(run);
  other_press.set_press_id(std::string(16, '\x22'));
  v1::ScriptResult other_epoch = ResultOf(run);
  other_epoch.set_epoch(kEpoch - 1);
  v1::ScriptResult other_number = ResultOf(run);
  other_number.set_script_number(2);
  for (const v1::ScriptResult& wrong : {other_press, other_epoch, other_number}) {
    const auto delivered = channel_.Deliver(wrong);
    ASSERT_FALSE(delivered.ok());
    EXPECT_EQ(delivered.error().code, ErrorCode::kScriptAnswersInvalid);
  }
  EXPECT_TRUE(channel_.Deliver(ResultOf(run)).ok());
  EXPECT_TRUE(running.get().ok());
}

TEST_F(StreamCardChannelTest, RefusesTheSameAnswersASecondTime) {
  auto running = Run();
  const v1::RunScript run = NextSent();
  EXPECT_TRUE(channel_.Deliver(ResultOf(run)).ok());
  EXPECT_TRUE(running.get().ok());
  EXPECT_FALSE(channel_.Deliver(ResultOf(run)).ok());
}

TEST_F(StreamCardChannelTest, RefusesAnswersBeforeAnyScript) {
  EXPECT_FALSE(channel_.Deliver({}).ok());
}

TEST_F(StreamCardChannelTest, RefusesAnswersOutOfShape) {
  auto running = Run();
  const v1::RunScript run = NextSent();
  EXPECT_FALSE(channel_.Deliver(ResultOf(run, 0x10000)).ok());
  channel_.Close(ErrorCode::kScriptAnswersInvalid);
  EXPECT_EQ(CodeOf(running), ErrorCode::kScriptAnswersInvalid);
}

TEST_F(StreamCardChannelTest, EndsWhenTheDeskIsGone) {
  auto running = Run();
  NextSent();
  EXPECT_FALSE(channel_.gone());
  channel_.Close(ErrorCode::kDeskGone);
  EXPECT_TRUE(channel_.gone());
  EXPECT_EQ(CodeOf(running), ErrorCode::kDeskGone);
  auto later = Run();
  EXPECT_EQ(CodeOf(later), ErrorCode::kDeskGone);
}

TEST_F(StreamCardChannelTest, EndsAtTheDeadlineAndDropsAnswersThatComeAfterIt) {
  auto running = Run(Deadline::In(milliseconds(500)));
  const v1::RunScript run = NextSent();
  EXPECT_EQ(CodeOf(running), ErrorCode::kCheckDeadline);
  EXPECT_TRUE(channel_.Deliver(ResultOf(run)).ok());
  EXPECT_FALSE(channel_.Deliver(ResultOf(run)).ok());
}

TEST_F(StreamCardChannelTest, CountsTheTimeItWaited) {
  auto running = Run();
  const v1::RunScript run = NextSent();
  EXPECT_TRUE(channel_.Deliver(ResultOf(run)).ok());
  EXPECT_TRUE(running.get().ok());
  EXPECT_GT(channel_.waited(), milliseconds(0));
}

}  // namespace
}  // namespace madoguchi::desk
