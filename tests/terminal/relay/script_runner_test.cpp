// SPDX-License-Identifier: Apache-2.0
#include "terminal/relay/script_runner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "contract/crypto/certificate.h"
#include "tests/terminal/relay/card_in_process.h"
#include "tests/terminal/relay/verifier.h"

namespace madoguchi::relay {
namespace {

constexpr StatusPattern kOk{0x9000};
const Bytes kChallenge(32, 0x5A);
const Bytes kPressId(16, 0x11);
constexpr const char* kInstitution = "1311234567";

Step Apdu(std::uint8_t cla, std::uint8_t ins, std::uint8_t p1, std::uint8_t p2, StepData data = NoData{},
          std::uint16_t expected = 0, std::vector<StatusPattern> accepted = {kOk}) {
  return {TransmitStep{cla, ins, p1, p2, std::move(data), expected}, std::move(accepted)};
}
Step SelectApplication() {
  return Apdu(0x00, 0xA4, 0x04, 0x0C, Hex("D392F000260100000001"));
}
Step SelectFile(std::string_view id) {
  return Apdu(0x00, 0xA4, 0x02, 0x0C, Hex(id));
}

CardScript Opening() {
  return {.steps = {SelectApplication(),
                    {ReadFileStep{0x0006, 160, false}, {kOk}},
                    {ReadFileStep{0x000A, 4096, true}, {kOk}}}};
}
CardScript Proof() {
  return {.steps = {SelectFile("0018"), Apdu(0x00, 0x20, 0x00, 0x80, PinSlot{}), SelectFile("0017"),
                    Apdu(0x80, 0x2A, 0x00, 0x80, SignedChallenge{kChallenge}, 256)},
          .last = true};
}

// A card with its session, and a PIN that was typed.
class Desk {
 public:
  explicit Desk(simulators::CardOptions options = {}, std::string_view typed = "1234")
      : port(std::move(options)), runner(port, false, ExtendedApdu::kUnknown), pin(DeskPin::Make({}).value()) {
    for (const char digit : typed) EXPECT_TRUE(pin.Add(static_cast<std::uint8_t>(digit)).ok());
  }
  ScriptRun Prove(bool last_try_agreed = false) {
    return runner.RunProof(Proof(), {Occasion::kPinPress, kInstitution, kPressId, last_try_agreed, &pin});
  }
  ScriptRun OpenAndProve(bool last_try_agreed = false) {
    EXPECT_FALSE(runner.RunOpening(Opening()).error.has_value());
    return Prove(last_try_agreed);
  }
  // Commands that carried PIN bytes.
  std::ptrdiff_t Verifies() const {
    return std::count_if(port.commands.begin(), port.commands.end(),
                         [](const Bytes& command) { return command[1] == 0x20 && command.size() > 4; });
  }
  CardInProcess port;
  ScriptRunner runner;
  DeskPin pin;
};

simulators::CardOptions WithTries(int tries) {
  simulators::CardOptions options;
  options.memory.pin_tries = tries;
  return options;
}

TEST(ScriptRunner, ProvesThePinAndSignsWithTheKeyOfTheCertificateItRead) {
  Desk desk;
  const ScriptRun opening = desk.runner.RunOpening(Opening());
  ASSERT_EQ(opening.answers.steps.size(), 3U);
  EXPECT_EQ(opening.answers.steps[1].data.size(), 160U);
  const ScriptRun proof = desk.Prove();
  ASSERT_FALSE(proof.answers.stopped.has_value());
  ASSERT_EQ(proof.answers.steps.size(), 4U);
  EXPECT_EQ(proof.answers.tries_left, 3);
  const Result<bool> of_card = crypto::VerifySignature(
      opening.answers.steps[2].data, SignatureInput(kInstitution, kChallenge, kPressId), proof.answers.steps[3].data);
  ASSERT_TRUE(of_card.ok());
  EXPECT_TRUE(*of_card);
}

TEST(ScriptRunner, CountsTheCommandsAndTheTimeOfEachStep) {
  Desk desk;
  const ScriptRun opening = desk.runner.RunOpening(Opening());
  EXPECT_EQ(opening.answers.steps[0].apdus, 1U);
  EXPECT_EQ(opening.answers.steps[2].apdus, 2U);
  const ScriptRun proof = desk.Prove();
  EXPECT_EQ(proof.answers.steps[1].apdus, 2U) << "the desk's own look at the tries counts";
  EXPECT_GT(proof.answers.steps[3].microseconds, 0U);
}

TEST(ScriptRunner, LooksAtTheTriesItselfRightBeforeThePin) {
  Desk desk;
  desk.OpenAndProve();
  const auto verify = std::find_if(desk.port.commands.begin(), desk.port.commands.end(),
                                   [](const Bytes& command) { return command[1] == 0x20 && command.size() > 4; });
  ASSERT_NE(verify, desk.port.commands.end());
  EXPECT_EQ(ToHex(*(verify - 1)), "00200080");
}

TEST(ScriptRunner, NamesAWrongPinAndTheTriesLeft) {
  Desk desk({}, "9999");
  const ScriptRun proof = desk.OpenAndProve();
  EXPECT_EQ(proof.answers.stopped, ErrorCode::kPinWrong);
  EXPECT_EQ(proof.answers.tries_left, 2);
  ASSERT_EQ(proof.answers.steps.size(), 2U);
  EXPECT_EQ(proof.answers.steps[1].status_word, 0x63C2);
}

TEST(ScriptRunner, AsksBeforeTheLastTryAndSpendsNothing) {
  Desk desk(WithTries(1));
  const ScriptRun proof = desk.OpenAndProve();
  EXPECT_EQ(proof.answers.stopped, ErrorCode::kPinLastTry);
  EXPECT_EQ(proof.answers.tries_left, 1);
  EXPECT_EQ(desk.Verifies(), 0);
}

TEST(ScriptRunner, UsesTheLastTryWhenItWasAgreedTo) {
  Desk desk(WithTries(1));
  EXPECT_FALSE(desk.OpenAndProve(true).answers.stopped.has_value());
  Desk wrong(WithTries(1), "9999");
  const ScriptRun proof = wrong.OpenAndProve(true);
  EXPECT_EQ(proof.answers.stopped, ErrorCode::kPinBlocked);
  EXPECT_EQ(proof.answers.tries_left, 0);
}

TEST(ScriptRunner, CallsABlockedPinBlockedInBothWaysOfSayingItAndDoesNotTry) {
  for (const bool answers_6984 : {false, true}) {
    simulators::CardOptions options = WithTries(0);
    options.blocked_look_answers_6984 = answers_6984;
    Desk desk(options);
    const ScriptRun proof = desk.OpenAndProve();
    EXPECT_EQ(proof.answers.stopped, ErrorCode::kPinBlocked);
    EXPECT_EQ(desk.Verifies(), 0);
  }
}

TEST(ScriptRunner, NeverCallsADisabledPinBlocked) {
  Desk desk({.pin_disabled = true});
  const ScriptRun proof = desk.OpenAndProve();
  EXPECT_EQ(proof.answers.stopped, ErrorCode::kPinDisabled);
  EXPECT_FALSE(proof.answers.tries_left.has_value());
  EXPECT_EQ(desk.Verifies(), 0);
}

TEST(ScriptRunner, EmptiesThePinSlotWithTheVerify) {
  Desk desk;
  desk.OpenAndProve();
  EXPECT_EQ(desk.pin.size(), 0U);
}

TEST(ScriptRunner, SendsAPinOncePerPressHoweverManyScriptsAreSent) {
  Desk desk({}, "9999");
  desk.OpenAndProve();
  for (const char digit : std::string_view("1234")) ASSERT_TRUE(desk.pin.Add(static_cast<std::uint8_t>(digit)).ok());
  const ScriptRun again = desk.Prove();
  EXPECT_EQ(again.answers.stopped, ErrorCode::kCommandRefusedByPolicy);
  EXPECT_EQ(desk.Verifies(), 1);
}

TEST(ScriptRunner, RefusesAPressWhosePinWasNotTyped) {
  Desk desk({}, "12");
  EXPECT_EQ(desk.OpenAndProve().answers.stopped, ErrorCode::kPinFormatInvalid);
  EXPECT_EQ(desk.Verifies(), 0);
}

TEST(ScriptRunner, StopsAtTheFirstStatusWordThatIsNotAcceptedAndReturnsIt) {
  Desk desk({.not_a_my_number_card = true});
  const ScriptRun opening = desk.runner.RunOpening(Opening());
  EXPECT_EQ(opening.answers.stopped, ErrorCode::kCardStatusUnexpected);
  ASSERT_EQ(opening.answers.steps.size(), 1U);
  EXPECT_EQ(opening.answers.steps[0].status_word, 0x6A82);
  EXPECT_EQ(desk.port.commands.size(), 1U);
}

TEST(ScriptRunner, RepeatsTheVeryFirstSelectOfACardThatIsNotReady) {
  Desk desk({.first_command_answers_6f00 = true});
  EXPECT_FALSE(desk.runner.RunOpening(Opening()).answers.stopped.has_value());
  ScriptedPort port({Hex("6F00"), Hex("6F00"), Hex("9000")});
  ScriptRunner runner(port, false, ExtendedApdu::kUnknown);
  EXPECT_EQ(runner.RunOpening(Opening()).answers.stopped, ErrorCode::kCardStatusUnexpected) << "once, not for ever";
  EXPECT_EQ(port.commands.size(), 2U);
}

TEST(ScriptRunner, EndsWithWhatItHasWhenTheCardIsPulledAtAnyCommand) {
  Desk whole;
  whole.OpenAndProve();
  const std::size_t commands = whole.port.commands.size();
  ASSERT_GT(commands, 7U);
  for (std::size_t at = 1; at <= commands; ++at) {
    Desk desk;
    desk.port.fail_at = at;
    ScriptRun run = desk.runner.RunOpening(Opening());
    if (!run.error) run = desk.Prove();
    EXPECT_EQ(run.answers.stopped, ErrorCode::kCardRemoved) << at;
    EXPECT_TRUE(run.session_lost) << at;
    EXPECT_LE(desk.Verifies(), 1) << at;
    EXPECT_EQ(desk.port.commands.size(), at - 1) << "nothing is sent after the loss";
  }
}

// Scripts a hostile server might send, each after SELECT of the application; none may reach the card.
TEST(ScriptRunner, LetsNoHostileScriptReachTheCard) {
  const SignedChallenge challenge{kChallenge};
  const std::vector<std::pair<const char*, Step>> hostile = {
      {"another application", Apdu(0x00, 0xA4, 0x04, 0x0C, Hex("D3921000310001010408"))},
      {"application without P2=0C", Apdu(0x00, 0xA4, 0x04, 0x00, Hex("D392F000260100000001"))},
      {"master file", Apdu(0x00, 0xA4, 0x00, 0x00)},
      {"signature certificate", {ReadFileStep{0x0001, 4096, true}, {kOk}}},
      {"signature certificate selected", SelectFile("0001")},
      {"signature password", SelectFile("001B")},
      {"signature key", SelectFile("001A")},
      {"terminal key", SelectFile("0016")},
      {"read by short identifier", Apdu(0x00, 0xB0, 0x8A, 0x00, NoData{}, 256)},
      {"literal PIN", Apdu(0x00, 0x20, 0x00, 0x80, Hex("31323334"))},
      {"literal PIN by short identifier", Apdu(0x00, 0x20, 0x00, 0x98, Hex("31323334"))},
      {"PIN slot without its file", Apdu(0x00, 0x20, 0x00, 0x80, PinSlot{})},
      {"PIN slot by short identifier", Apdu(0x00, 0x20, 0x00, 0x98, PinSlot{})},
      {"PIN slot as password", Apdu(0x00, 0x20, 0x00, 0x9B, PinSlot{})},
      {"PIN slot written to a file", Apdu(0x00, 0xD6, 0x00, 0x00, PinSlot{})},
      {"change of the PIN", Apdu(0x00, 0x24, 0x01, 0x80, Hex("35363738"))},
      {"reset of the tries", Apdu(0x00, 0x2C, 0x00, 0x80)},
      {"signature without proof", Apdu(0x80, 0x2A, 0x00, 0x80, challenge, 256)},
      {"signature by short identifier", Apdu(0x80, 0x2A, 0x00, 0x97, challenge, 256)},
      {"signature with the signature key", Apdu(0x80, 0x2A, 0x00, 0x9A, challenge, 256)},
      {"signature of literal bytes", Apdu(0x80, 0x2A, 0x00, 0x80, Bytes(51, 0), 256)},
      {"signature with other padding", Apdu(0x80, 0x2A, 0x03, 0x80, challenge, 256)},
      {"internal authenticate", Apdu(0x00, 0x88, 0x00, 0x00, challenge, 256)},
      {"challenge without sight", Apdu(0x00, 0x84, 0x00, 0x00, NoData{}, 8)},
      {"external authenticate without sight", Apdu(0x00, 0x82, 0x00, 0x00, Bytes(8, 0))},
      {"verifier key", Apdu(0x80, 0xA2, 0x00, 0x00, Bytes(32, 0))},
      {"data objects", Apdu(0x00, 0xCA, 0xDF, 0x30, NoData{}, 256)},
      {"own GET RESPONSE", Apdu(0x00, 0xC0, 0x00, 0x00, NoData{}, 256)},
      {"channel", Apdu(0x00, 0x70, 0x00, 0x00, NoData{}, 1)},
      {"other channel", Apdu(0x01, 0xA4, 0x04, 0x0C, Hex("D392F000260100000001"))},
      {"secure messaging", Apdu(0x0C, 0xA4, 0x04, 0x0C, Hex("D392F000260100000001"))},
      {"chaining", Apdu(0x10, 0x20, 0x00, 0x80, PinSlot{})},
  };
  for (const auto& [name, step] : hostile) {
    Desk desk;
    const PressAtCard press{Occasion::kPinPress, kInstitution, kPressId, true, &desk.pin};
    const ScriptRun run = desk.runner.RunProof({.steps = {SelectApplication(), step}}, press);
    EXPECT_EQ(run.answers.stopped, ErrorCode::kCommandRefusedByPolicy) << name;
    ASSERT_TRUE(run.refused.has_value()) << name;
    EXPECT_EQ(run.refused->step, 1U) << name;
    EXPECT_EQ(run.answers.steps.size(), 1U) << name << ": what was done is returned";
    EXPECT_EQ(desk.port.commands.size(), 1U) << name;
  }
}

// --- sight ---

// A card that a verifier may let sign, opened with a challenge as its last answer.
class DeskBySight {
 public:
  explicit DeskBySight(simulators::CardOptions options = {})
      : port(With(std::move(options), verifier)), runner(port, true, ExtendedApdu::kUnknown) {}
  static simulators::CardOptions With(simulators::CardOptions options, const Verifier& verifier) {
    options.sight_verifier = verifier.public_key();
    return options;
  }
  static CardScript OpeningWithChallenge() {
    CardScript script = Opening();
    script.steps.push_back(Apdu(0x00, 0x84, 0x00, 0x00, NoData{}, 16, {kOk, {0x6000, 0xF000}}));
    return script;
  }
  ScriptRun Open() {
    ScriptRun run = runner.RunOpening(OpeningWithChallenge());
    if (run.answers.steps.size() == 4) challenge = run.answers.steps[3].data;
    return run;
  }
  ScriptRun Prove(const Bytes& press_id = kPressId) {
    const Bytes proof = verifier.Proof(port.card.options().auth_certificate, challenge);
    const CardScript script{.steps = {Apdu(0x00, 0x82, 0x00, 0x00, proof), SelectFile("0017"),
                                      Apdu(0x80, 0x2A, 0x00, 0x80, SignedChallenge{kChallenge}, 256)},
                            .last = true};
    return runner.RunProof(script, {Occasion::kSightPress, kInstitution, press_id});
  }
  bool AnyVerify() const {
    return std::any_of(port.commands.begin(), port.commands.end(),
                       [](const Bytes& command) { return command[1] == 0x20; });
  }
  Verifier verifier;
  CardInProcess port;
  ScriptRunner runner;
  Bytes challenge;
};

TEST(ScriptRunner, SignsBySightWithoutSpendingOrAskingForAPin) {
  for (simulators::CardOptions options : {WithTries(3), WithTries(0), simulators::CardOptions{.pin_disabled = true}}) {
    DeskBySight desk(std::move(options));
    const int tries = desk.port.card.memory().pin_tries;
    ASSERT_EQ(desk.Open().answers.steps.size(), 4U);
    const ScriptRun proof = desk.Prove();
    ASSERT_FALSE(proof.answers.stopped.has_value());
    const Result<bool> of_card =
        crypto::VerifySignature(desk.port.card.options().auth_certificate,
                                SignatureInput(kInstitution, kChallenge, kPressId), proof.answers.steps[2].data);
    EXPECT_TRUE(of_card.ok() && *of_card);
    EXPECT_EQ(desk.port.card.memory().pin_tries, tries);
    EXPECT_FALSE(desk.AnyVerify());
  }
}

TEST(ScriptRunner, AnswersWhatACardSaidThatKnowsNoSight) {
  Desk desk;
  ScriptRunner runner(desk.port, true, ExtendedApdu::kUnknown);
  const ScriptRun opening = runner.RunOpening(DeskBySight::OpeningWithChallenge());
  EXPECT_FALSE(opening.answers.stopped.has_value()) << "the PIN can still be used";
  Verifier stranger;
  const CardScript script{.steps = {Apdu(0x00, 0x82, 0x00, 0x00, stranger.Proof(Bytes(1), Bytes(16)))}};
  const ScriptRun proof = runner.RunProof(script, {Occasion::kSightPress, kInstitution, kPressId});
  EXPECT_NE(proof.answers.stopped, std::nullopt);
  EXPECT_FALSE(desk.Verifies() > 0);
}

TEST(ScriptRunner, SendsAProofBySightOncePerPressHoweverManyScriptsAreSent) {
  DeskBySight desk;
  desk.Open();
  desk.challenge = Bytes(16, 0);
  const ScriptRun wrong = desk.Prove();
  EXPECT_EQ(wrong.answers.stopped, ErrorCode::kCardStatusUnexpected);
  EXPECT_EQ(wrong.answers.steps[0].status_word, 0x6300);
  EXPECT_EQ(desk.Prove().answers.stopped, ErrorCode::kCommandRefusedByPolicy);
}

// A session is a new runner: what the card was asked in an earlier one does not count.
TEST(ScriptRunner, TakesTheChallengeOfTheNewestOpeningWhenTheCardWasLetGo) {
  DeskBySight desk;
  desk.Open();
  const Bytes proof = desk.verifier.Proof(desk.port.card.options().auth_certificate, desk.challenge);
  desk.port.card.PowerOff();
  ScriptRunner again(desk.port, true, ExtendedApdu::kUnknown);
  const ScriptRun opening = again.RunOpening(DeskBySight::OpeningWithChallenge());
  ASSERT_EQ(opening.answers.steps.size(), 4U);
  EXPECT_NE(opening.answers.steps[3].data, desk.challenge);
  const CardScript script{.steps = {Apdu(0x00, 0x82, 0x00, 0x00, proof)}};
  EXPECT_EQ(again.RunProof(script, {Occasion::kSightPress, kInstitution, kPressId}).answers.steps[0].status_word,
            0x6300)
      << "a proof for the challenge before";
}

TEST(ScriptRunner, TakesNoPinAndNoSignatureInTheOpening) {
  Desk desk;
  EXPECT_EQ(
      desk.runner
          .RunOpening({.steps = {SelectApplication(), SelectFile("0018"), Apdu(0x00, 0x20, 0x00, 0x80, PinSlot{})}})
          .answers.stopped,
      ErrorCode::kCommandRefusedByPolicy);
  EXPECT_EQ(desk.Verifies(), 0);
}

TEST(ScriptRunner, RefusesAScriptBeyondItsLimitsBeforeItsFirstCommand) {
  Desk desk;
  CardScript script;
  script.steps.assign(limits::kScriptStepsMax + 1, SelectApplication());
  EXPECT_EQ(desk.runner.RunOpening(script).answers.stopped, ErrorCode::kScriptInvalid);
  EXPECT_TRUE(desk.port.commands.empty());
}

TEST(ScriptRunner, DoesNotTrustAPinStateThatSomebodyElseLeftBehind) {
  ScriptedPort port({Hex("9000"), Hex("9000"), Hex("9000")});
  ScriptRunner runner(port, false, ExtendedApdu::kUnknown);
  DeskPin pin = DeskPin::Make({}).value();
  const ScriptRun run =
      runner.RunProof({.steps = {SelectApplication(), SelectFile("0018"), Apdu(0x00, 0x20, 0x00, 0x80, PinSlot{})}},
                      {Occasion::kPinPress, kInstitution, kPressId, false, &pin});
  EXPECT_EQ(run.answers.stopped, ErrorCode::kCardStatusUnexpected);
  EXPECT_EQ(port.commands.size(), 3U) << "two selects and the look; no PIN";
}

}  // namespace
}  // namespace madoguchi::relay
