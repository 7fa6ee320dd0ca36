// SPDX-License-Identifier: Apache-2.0
#include "terminal/relay/command_policy.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/terminal/relay/card_in_process.h"

namespace madoguchi::relay {
namespace {

constexpr std::uint16_t kOk = 0x9000;

TransmitStep Step(std::uint32_t header, StepData data = NoData{}, std::uint16_t expected = 0) {
  return {static_cast<std::uint8_t>(header >> 24),
          static_cast<std::uint8_t>(header >> 16),
          static_cast<std::uint8_t>(header >> 8),
          static_cast<std::uint8_t>(header),
          std::move(data),
          expected};
}
TransmitStep SelectApplication(std::string_view name = "D392F000260100000001") {
  return Step(0x00A4040C, Hex(name));
}
TransmitStep SelectFile(std::string_view id) {
  return Step(0x00A4020C, Hex(id));
}
const TransmitStep kVerifySlot = Step(0x00200080, PinSlot{});
const TransmitStep kVerifyEmpty = Step(0x00200080);
const TransmitStep kSign = Step(0x802A0080, SignedChallenge{Bytes(32, 7)}, 256);
const TransmitStep kGetChallenge = Step(0x00840000, NoData{}, 8);
const TransmitStep kExternalAuthenticate = Step(0x00820000, Bytes(16, 1));

// Drives a policy as a card that accepts everything would.
class Session {
 public:
  explicit Session(Occasion occasion, bool sight_allowed = false) : policy(sight_allowed) { policy.Begin(occasion); }
  bool Passes(const TransmitStep& step, std::uint16_t answer = kOk) {
    const Result<void> admitted = policy.Admit(step);
    if (!admitted) {
      EXPECT_EQ(admitted.error().code, ErrorCode::kCommandRefusedByPolicy);
      return false;
    }
    policy.Sent(step);
    policy.Answered(step, answer);
    return true;
  }
  Session& After(std::initializer_list<TransmitStep> steps) {
    for (const TransmitStep& step : steps) EXPECT_TRUE(Passes(step));
    return *this;
  }
  CommandPolicy policy;
};

TEST(CommandPolicy, StartsWithSelectOfTheJpkiApplication) {
  Session session(Occasion::kPinPress, true);
  for (const TransmitStep& step : {SelectFile("000A"), SelectFile("0018"), kVerifyEmpty, kVerifySlot, kSign,
                                   kGetChallenge, kExternalAuthenticate, Step(0x00B00000, NoData{}, 256)}) {
    EXPECT_FALSE(session.Passes(step));
  }
  EXPECT_FALSE(session.policy.Admit(ReadFileStep{0x000A, 4096, true}).ok());
  EXPECT_TRUE(session.Passes(SelectApplication()));
  EXPECT_TRUE(session.policy.Admit(ReadFileStep{0x000A, 4096, true}).ok());
}

TEST(CommandPolicy, StaysAtTheStartWhenTheCardRefusesTheApplication) {
  Session session(Occasion::kOpening);
  EXPECT_TRUE(session.Passes(SelectApplication(), 0x6A82));
  EXPECT_FALSE(session.Passes(SelectFile("000A")));
}

TEST(CommandPolicy, RefusesEveryOtherApplication) {
  Session session(Occasion::kOpening);
  for (const std::string_view name : {"D3921000310001010408", "D3921000310001010402", "D3921000310001010401",
                                      "D3921000310001010100", "D392F0002601000000", "D392F00026010000000100", "A0"}) {
    EXPECT_FALSE(session.Passes(SelectApplication(name))) << name;
  }
}

TEST(CommandPolicy, ReadsFourFilesAndNoOther) {
  Session session(Occasion::kOpening);
  session.After({SelectApplication()});
  for (unsigned file = 0; file <= 0xFFFF; ++file) {
    const bool free = file == 0x000A || file == 0x000B || file == 0x0006 || file == 0x0008;
    ASSERT_EQ(session.policy.Admit(ReadFileStep{static_cast<std::uint16_t>(file), 256, false}).ok(), free) << file;
  }
}

TEST(CommandPolicy, SelectsTheReadableFilesThePinAndTheKeyAndNoOther) {
  Session session(Occasion::kPinPress);
  session.After({SelectApplication()});
  for (unsigned file = 0; file <= 0xFFFF; ++file) {
    const bool known =
        file == 0x000A || file == 0x000B || file == 0x0006 || file == 0x0008 || file == 0x0018 || file == 0x0017;
    const Bytes id = {static_cast<std::uint8_t>(file >> 8), static_cast<std::uint8_t>(file)};
    ASSERT_EQ(session.policy.Admit(Step(0x00A4020C, id)).ok(), known) << file;
  }
}

TEST(CommandPolicy, ChangesTheCurrentFileOnlyWhenTheCardSaid9000) {
  Session session(Occasion::kPinPress);
  session.After({SelectApplication(), SelectFile("0018"), kVerifySlot});
  EXPECT_TRUE(session.Passes(SelectFile("0017"), 0x6A82));
  EXPECT_FALSE(session.Passes(kSign)) << "the key was not selected";
  EXPECT_TRUE(session.Passes(kVerifyEmpty)) << "the PIN is still the current file";
}

TEST(CommandPolicy, ForgetsTheCurrentFileWhenTheApplicationIsSelectedAgain) {
  Session session(Occasion::kOpening);
  session.After({SelectApplication(), SelectFile("0018"), SelectApplication()});
  EXPECT_FALSE(session.Passes(kVerifyEmpty));
}

TEST(CommandPolicy, ReadsBinaryOnlyOfTheCurrentReadableFileAndNeverByShortIdentifier) {
  Session session(Occasion::kOpening);
  session.After({SelectApplication()});
  EXPECT_FALSE(session.Passes(Step(0x00B00000, NoData{}, 256)));
  session.After({SelectFile("000A")});
  EXPECT_TRUE(session.Passes(Step(0x00B00000, NoData{}, 256)));
  EXPECT_FALSE(session.Passes(Step(0x00B08A00, NoData{}, 256)));
  EXPECT_FALSE(session.Passes(Step(0x00B08100, NoData{}, 256)));
  EXPECT_FALSE(session.Passes(Step(0x00B00000, NoData{}, 0)));
  session.After({SelectFile("0018")});
  EXPECT_FALSE(session.Passes(Step(0x00B00000, NoData{}, 256)));
}

TEST(CommandPolicy, VerifiesOnlyEmptyOrFromThePinSlot) {
  Session session(Occasion::kPinPress);
  session.After({SelectApplication(), SelectFile("0018")});
  EXPECT_FALSE(session.Passes(Step(0x00200080, Hex("31323334"))));
  EXPECT_FALSE(session.Passes(Step(0x00200080, SignedChallenge{Bytes(32, 1)})));
  EXPECT_FALSE(session.Passes(Step(0x00200080, PinSlot{}, 256)));
  EXPECT_TRUE(session.Passes(kVerifyEmpty));
  EXPECT_TRUE(session.Passes(kVerifySlot));
}

TEST(CommandPolicy, SendsThePinOnlyToThePinFile) {
  Session session(Occasion::kPinPress);
  session.After({SelectApplication()});
  EXPECT_FALSE(session.Passes(kVerifySlot));
  session.After({SelectFile("000A")});
  EXPECT_FALSE(session.Passes(kVerifySlot));
  for (const std::uint32_t header : {0x00200098U, 0x0020009BU, 0x00240080U, 0x00240180U, 0x002C0080U, 0x00D60000U}) {
    EXPECT_FALSE(session.Passes(Step(header, PinSlot{})));
  }
}

TEST(CommandPolicy, SendsThePinOnlyInAPressThatIsProvedByPin) {
  for (const Occasion occasion : {Occasion::kOpening, Occasion::kSightPress}) {
    Session session(occasion, true);
    session.After({SelectApplication(), SelectFile("0018")});
    EXPECT_FALSE(session.Passes(kVerifySlot));
  }
}

TEST(CommandPolicy, SendsThePinOncePerPressEvenWhenItWasWrong) {
  Session session(Occasion::kPinPress);
  session.After({SelectApplication(), SelectFile("0018")});
  EXPECT_TRUE(session.Passes(kVerifySlot, 0x63C2));
  EXPECT_FALSE(session.Passes(kVerifySlot));
}

TEST(CommandPolicy, SignsOnceAfterTheProofOfThisPressAndThenNothingMore) {
  Session session(Occasion::kPinPress);
  session.After({SelectApplication(), SelectFile("0018"), kVerifySlot, SelectFile("0017"), kSign});
  for (const TransmitStep& step : {kSign, SelectApplication(), SelectFile("000A"), kVerifyEmpty, kVerifySlot}) {
    EXPECT_FALSE(session.Passes(step));
  }
  EXPECT_FALSE(session.policy.Admit(ReadFileStep{0x000A, 4096, true}).ok());
}

TEST(CommandPolicy, CountsASignatureWhoseAnswerWasLost) {
  Session session(Occasion::kPinPress);
  session.After({SelectApplication(), SelectFile("0018"), kVerifySlot, SelectFile("0017")});
  session.policy.Sent(kSign);
  EXPECT_FALSE(session.Passes(kSign));
}

TEST(CommandPolicy, SignsNothingWithoutProof) {
  Session session(Occasion::kPinPress);
  session.After({SelectApplication(), SelectFile("0017")});
  EXPECT_FALSE(session.Passes(kSign));
  session.After({SelectFile("0018"), kVerifyEmpty, SelectFile("0017")});
  EXPECT_FALSE(session.Passes(kSign)) << "an empty VERIFY that answered 9000 is no proof of this press";
}

TEST(CommandPolicy, SignsNothingAfterAWrongPin) {
  Session session(Occasion::kPinPress);
  session.After({SelectApplication(), SelectFile("0018")});
  EXPECT_TRUE(session.Passes(kVerifySlot, 0x63C2));
  session.After({SelectFile("0017")});
  EXPECT_FALSE(session.Passes(kSign));
}

TEST(CommandPolicy, SignsNothingOnTheProofOfAnEarlierPress) {
  Session session(Occasion::kPinPress);
  session.After({SelectApplication(), SelectFile("0018"), kVerifySlot});
  session.policy.Begin(Occasion::kPinPress);
  session.After({SelectFile("0017")});
  EXPECT_FALSE(session.Passes(kSign));
}

TEST(CommandPolicy, SignsOnlyWhatTheDeskComputesWithTheKeyAndPaddingOfACheck) {
  Session session(Occasion::kPinPress);
  session.After({SelectApplication(), SelectFile("0018"), kVerifySlot});
  EXPECT_FALSE(session.Passes(kSign)) << "the PIN is the current file";
  session.After({SelectFile("0017")});
  EXPECT_FALSE(session.Passes(Step(0x802A0080, Bytes(51, 0), 256)));
  EXPECT_FALSE(session.Passes(Step(0x802A0080, PinSlot{}, 256)));
  for (const std::uint32_t header : {0x802A0097U, 0x802A009AU, 0x802A0180U, 0x802A0280U, 0x802A0380U, 0x802A0480U,
                                     0x802A0580U, 0x002A0080U, 0x002A9E9AU, 0x00880000U}) {
    EXPECT_FALSE(session.Passes(Step(header, SignedChallenge{Bytes(32, 7)}, 256))) << std::hex << header;
  }
  EXPECT_TRUE(session.Passes(kSign));
}

TEST(CommandPolicy, TalksOfSightOnlyWhenSightIsAllowed) {
  Session refused(Occasion::kSightPress, false);
  refused.After({SelectApplication()});
  EXPECT_FALSE(refused.Passes(kGetChallenge));
  EXPECT_FALSE(refused.Passes(kExternalAuthenticate));
  Session allowed(Occasion::kSightPress, true);
  allowed.After({SelectApplication(), kGetChallenge, kExternalAuthenticate, SelectFile("0017"), kSign});
  Session by_pin(Occasion::kPinPress, true);
  by_pin.After({SelectApplication()});
  EXPECT_FALSE(by_pin.Passes(kGetChallenge)) << "this press is proved by PIN";
  EXPECT_FALSE(by_pin.Passes(kExternalAuthenticate)) << "this press is proved by PIN";
}

TEST(CommandPolicy, EndsAnOpeningWithTheChallengeOfTheCard) {
  Session session(Occasion::kOpening, true);
  session.After({SelectApplication(), SelectFile("0018"), kVerifyEmpty, kGetChallenge});
  for (const TransmitStep& step : {SelectApplication(), SelectFile("000A"), kVerifyEmpty, kGetChallenge,
                                   kExternalAuthenticate, Step(0x00B00000, NoData{}, 256)}) {
    EXPECT_FALSE(session.Passes(step));
  }
  EXPECT_FALSE(session.policy.Admit(ReadFileStep{0x000A, 4096, true}).ok());
}

TEST(CommandPolicy, EndsAnOpeningWithAChallengeThatTheCardRefusedToo) {
  Session session(Occasion::kOpening, true);
  session.After({SelectApplication()});
  EXPECT_TRUE(session.Passes(kGetChallenge, 0x6D00));
  EXPECT_FALSE(session.Passes(SelectFile("000A")));
  session.policy.Begin(Occasion::kPinPress);
  session.After({SelectFile("0018"), kVerifySlot, SelectFile("0017"), kSign});
}

TEST(CommandPolicy, ProvesByTheChallengeOfTheOpeningOnceEvenWhenTheCardRefusedIt) {
  for (const std::uint16_t answer : {kOk, std::uint16_t{0x6300}}) {
    Session session(Occasion::kOpening, true);
    session.After({SelectApplication(), kGetChallenge});
    session.policy.Begin(Occasion::kSightPress);
    EXPECT_TRUE(session.Passes(kExternalAuthenticate, answer));
    EXPECT_FALSE(session.Passes(kExternalAuthenticate));
    EXPECT_FALSE(session.Passes(kGetChallenge)) << "the proof was sent";
    session.After({SelectFile("0017")});
    EXPECT_EQ(session.Passes(kSign), answer == kOk);
  }
}

TEST(CommandPolicy, TakesNoProofBySightForWhichTheCardGaveNoChallenge) {
  Session session(Occasion::kSightPress, true);
  session.After({SelectApplication()});
  EXPECT_FALSE(session.Passes(kExternalAuthenticate));
  EXPECT_TRUE(session.Passes(kGetChallenge, 0x6D00));
  EXPECT_FALSE(session.Passes(kExternalAuthenticate));
  session.After({kGetChallenge, SelectApplication()});
  EXPECT_FALSE(session.Passes(kExternalAuthenticate)) << "the card may have forgotten it";
}

TEST(CommandPolicy, KnowsOneShapeOfEachCommandOfSight) {
  Session session(Occasion::kSightPress, true);
  session.After({SelectApplication()});
  for (const TransmitStep& step : {Step(0x00840000), Step(0x00840000, Bytes(4, 0), 16), Step(0x00840001, NoData{}, 16),
                                   Step(0x00840000, NoData{}, 257)}) {
    EXPECT_FALSE(session.Passes(step));
  }
  session.After({kGetChallenge});
  for (const TransmitStep& step :
       {Step(0x00820000), Step(0x00820000, PinSlot{}), Step(0x00820000, SignedChallenge{Bytes(32, 1)}),
        Step(0x00820000, Bytes(16, 1), 16), Step(0x00820080, Bytes(16, 1)), Step(0x80820000, Bytes(16, 1))}) {
    EXPECT_FALSE(session.Passes(step));
  }
  EXPECT_TRUE(session.Passes(kExternalAuthenticate));
}

TEST(CommandPolicy, SignsNothingOnTheSightOfAnEarlierPress) {
  Session session(Occasion::kSightPress, true);
  session.After({SelectApplication(), kGetChallenge, kExternalAuthenticate});
  session.policy.Begin(Occasion::kSightPress);
  session.After({SelectFile("0017")});
  EXPECT_FALSE(session.Passes(kSign));
}

TEST(CommandPolicy, RefusesEveryHeaderItDoesNotKnow) {
  // Every instruction in the classes that exist, with a choice of parameters and data, at the most permissive moment
  // there is.
  Session session(Occasion::kPinPress, true);
  session.After({SelectApplication(), SelectFile("0018"), kVerifySlot, SelectFile("0017")});
  int passed = 0;
  for (std::uint32_t at = 0; at < 10 * 256; ++at) {
    constexpr std::array<std::uint32_t, 10> kClasses = {0x00, 0x01, 0x03, 0x04, 0x0C, 0x10, 0x40, 0x80, 0x84, 0xFF};
    const std::uint32_t cla_ins = kClasses[at / 256] << 8 | at % 256;
    for (const std::uint32_t p1_p2 :
         {0x0000U, 0x0080U, 0x0097U, 0x0098U, 0x009AU, 0x009BU, 0x020CU, 0x040CU, 0x0400U, 0x8A00U}) {
      for (const StepData& data : {StepData(NoData{}), StepData(Hex("31323334")), StepData(PinSlot{})}) {
        passed += session.policy.Admit(Step(cla_ins << 16 | p1_p2, data, 0)).ok() ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(passed, 0);
}

}  // namespace
}  // namespace madoguchi::relay
