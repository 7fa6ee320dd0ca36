// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/conversation.h"

#include <gtest/gtest.h>

#include "contract/card_script_wire.h"
#include "tests/terminal/link/typed_fields.h"

namespace madoguchi::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Bytes kPressId(16, 0x42);
const std::string kPressText(16, 0x42);

CardScript SomeScript() {
  return {.steps = {{TransmitStep{0x00, 0xA4, 0x02, 0x0C, Bytes{0x00, 0x18}}, {{0x9000}}}}};
}

ScriptAnswers SomeAnswers(std::uint8_t content) {
  ScriptAnswers answers;
  answers.steps = {{0x9000, Bytes(20, content), 5, 1}};
  return answers;
}

// A conversation with a server that says what the test wants, at times the test sets.
class ConversationTest : public testing::Test {
 protected:
  void SetUp() override { Reopen(); }

  void Reopen() {
    conversation_.StreamClosed();
    conversation_.StreamOpened(now_);
    server_sequence_ = 0;
  }
  Result<std::vector<Event>> Receive(v1::ServerMessage message) {
    message.set_sequence(++server_sequence_);
    return conversation_.Received(message, now_);
  }
  v1::ServerMessage Welcome() {
    v1::ServerMessage message;
    v1::Welcome& welcome = *message.mutable_welcome();
    welcome.set_protocol(limits::kProtocolVersion);
    welcome.set_desk_id("d");
    welcome.set_institution_code("1311234567");
    *welcome.mutable_opening_script() = wire::ToMessage(SomeScript());
    return message;
  }
  v1::ServerMessage RunScript(std::uint32_t epoch, std::uint32_t number) {
    v1::ServerMessage message;
    message.mutable_run_script()->set_press_id(kPressText);
    message.mutable_run_script()->set_epoch(epoch);
    message.mutable_run_script()->set_script_number(number);
    *message.mutable_run_script()->mutable_script() = wire::ToMessage(SomeScript());
    return message;
  }
  void WelcomeDesk() {
    Sent();
    ASSERT_TRUE(Receive(Welcome()).ok());
  }
  void Press() { PressBy(Method::kPin); }
  void PressBy(Method method) {
    PressOrder order{.press_id = kPressId, .deadline = Deadline::In(limits::kCheckDeadline)};
    order.fields = method == Method::kNumber ? TypedFields() : PressFields{.method = method};
    if (method != Method::kNumber) order.opening = SomeAnswers(1);
    ASSERT_TRUE(conversation_.Press(std::move(order), now_).ok());
  }
  Result<void> Prove(std::uint32_t epoch, std::uint8_t content) {
    return conversation_.Proof({kPressId, epoch, 1, {}}, SomeAnswers(content), now_);
  }
  // Everything queued, in order.
  std::vector<v1::DeskMessage> Sent() {
    std::vector<v1::DeskMessage> sent;
    while (std::optional<v1::DeskMessage> message = conversation_.TakeOutgoing()) sent.push_back(std::move(*message));
    return sent;
  }

  Deadline::Clock::time_point now_ = Deadline::Clock::now();
  Conversation conversation_{"0.1.0", Bytes(16, 9)};
  std::uint64_t server_sequence_ = 0;
};

TEST(SequenceCheck, AcceptsOneTwoThreeAndNothingElse) {
  for (const std::vector<std::uint64_t>& wrong :
       {std::vector<std::uint64_t>{0}, {2}, {1, 1}, {1, 3}, {1, 2, 1}, {1, 2, 3, 3}}) {
    SequenceCheck check;
    bool accepted = true;
    for (const std::uint64_t sequence : wrong) accepted = accepted && check.Accept(sequence);
    EXPECT_FALSE(accepted);
  }
  SequenceCheck check;
  for (std::uint64_t sequence = 1; sequence < 100; ++sequence) EXPECT_TRUE(check.Accept(sequence));
}

TEST_F(ConversationTest, SaysItsReaderAndInstitutionCodeInTheNextHello) {
  conversation_.SetReader("Reader 00");
  conversation_.SetInstitutionCode("0110000001");
  Reopen();
  const std::optional<v1::DeskMessage> hello = conversation_.TakeOutgoing();
  ASSERT_TRUE(hello.has_value());
  EXPECT_EQ(hello->hello().reader(), "Reader 00");
  EXPECT_EQ(hello->hello().institution_code(), "0110000001");
}

TEST_F(ConversationTest, BeginsWithHelloAndNumbersItsMessages) {
  const std::vector<v1::DeskMessage> sent = Sent();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(sent[0].has_hello());
  EXPECT_EQ(sent[0].sequence(), 1U);
  ASSERT_TRUE(Receive(Welcome()).ok());
  Press();
  EXPECT_EQ(Sent()[0].sequence(), 2U);
}

TEST_F(ConversationTest, EndsOnAGapARepeatOrAStepBack) {
  WelcomeDesk();
  v1::ServerMessage heartbeat;
  heartbeat.mutable_heartbeat();
  for (const std::uint64_t wrong : {0U, 1U, 3U, 9U}) {
    Conversation conversation("0.1.0", Bytes(16, 9));
    conversation.StreamOpened(now_);
    v1::ServerMessage welcome = Welcome();
    welcome.set_sequence(1);
    ASSERT_TRUE(conversation.Received(welcome, now_).ok());
    heartbeat.set_sequence(wrong);
    EXPECT_EQ(conversation.Received(heartbeat, now_).error().code, ErrorCode::kSequenceBroken);
  }
}

TEST_F(ConversationTest, TakesTheWelcomeFirstAndOnce) {
  EXPECT_EQ(Receive(RunScript(1, 1)).error().code, ErrorCode::kServerMessageInvalid);
  Reopen();
  ASSERT_TRUE(Receive(Welcome()).ok());
  EXPECT_EQ(Receive(Welcome()).error().code, ErrorCode::kServerMessageInvalid);
}

TEST_F(ConversationTest, RefusesAnOpeningScriptBeyondItsLimits) {
  v1::ServerMessage welcome = Welcome();
  welcome.mutable_welcome()->mutable_opening_script()->clear_steps();
  EXPECT_EQ(Receive(welcome).error().code, ErrorCode::kScriptInvalid);
}

TEST_F(ConversationTest, SaysWhatAGoodbyeSaidAndComesBackOnlyWhenItMay) {
  v1::ServerMessage goodbye;
  goodbye.mutable_goodbye()->set_code(static_cast<int>(ErrorCode::kStreamSuperseded));
  EXPECT_EQ(Receive(goodbye).error().code, ErrorCode::kStreamSuperseded);
  EXPECT_FALSE(conversation_.may_return());
  Reopen();
  goodbye.mutable_goodbye()->set_reconnect_after_ms(2000);
  EXPECT_FALSE(Receive(goodbye).ok());
  EXPECT_TRUE(conversation_.may_return());
}

TEST_F(ConversationTest, GivesUpAPressThatIsNotAcknowledgedInTwoSeconds) {
  WelcomeDesk();
  Press();
  now_ += limits::kPressAcknowledged - milliseconds(1);
  EXPECT_TRUE(conversation_.Due(now_).ok());
  now_ += milliseconds(1);
  EXPECT_EQ(conversation_.Due(now_).error().code, ErrorCode::kServerUnreachable);
}

TEST_F(ConversationTest, WaitsForAnAcknowledgedPress) {
  WelcomeDesk();
  Press();
  v1::ServerMessage accepted;
  accepted.mutable_press_accepted()->set_press_id(kPressText);
  ASSERT_TRUE(Receive(accepted).ok());
  now_ += seconds(3);
  EXPECT_TRUE(conversation_.Due(now_).ok());
}

TEST_F(ConversationTest, SendsAnUnansweredPressAgainAfterAReconnectWithTheProofItHas) {
  WelcomeDesk();
  Press();
  Sent();
  ASSERT_TRUE(Receive(RunScript(3, 1)).ok());
  ASSERT_TRUE(Prove(3, 2).ok());
  EXPECT_TRUE(Sent().back().has_script_result());
  Reopen();
  EXPECT_EQ(Sent().size(), 1U) << "nothing but Hello before the welcome";
  ASSERT_TRUE(Receive(Welcome()).ok());
  const std::vector<v1::DeskMessage> sent = Sent();
  ASSERT_EQ(sent.size(), 1U);
  const v1::Press& press = sent[0].press();
  EXPECT_EQ(press.press_id(), kPressText);
  EXPECT_EQ(wire::FromMessage(press.opening()).value(), SomeAnswers(1));
  EXPECT_EQ(wire::FromMessage(press.proof()).value(), SomeAnswers(2));
  EXPECT_EQ(press.proof_epoch(), 3U);
  EXPECT_LE(press.remaining_ms(), 15000U);
}

TEST_F(ConversationTest, KeepsAProofThatWasMadeWhileTheServerWasAway) {
  WelcomeDesk();
  Press();
  ASSERT_TRUE(Receive(RunScript(1, 1)).ok());
  Reopen();
  ASSERT_TRUE(Prove(1, 2).ok());
  Sent();
  ASSERT_TRUE(Receive(Welcome()).ok());
  EXPECT_TRUE(Sent().back().press().has_proof());
}

// The stream was lost between press and script: nothing was asked of the card, the press goes out as it was.
TEST_F(ConversationTest, SendsAPressBySightAgainWithTheSameChallengeOfTheCard) {
  WelcomeDesk();
  PressBy(Method::kSight);
  const v1::DeskMessage first = Sent().at(0);
  Reopen();
  Sent();
  ASSERT_TRUE(Receive(Welcome()).ok());
  v1::DeskMessage again = Sent().at(0);
  EXPECT_EQ(again.press().method(), v1::SIGHT);
  EXPECT_FALSE(again.press().has_proof());
  EXPECT_EQ(again.press().opening().SerializeAsString(), first.press().opening().SerializeAsString());
  EXPECT_EQ(Receive(RunScript(2, 1)).value().size(), 1U);
}

// Lost between script and answer: a second script for a card that has been asked would find it spent.
TEST_F(ConversationTest, HoldsAPressBackWhileTheCardIsAtWorkAndSendsItWithTheProof) {
  for (const Method method : {Method::kPin, Method::kSight}) {
    conversation_.ForgetPress();
    Reopen();
    WelcomeDesk();
    PressBy(method);
    ASSERT_EQ(Receive(RunScript(1, 1)).value().size(), 1U);
    Reopen();
    Sent();
    ASSERT_TRUE(Receive(Welcome()).ok());
    EXPECT_TRUE(Sent().empty()) << "the card is at work";
    now_ += limits::kPressAcknowledged;
    EXPECT_TRUE(conversation_.Due(now_).ok()) << "nothing was sent that could be acknowledged";
    Sent();
    ASSERT_TRUE(Prove(1, 2).ok());
    const std::vector<v1::DeskMessage> sent = Sent();
    ASSERT_EQ(sent.size(), 1U) << "the press, and no answer to a script of the stream before";
    EXPECT_EQ(sent[0].press().proof_epoch(), 1U);
    EXPECT_EQ(wire::FromMessage(sent[0].press().proof()).value(), SomeAnswers(2));
  }
}

// Lost after the proof: the answers go again with every stream until the press has ended.
TEST_F(ConversationTest, SendsTheProofWithEveryStreamUntilThePressHasEnded) {
  WelcomeDesk();
  PressBy(Method::kSight);
  ASSERT_TRUE(Receive(RunScript(1, 1)).ok());
  ASSERT_TRUE(Prove(1, 2).ok());
  for (int stream = 0; stream < 3; ++stream) {
    Reopen();
    Sent();
    ASSERT_TRUE(Receive(Welcome()).ok());
    EXPECT_TRUE(Sent().at(0).press().has_proof());
  }
  v1::ServerMessage message;
  message.mutable_check_answer()->set_press_id(kPressText);
  message.mutable_check_answer()->mutable_answer();
  ASSERT_EQ(Receive(message).value().size(), 1U);
  Reopen();
  Sent();
  ASSERT_TRUE(Receive(Welcome()).ok());
  EXPECT_TRUE(Sent().empty());
}

TEST_F(ConversationTest, SendsWhatWasTypedAboutThePatientAgainAfterAReconnect) {
  WelcomeDesk();
  PressBy(Method::kNumber);
  const v1::DeskMessage first = Sent().at(0);
  EXPECT_FALSE(first.press().has_opening());
  Reopen();
  Sent();
  ASSERT_TRUE(Receive(Welcome()).ok());
  const v1::Press again = Sent().at(0).press();
  EXPECT_TRUE(again.number_inquiry().SerializeAsString() == first.press().number_inquiry().SerializeAsString());
  EXPECT_TRUE(again.patient_number() == "P-0042" && again.expected_birthdate() == "19600301");
  EXPECT_FALSE(again.has_opening() || again.has_proof());
}

TEST_F(ConversationTest, TellsWhichMethodsTheServerAllowsAndLeavesOutThoseItDoesNotKnow) {
  v1::ServerMessage message = Welcome();
  message.mutable_welcome()->add_methods(v1::PIN);
  message.mutable_welcome()->add_methods(v1::NUMBER);
  message.mutable_welcome()->add_methods(static_cast<v1::Method>(99));
  message.mutable_welcome()->set_show_again_seconds(300);
  const Result<std::vector<Event>> events = Receive(message);
  ASSERT_TRUE(events.ok());
  const auto& welcome = std::get<link::Welcome>(events->at(0));
  EXPECT_EQ(welcome.methods, (std::vector{Method::kPin, Method::kNumber}));
  EXPECT_EQ(welcome.show_again, seconds(300));
}

TEST_F(ConversationTest, TellsWhereTheResultGoesAndWhetherThePersonIsInDoubt) {
  WelcomeDesk();
  Press();
  v1::ServerMessage message;
  v1::CheckAnswer& answer = *message.mutable_check_answer();
  answer.set_press_id(kPressText);
  answer.mutable_answer();
  answer.set_birthdate_differs(true);
  answer.set_handoff_not_kept(true);
  answer.add_handoff("oqs_folder");
  answer.mutable_facts()->set_database_us(7);
  const Result<std::vector<Event>> events = Receive(message);
  ASSERT_TRUE(events.ok());
  const auto& told = std::get<CheckAnswer>(events->at(0));
  EXPECT_TRUE(told.birthdate_differs && told.handoff_not_kept);
  EXPECT_EQ(told.handoff, std::vector<std::string>{"oqs_folder"});
  EXPECT_EQ(told.facts.database_us, 7U);
}

TEST_F(ConversationTest, KeepsWhatThePolicyRefusedForAServerThatIsThere) {
  WelcomeDesk();
  conversation_.Refuse({kPressId, 3, Bytes{0x00, 0x20, 0x00, 0x80}, 0});
  Reopen();  // before it was sent
  conversation_.Refuse({kPressId, 4, {}, 0x001A});
  EXPECT_FALSE(Sent().back().has_policy_refusal()) << "nothing but Hello before the Welcome";
  ASSERT_TRUE(Receive(Welcome()).ok());
  const std::vector<v1::DeskMessage> sent = Sent();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].policy_refusal().step(), 3U);
  EXPECT_EQ(sent[1].policy_refusal().file_id(), 0x001AU);
  Reopen();
  WelcomeDesk();
  EXPECT_TRUE(Sent().empty()) << "each once";
}

TEST_F(ConversationTest, KeepsNoMoreRefusalsThanItsLimit) {
  for (std::size_t i = 0; i <= kRefusalsKeptMax; ++i)
    conversation_.Refuse({kPressId, static_cast<std::uint32_t>(i), {}, 0});
  WelcomeDesk();
  EXPECT_EQ(Sent().size(), kRefusalsKeptMax);
}

TEST_F(ConversationTest, RefusesMoreHandoffChannelsThanThereAre) {
  WelcomeDesk();
  Press();
  v1::ServerMessage message;
  message.mutable_check_answer()->set_press_id(kPressText);
  message.mutable_check_answer()->mutable_answer();
  for (std::size_t i = 0; i <= kHandoffChannelsMax; ++i) message.mutable_check_answer()->add_handoff("x");
  EXPECT_EQ(Receive(message).error().code, ErrorCode::kServerMessageInvalid);
}

TEST_F(ConversationTest, RunsEachScriptOnceAndOnlyOfTheNewestEpoch) {
  WelcomeDesk();
  Press();
  ASSERT_EQ(Receive(RunScript(2, 1)).value().size(), 1U);
  ASSERT_EQ(Receive(RunScript(2, 2)).value().size(), 1U);
  EXPECT_EQ(Receive(RunScript(2, 2)).error().code, ErrorCode::kServerMessageInvalid);
  EXPECT_EQ(Receive(RunScript(2, 1)).error().code, ErrorCode::kServerMessageInvalid);
  EXPECT_EQ(Receive(RunScript(1, 9)).error().code, ErrorCode::kServerMessageInvalid);
}

TEST_F(ConversationTest, RunsNoScriptOfAnotherPress) {
  WelcomeDesk();
  EXPECT_TRUE(Receive(RunScript(1, 1)).value().empty()) << "no press is open";
}

TEST_F(ConversationTest, TellsARefusalWithItsTries) {
  WelcomeDesk();
  Press();
  v1::ServerMessage message;
  v1::CheckAnswer& answer = *message.mutable_check_answer();
  answer.set_press_id(kPressText);
  answer.mutable_refusal()->set_code(static_cast<int>(ErrorCode::kPinWrong));
  answer.mutable_refusal()->set_tries_left(2);
  const Result<std::vector<Event>> events = Receive(message);
  ASSERT_TRUE(events.ok());
  const auto& told = std::get<CheckAnswer>(events->at(0));
  EXPECT_EQ(told.answer, nullptr);
  EXPECT_EQ(told.refusal.code, ErrorCode::kPinWrong);
  EXPECT_EQ(told.refusal.tries_left, 2);
  EXPECT_FALSE(conversation_.press_open());
}

TEST_F(ConversationTest, RefusesASecondPressWhileOneIsOpen) {
  WelcomeDesk();
  Press();
  EXPECT_EQ(conversation_.Press({.press_id = Bytes(16, 1), .deadline = Deadline::In(seconds(1))}, now_).error().code,
            ErrorCode::kPressAlreadyOpen);
}

TEST_F(ConversationTest, BeatsEveryMinuteWhenIdleAndEverySecondWithACard) {
  WelcomeDesk();
  EXPECT_EQ(conversation_.NextDue(), now_ + limits::kHeartbeatIdle);
  conversation_.SetCardPresent(true);
  EXPECT_EQ(conversation_.NextDue(), now_ + limits::kHeartbeatActive);
  now_ += limits::kHeartbeatActive;
  ASSERT_TRUE(conversation_.Due(now_).ok());
  const std::vector<v1::DeskMessage> sent = Sent();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(sent[0].heartbeat().active());
}

TEST_F(ConversationTest, GivesUpAServerThatDoesNotAnswerAHeartbeatOrGreet) {
  WelcomeDesk();
  conversation_.SetCardPresent(true);
  now_ += limits::kHeartbeatActive;
  ASSERT_TRUE(conversation_.Due(now_).ok());
  now_ += kHeartbeatAnsweredWithin;
  EXPECT_EQ(conversation_.Due(now_).error().code, ErrorCode::kServerUnreachable);
  Reopen();
  now_ += kWelcomeWithin;
  EXPECT_EQ(conversation_.Due(now_).error().code, ErrorCode::kServerUnreachable);
}

TEST_F(ConversationTest, SendsAReportAboutTheScreenAgainOnTheNextStreamUntilItIsTaken) {
  ASSERT_TRUE(conversation_.Report({.press_id = kPressId, .blocks = {ResultBlock::kInsurance}}, now_));
  ASSERT_TRUE(conversation_.Due(now_).ok());
  EXPECT_EQ(Sent().size(), 1U) << "the Hello alone: nothing before the welcome";
  WelcomeDesk();
  ASSERT_TRUE(conversation_.Due(now_).ok());
  const std::vector<v1::DeskMessage> first = Sent();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].screen_report().press_id(), kPressText);
  Reopen();
  WelcomeDesk();
  ASSERT_TRUE(conversation_.Due(now_).ok());
  const std::vector<v1::DeskMessage> again = Sent();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].screen_report().report_id(), first[0].screen_report().report_id());
  v1::ServerMessage taken;
  taken.mutable_screen_report_taken()->set_report_id(again[0].screen_report().report_id());
  ASSERT_TRUE(Receive(std::move(taken)).ok());
  EXPECT_EQ(conversation_.reports_waiting(), 0U);
}

TEST_F(ConversationTest, ReportsTheNextActOfTheScreenOnceTheOneBeforeIsTaken) {
  WelcomeDesk();
  ASSERT_TRUE(conversation_.Report({.press_id = kPressId, .act = ScreenAct::kShown}, now_));
  ASSERT_TRUE(conversation_.Report({.press_id = kPressId, .act = ScreenAct::kClosed}, now_));
  ASSERT_TRUE(conversation_.Due(now_).ok());
  const std::vector<v1::DeskMessage> shown = Sent();
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown[0].screen_report().act(), v1::RESULT_SHOWN);
  v1::ServerMessage taken;
  taken.mutable_screen_report_taken()->set_report_id(shown[0].screen_report().report_id());
  ASSERT_TRUE(Receive(std::move(taken)).ok());
  ASSERT_TRUE(conversation_.Due(now_).ok());
  const std::vector<v1::DeskMessage> closed = Sent();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].screen_report().act(), v1::RESULT_CLOSED);
}

TEST_F(ConversationTest, WakesForAReportThatIsNotTakenInTime) {
  WelcomeDesk();
  ASSERT_TRUE(conversation_.Report({.press_id = kPressId, .blocks = {ResultBlock::kInsurance}}, now_));
  EXPECT_EQ(conversation_.NextDue(), now_);
  ASSERT_TRUE(conversation_.Due(now_).ok());
  EXPECT_EQ(Sent().size(), 1U);
  EXPECT_EQ(conversation_.NextDue(), now_ + kReportTakenWithin);
  now_ += kReportTakenWithin;
  ASSERT_TRUE(conversation_.Due(now_).ok());
  EXPECT_EQ(Sent().size(), 1U);
}

}  // namespace
}  // namespace madoguchi::link
