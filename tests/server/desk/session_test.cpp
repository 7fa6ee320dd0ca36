// SPDX-License-Identifier: Apache-2.0
// A press from the button to its answer, and the end of a server.
#include "server/desk/session.h"

#include "contract/trace.h"
#include "tests/server/desk/desk_service_fixture.h"

namespace madoguchi::desk {
namespace {

TEST_F(DeskServiceTest, TakesAPressThroughOneCardTripToItsAnswer) {
  run_check_ = [](const check::Press& press, check::CardChannel& channel, Deadline deadline) {
    EXPECT_EQ(press.caller.account_id, "W0000001");
    EXPECT_EQ(press.certificate_sha256.size(), 32U);
    EXPECT_TRUE(press.operator_needed);
    const auto answers = channel.Run(ProofScript(), 1, deadline);
    if (!answers) return Refusal(answers.error());
    check::CheckResult result;
    result.certificate_days_left = 40;
    check::Facts facts;
    facts.card_trips = 1;
    return check::Outcome{std::move(result), facts};
  };
  TestDesk desk(Channel());
  desk.Enter();
  const Bytes press_id = desk.Press();
  EXPECT_EQ(desk.Receive().press_accepted().press_id(), AsText(press_id));
  const v1::ServerMessage message = desk.Receive();
  const v1::RunScript& run = message.run_script();
  EXPECT_EQ(*wire::FromMessage(run.script()), ProofScript());
  desk.Answer(run, run.epoch());
  const v1::CheckAnswer answer = desk.CheckAnswer();
  EXPECT_TRUE(answer.has_answer());
  EXPECT_EQ(answer.press_id(), AsText(press_id));
  EXPECT_EQ(answer.facts().card_trips_after_press(), 1U);
}

TEST_F(DeskServiceTest, TellsTheDeskTheCodeOfARefusalAndTheTriesLeft) {
  run_check_ = [](const check::Press&, check::CardChannel&, Deadline) {
    return Refusal({ErrorCode::kPinWrong, "only for the log", 2});
  };
  TestDesk desk(Channel());
  desk.Enter();
  desk.Press();
  const v1::CheckAnswer answer = desk.CheckAnswer();
  EXPECT_EQ(answer.refusal().code(), Number(ErrorCode::kPinWrong));
  EXPECT_EQ(answer.refusal().tries_left(), 2U);
}

TEST_F(DeskServiceTest, ClosesAStreamThatAnswersAScriptItWasNotSent) {
  std::promise<ErrorCode> told;
  run_check_ = [&told](const check::Press&, check::CardChannel& channel, Deadline deadline) {
    const auto answers = channel.Run(ProofScript(), 1, deadline);
    told.set_value(answers ? ErrorCode::kInternalError : answers.error().code);
    return Refusal({ErrorCode::kDeskGone, "", {}});
  };
  TestDesk desk(Channel());
  desk.Enter();
  desk.Press();
  desk.Receive();
  const v1::ServerMessage message = desk.Receive();
  desk.Answer(message.run_script(), message.run_script().epoch() + 1);
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kScriptAnswersInvalid));
  EXPECT_EQ(told.get_future().get(), ErrorCode::kScriptAnswersInvalid);
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskScriptAnswersInvalid, Number(ErrorCode::kScriptAnswersInvalid)));
}

TEST_F(DeskServiceTest, EndsTheWaitOfACheckWhenItsDeskGoes) {
  std::promise<ErrorCode> told;
  run_check_ = [&told](const check::Press&, check::CardChannel& channel, Deadline deadline) {
    const auto answers = channel.Run(ProofScript(), 1, deadline);
    told.set_value(answers ? ErrorCode::kInternalError : answers.error().code);
    return Refusal({ErrorCode::kDeskGone, "", {}});
  };
  TestDesk desk(Channel());
  desk.Enter();
  desk.Press();
  desk.Receive();
  EXPECT_TRUE(desk.Receive().has_run_script());
  desk.HangUp();
  auto future = told.get_future();
  ASSERT_EQ(future.wait_for(kWaitMax), std::future_status::ready);
  EXPECT_EQ(future.get(), ErrorCode::kDeskGone);
}

// Checks that wait until the test lets them go.
class HeldChecks {
 public:
  Surroundings::RunCheck Function() {
    return [this, released = released_](const check::Press&, check::CardChannel&, Deadline) {
      entered_.release();
      released.wait();
      return check::Outcome{Error{ErrorCode::kNotAMyNumberCard, "", {}}, {}};
    };
  }
  void WaitUntilEntered() { entered_.acquire(); }
  void Release() { release_.set_value(); }

 private:
  std::counting_semaphore<16> entered_{0};
  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
};

TEST_F(DeskServiceTest, HasOneOpenPressPerDeskAndKnowsItWhenItComesAgain) {
  HeldChecks held;
  run_check_ = held.Function();
  TestDesk desk(Channel());
  desk.Enter();
  const Bytes first = desk.Press();
  EXPECT_EQ(desk.Receive().press_accepted().press_id(), AsText(first));
  desk.Press(first);
  EXPECT_EQ(desk.Receive().press_accepted().press_id(), AsText(first));
  const Bytes second = desk.Press();
  const v1::CheckAnswer refused = desk.CheckAnswer();
  EXPECT_EQ(refused.press_id(), AsText(second));
  EXPECT_EQ(refused.refusal().code(), Number(ErrorCode::kPressAlreadyOpen));
  held.Release();
  EXPECT_EQ(desk.CheckAnswer().press_id(), AsText(first));
}

TEST_F(DeskServiceTest, AnswersBusyAtOnceWhenEveryPlaceIsTaken) {
  HeldChecks held;
  run_check_ = held.Function();
  std::vector<std::unique_ptr<TestDesk>> desks;
  // One place on a thread, one in the queue: of three presses one is busy, whichever thread is quick.
  int busy = 0;
  for (const char* name : {"b", "c", "d"}) {
    MakeCertificate(name, crypto::NewUuid());
    desks.push_back(std::make_unique<TestDesk>(Channel(name)));
    desks.back()->Enter();
    desks.back()->Press();
    EXPECT_TRUE(desks.back()->Receive().has_press_accepted());
  }
  const auto refused = trail_.WaitFor(audit::action::kDeskPressRefused, Number(ErrorCode::kServerBusy));
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->account_id, "W0000001");
  EXPECT_EQ(refused->institution_code, "1311234567");
  EXPECT_EQ(refused->trace_id.size(), 2 * kTraceIdBytes);
  held.Release();
  for (const auto& desk : desks) busy += desk->CheckAnswer().refusal().code() == Number(ErrorCode::kServerBusy) ? 1 : 0;
  EXPECT_GE(busy, 1);
  EXPECT_LE(busy, 2);
}

TEST_F(DeskServiceTest, RecordsWhatADeskRefusedToDo) {
  TestDesk desk(Channel());
  desk.Enter();
  v1::DeskMessage message;
  message.mutable_policy_refusal()->set_step(2);
  message.mutable_policy_refusal()->set_header(std::string("\x00\x20\x00\x80", 4));
  desk.Send(std::move(message));
  const auto refusal = trail_.WaitFor(audit::action::kDeskPolicyRefusal, Number(ErrorCode::kCommandRefusedByPolicy));
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->detail, "step=2 header=00200080 file_id=0");
  EXPECT_EQ(refusal->account_id, "W0000001");
  EXPECT_THAT(metrics_.Text(), testing::HasSubstr("madoguchi_desk_policy_refusals_total 1"));
}

TEST_F(DeskServiceTest, ClosesAStreamOnAMessageOfTheWrongShape) {
  TestDesk desk(Channel());
  desk.Enter();
  desk.Press(Bytes(15, 1));
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kMessageInvalid));
}

TEST_F(DeskServiceTest, SurvivesAMessageThatIsTooLarge) {
  TestDesk desk(Channel());
  desk.Enter();
  v1::DeskMessage message;
  message.mutable_press()->set_press_id(std::string(2 * limits::kMessageBytesMax, 'x'));
  desk.Send(std::move(message));
  EXPECT_EQ(desk.Goodbye(), 0);
  TestDesk again(Channel());
  EXPECT_EQ(again.Enter().protocol(), limits::kProtocolVersion);
}

TEST_F(DeskServiceTest, FinishesOpenPressesBeforeItSaysGoodbye) {
  HeldChecks held;
  run_check_ = held.Function();
  TestDesk desk(Channel());
  desk.Enter();
  desk.Press();
  EXPECT_TRUE(desk.Receive().has_press_accepted());
  held.WaitUntilEntered();
  service_.RefusePresses();
  EXPECT_FALSE(service_.WaitForPresses(Deadline::In(milliseconds(1))));
  held.Release();
  EXPECT_TRUE(service_.WaitForPresses(Deadline::In(kWaitMax)));
  service_.SayGoodbye();
  EXPECT_EQ(desk.CheckAnswer().refusal().code(), Number(ErrorCode::kNotAMyNumberCard));
  EXPECT_EQ(desk.Goodbye(), Number(ErrorCode::kServerStopping));
}

TEST_F(DeskServiceTest, ARefusalIsInTheTrailBeforeTheDeskHearsIt) {
  TestDesk desk(Channel());
  desk.Enter();
  service_.RefusePresses();
  trail_.Hold(true);
  desk.Press();
  desk.Heartbeat();
  EXPECT_TRUE(desk.Receive().has_press_accepted());
  EXPECT_TRUE(desk.Receive().has_heartbeat());  // and not the refusal
  trail_.Hold(false);
  EXPECT_EQ(desk.CheckAnswer().refusal().code(), Number(ErrorCode::kServerStopping));
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskPressRefused, Number(ErrorCode::kServerStopping)));
}

TEST_F(DeskServiceTest, ThatTheDatabaseIsSilentIsToldWithoutWaitingForIt) {
  TestDesk desk(Channel());
  desk.Enter();
  alive_ = false;
  trail_.Hold(true);
  desk.Press();
  EXPECT_EQ(desk.CheckAnswer().refusal().code(), Number(ErrorCode::kDatabaseSilent));
  trail_.Hold(false);
  EXPECT_TRUE(trail_.WaitFor(audit::action::kDeskPressRefused, Number(ErrorCode::kDatabaseSilent)));
}

TEST_F(DeskServiceTest, RefusesPressesAndNewStreamsWhileItStops) {
  TestDesk desk(Channel());
  desk.Enter();
  service_.RefusePresses();
  desk.Press();
  EXPECT_EQ(desk.CheckAnswer().refusal().code(), Number(ErrorCode::kServerStopping));
  TestDesk late(Channel());
  late.Hello();
  EXPECT_EQ(late.Goodbye(), Number(ErrorCode::kServerStopping));
}

}  // namespace
}  // namespace madoguchi::desk
