// SPDX-License-Identifier: Apache-2.0
// The card point by point: reference/jpki-card.md §9, and the traps named in §2 and §3.
#include "tests/simulators/card/jpki_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <optional>

#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"

namespace madoguchi::simulators {
namespace {

constexpr char kSelectJpki[] = "00A4040C0AD392F000260100000001";
constexpr char kSelectPin[] = "00A4020C020018";
constexpr char kSelectPassword[] = "00A4020C02001B";
constexpr char kLook[] = "00200080";
constexpr char kVerify1234[] = "002000800431323334";
constexpr char kVerifyWrong[] = "002000800439393939";
// DigestInfo of SHA-256 over the empty message (RFC 8017 §9.2).
constexpr char kSignEmptyMessage[] =
    "802A0097333031300D060960864801650304020105000420"
    "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B85500";

struct Reply {
  Bytes data;
  unsigned status_word;
};

Reply Send(JpkiCard& card, std::string_view hex) {
  Bytes answer = card.Transmit(FromHex(hex).value());
  const unsigned status_word = static_cast<unsigned>(answer[answer.size() - 2] << 8 | answer.back());
  answer.erase(answer.end() - 2, answer.end());
  return {answer, status_word};
}

unsigned Status(JpkiCard& card, std::string_view hex) {
  return Send(card, hex).status_word;
}

JpkiCard Selected(CardOptions options = {}) {
  JpkiCard card = MakeTestCard(std::move(options));
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
  return card;
}

TEST(JpkiCardSelect, TakesItsApplicationWithAndWithoutFciAndLe) {
  JpkiCard card = MakeTestCard();
  EXPECT_EQ(Status(card, "00A4040C0AD392F000260100000001"), 0x9000u);
  EXPECT_EQ(Status(card, "00A404000AD392F000260100000001"), 0x9000u);
  EXPECT_EQ(Status(card, "00A404000AD392F00026010000000100"), 0x9000u);
  EXPECT_EQ(Status(card, "00A4040C0AD392F00026010000000100"), 0x9000u);
}

TEST(JpkiCardSelect, AnswersForeignApplicationsCalmly) {
  JpkiCard card = MakeTestCard();
  EXPECT_EQ(Status(card, "00A4040C0AD3921000310001010408"), 0x6A82u);
  EXPECT_EQ(Status(card, "00A4040007A000000003000000"), 0x6A82u);
  EXPECT_EQ(Status(card, "00A40400"), 0x6A82u);
  EXPECT_EQ(Status(card, "00CADF3005"), 0x6D00u);
  EXPECT_EQ(Status(card, "00CB3FFF055C037F496500"), 0x6D00u);
}

TEST(JpkiCardSelect, HasNoUsableMasterFile) {
  JpkiCard card = MakeTestCard();
  EXPECT_EQ(Status(card, "00A40000"), 0x6A86u);
  EXPECT_EQ(Status(card, "00A40000023F00"), 0x6A82u);
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
  EXPECT_EQ(Status(card, "00A40000"), 0x9000u);
}

TEST(JpkiCardSelect, FindsItsFilesOnlyInsideTheApplication) {
  JpkiCard card = MakeTestCard();
  EXPECT_EQ(Status(card, "00A4020C02000A"), 0x6A82u);
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
  for (const char* file : {"0001", "0002", "0006", "0008", "000A", "000B", "0016", "0017", "0018", "001A", "001B"}) {
    EXPECT_EQ(Status(card, std::string("00A4020C02") + file), 0x9000u) << file;
  }
  EXPECT_EQ(Status(card, "00A4020C020030"), 0x6A82u);
}

TEST(JpkiCardSelect, RefusesEverythingOnACardThatIsNotAMyNumberCard) {
  JpkiCard card = MakeTestCard({.not_a_my_number_card = true});
  EXPECT_EQ(Status(card, kSelectJpki), 0x6A82u);
}

TEST(JpkiCardRead, GivesTheCertificateThenFillerThen6B00) {
  JpkiCard card = Selected();
  const Bytes& certificate = card.options().auth_certificate;
  EXPECT_EQ(Status(card, "00A4020C02000A"), 0x9000u);
  const Bytes file = Send(card, "00B00000000000").data;
  ASSERT_GT(file.size(), certificate.size());
  EXPECT_TRUE(std::equal(certificate.begin(), certificate.end(), file.begin()));
  EXPECT_TRUE(std::all_of(file.begin() + static_cast<std::ptrdiff_t>(certificate.size()), file.end(),
                          [](std::uint8_t byte) { return byte == 0xFF; }));
  EXPECT_EQ(file[0], 0x30);
  EXPECT_EQ(file[1], 0x82);
  const auto end = static_cast<std::uint16_t>(file.size());
  const Bytes near_end = {0x00, 0xB0, static_cast<std::uint8_t>((end - 3) >> 8),
                          static_cast<std::uint8_t>((end - 3) & 0xFF), 0x00};
  EXPECT_EQ(Send(card, ToHex(near_end)).data.size(), 3u);
  const Bytes past_end = {0x00, 0xB0, static_cast<std::uint8_t>(end >> 8), static_cast<std::uint8_t>(end & 0xFF), 0x00};
  EXPECT_EQ(Status(card, ToHex(past_end)), 0x6B00u);
}

TEST(JpkiCardRead, GivesTheSameBytesInChunksBySelectionByShortIdentifierAndInOneExtendedAnswer) {
  JpkiCard card = Selected();
  const Bytes whole = Send(card, "00B08A00000000").data;
  Bytes chunks;
  for (std::size_t offset = 0; offset < whole.size(); offset += 256) {
    const Bytes command = {0x00, 0xB0, static_cast<std::uint8_t>(offset >> 8), static_cast<std::uint8_t>(offset & 0xFF),
                           0x00};
    const Reply reply = Send(card, ToHex(command));
    EXPECT_EQ(reply.status_word, 0x9000u);
    chunks.insert(chunks.end(), reply.data.begin(), reply.data.end());
  }
  EXPECT_EQ(chunks, whole);
  EXPECT_EQ(Send(card, "00B08A0004").data, Bytes(whole.begin(), whole.begin() + 4));
  EXPECT_EQ(Send(card, "00B0000100000A").data, Bytes(whole.begin() + 1, whole.begin() + 11));
}

TEST(JpkiCardRead, CarriesAPaddedTokenLabelAndTheAvailabilityOfCertificates) {
  JpkiCard card = Selected({.token_label = "JPKIAPGPSETOKEN"});
  const Bytes token = Send(card, "00B0860000").data;
  EXPECT_EQ(token.size(), 160u);
  EXPECT_EQ(AsText(ByteView(token).first(32)), "JPKIAPGPSETOKEN                 ");
  EXPECT_EQ(Send(card, "00B0880000").data, (Bytes{0x8F, 0x8F, 0x00}));
}

TEST(JpkiCardRead, KeepsTheSignatureCertificateBehindItsPassword) {
  JpkiCard card = Selected();
  EXPECT_EQ(Status(card, "00B0810000"), 0x6982u);
  EXPECT_EQ(Status(card, "0020009B06414243313233"), 0x9000u);
  const Bytes file = Send(card, "00B08100000000").data;
  EXPECT_TRUE(std::equal(card.options().sign_certificate.begin(), card.options().sign_certificate.end(), file.begin()));
  EXPECT_EQ(Status(card, "00B0820000"), 0x9000u);
}

TEST(JpkiCardRead, NamesWhatIsWrong) {
  JpkiCard card = Selected();
  EXPECT_EQ(Status(card, "00B0000000"), 0x6986u) << "no current file";
  EXPECT_EQ(Status(card, "00A4020C020017"), 0x9000u);
  EXPECT_EQ(Status(card, "00B0000000"), 0x6981u) << "a key";
  EXPECT_EQ(Status(card, "00B0940000"), 0x6A82u) << "short identifier 14h";
  EXPECT_EQ(Status(card, "00B08A00"), 0x6700u) << "no Le";
}

TEST(JpkiCardExtended, IsRefusedByACardWithoutIt) {
  JpkiCard card = Selected({.extended_apdu = false});
  EXPECT_EQ(Status(card, "00B08A00000000"), 0x6700u);
  EXPECT_EQ(Status(card, "00B08A0000"), 0x9000u);
}

TEST(JpkiCardPin, TellsTheTriesLeftWithoutSpendingOneInBothForms) {
  JpkiCard card = Selected();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Status(card, "00200098"), 0x63C3u);
  EXPECT_EQ(Status(card, "0020009B"), 0x63C5u);
  EXPECT_EQ(Status(card, kSelectPassword), 0x9000u);
  EXPECT_EQ(Status(card, kLook), 0x63C5u);
  EXPECT_EQ(Status(card, kSelectPin), 0x9000u);
  EXPECT_EQ(Status(card, kLook), 0x63C3u);
  EXPECT_EQ(Status(card, kVerify1234), 0x9000u);
  EXPECT_EQ(Status(card, kLook), 0x63C3u) << "also after success";
}

TEST(JpkiCardPin, CountsDownBlocksAndStaysBlocked) {
  JpkiCard card = Selected();
  EXPECT_EQ(Status(card, kSelectPin), 0x9000u);
  EXPECT_EQ(Status(card, kVerifyWrong), 0x63C2u);
  EXPECT_EQ(Status(card, kVerifyWrong), 0x63C1u);
  EXPECT_EQ(Status(card, kVerifyWrong), 0x63C0u);
  EXPECT_EQ(Status(card, kVerify1234), 0x6984u) << "the right PIN does not help any more";
  EXPECT_EQ(Status(card, kLook), 0x63C0u);
  card.PowerOff();
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
  EXPECT_EQ(Status(card, "00200098"), 0x63C0u);
  EXPECT_EQ(Status(card, "0020009B"), 0x63C5u) << "the other secret is its own";
}

TEST(JpkiCardPin, GivesAllTriesBackAfterTheRightPin) {
  JpkiCard card = Selected({.memory = {.pin_tries = 1}});
  EXPECT_EQ(Status(card, "002000980431323334"), 0x9000u);
  EXPECT_EQ(Status(card, "00200098"), 0x63C3u);
}

TEST(JpkiCardPin, TakesBackTheProofWhenALaterTryIsWrong) {
  JpkiCard card = Selected();
  EXPECT_EQ(Status(card, "002000980431323334"), 0x9000u);
  EXPECT_EQ(Status(card, "002000980439393939"), 0x63C2u);
  EXPECT_EQ(Status(card, kSignEmptyMessage), 0x6982u);
}

TEST(JpkiCardPin, CanTellABlockedPinInTheOtherWay) {
  JpkiCard card = Selected({.memory = {.pin_tries = 0}, .blocked_look_answers_6984 = true});
  EXPECT_EQ(Status(card, "00200098"), 0x6984u);
}

TEST(JpkiCardPin, IsNotThereOnACardWithoutOne) {
  JpkiCard card = Selected({.pin_disabled = true});
  EXPECT_EQ(Status(card, "00200098"), 0x6A88u);
  EXPECT_EQ(Status(card, "002000980431323334"), 0x6A88u);
  EXPECT_EQ(Status(card, kSignEmptyMessage), 0x6982u);
  EXPECT_EQ(Status(card, "00B08A0000"), 0x9000u) << "the certificate is still free to read";
}

TEST(JpkiCardPin, IsSavedBeforeTheAnswerIsGiven) {
  std::vector<CardMemory> saved;
  JpkiCard card(MakeTestCard().options(), [&](const CardMemory& memory) { saved.push_back(memory); });
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
  EXPECT_EQ(Status(card, "00200098"), 0x63C3u);
  EXPECT_TRUE(saved.empty()) << "a look changes nothing";
  EXPECT_EQ(Status(card, "002000980439393939"), 0x63C2u);
  EXPECT_EQ(Status(card, "002000980431323334"), 0x9000u);
  EXPECT_EQ(Status(card, "002000980431323334"), 0x9000u);
  EXPECT_THAT(saved, testing::ElementsAre(testing::Field(&CardMemory::pin_tries, 2),
                                          testing::Field(&CardMemory::pin_tries, 3)));
}

TEST(JpkiCardPin, RefusesLengthsNoSecretHasWithoutSpendingATry) {
  JpkiCard card = Selected();
  EXPECT_EQ(Status(card, "0020009811" + std::string(34, '3')), 0x6700u);
  EXPECT_EQ(Status(card, "0020009800"), 0x6700u) << "a Le byte is no PIN";
  EXPECT_EQ(Status(card, "00200098"), 0x63C3u);
}

TEST(JpkiCardPin, CanBeChangedAfterItWasVerified) {
  JpkiCard card = Selected();
  EXPECT_EQ(Status(card, kSelectPin), 0x9000u);
  EXPECT_EQ(Status(card, "002401800435363738"), 0x6982u);
  EXPECT_EQ(Status(card, kVerify1234), 0x9000u);
  EXPECT_EQ(Status(card, "00240180043536373A"), 0x6A80u) << "not four digits";
  EXPECT_EQ(Status(card, "002401800435363738"), 0x9000u);
  EXPECT_EQ(Status(card, kVerify1234), 0x63C2u);
  EXPECT_EQ(Status(card, "002000800435363738"), 0x9000u);
}

TEST(JpkiCardPinState, SurvivesResetAndReselectionUntilPowerIsLostWhenSoChosen) {
  JpkiCard card = Selected({.pin_state_survives_reset = true});
  EXPECT_EQ(Status(card, "002000980431323334"), 0x9000u);
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
  EXPECT_EQ(Status(card, kSignEmptyMessage), 0x9000u);
  card.WarmReset();
  EXPECT_EQ(Status(card, "00200098"), 0x6A88u) << "the application is gone";
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
  EXPECT_EQ(Status(card, kSignEmptyMessage), 0x9000u);
  card.PowerOff();
  card.PowerOn();
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
  EXPECT_EQ(Status(card, kSignEmptyMessage), 0x6982u);
}

TEST(JpkiCardPinState, EndsWithReselectionOrResetWhenSoChosen) {
  JpkiCard card = Selected({.pin_state_survives_reset = false});
  EXPECT_EQ(Status(card, "002000980431323334"), 0x9000u);
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
  EXPECT_EQ(Status(card, kSignEmptyMessage), 0x6982u);
  EXPECT_EQ(Status(card, "002000980431323334"), 0x9000u);
  card.WarmReset();
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
  EXPECT_EQ(Status(card, kSignEmptyMessage), 0x6982u);
}

TEST(JpkiCardSign, SignsWithTheCertificatesKeyInEveryFormAlike) {
  JpkiCard card = Selected();
  EXPECT_EQ(Status(card, kSignEmptyMessage), 0x6982u) << "no PIN yet";
  EXPECT_EQ(Status(card, "002000980431323334"), 0x9000u);
  const Reply by_short_id = Send(card, kSignEmptyMessage);
  ASSERT_EQ(by_short_id.status_word, 0x9000u);
  EXPECT_EQ(by_short_id.data.size(), 256u);
  const auto good = crypto::VerifySignature(card.options().auth_certificate, {}, by_short_id.data);
  ASSERT_TRUE(good.ok());
  EXPECT_TRUE(good.value());

  EXPECT_EQ(Status(card, "00A4020C020017"), 0x9000u);
  std::string by_selection = kSignEmptyMessage;
  by_selection.replace(6, 2, "80");
  EXPECT_EQ(Send(card, by_selection).data, by_short_id.data);
  std::string extended = by_selection;
  extended.replace(8, 2, "000033");
  extended += "00";
  EXPECT_EQ(Send(card, extended).data, by_short_id.data);
}

TEST(JpkiCardSign, PadsWhateverItIsGivenUpTo245Bytes) {
  JpkiCard card = Selected();
  EXPECT_EQ(Status(card, "002000980431323334"), 0x9000u);
  EXPECT_EQ(Status(card, "802A0097014100"), 0x9000u);
  EXPECT_EQ(Status(card, "802A0097F5" + std::string(490, '5') + "00"), 0x9000u);
  EXPECT_EQ(Status(card, "802A0097F6" + std::string(492, '5') + "00"), 0x6700u);
  EXPECT_EQ(Status(card, "802A009700"), 0x6700u);
  EXPECT_EQ(Status(card, "802A0297014100"), 0x6A86u) << "only P1=00 is portable";
}

TEST(JpkiCardSign, KeepsTheTwoKeysApart) {
  JpkiCard card = Selected();
  EXPECT_EQ(Status(card, "002000980431323334"), 0x9000u);
  EXPECT_EQ(Status(card, "802A009A014100"), 0x6982u) << "the PIN does not open the signature key";
  EXPECT_EQ(Status(card, "0020009B06414243313233"), 0x9000u);
  EXPECT_EQ(Status(card, "802A009A014100"), 0x9000u);
  EXPECT_NE(Send(card, "802A009A014100").data, Send(card, "802A0097014100").data);
}

TEST(JpkiCardChallenge, IsRandomAndShortOnly) {
  JpkiCard card = Selected();
  const Reply first = Send(card, "0084000008");
  EXPECT_EQ(first.status_word, 0x9000u);
  EXPECT_EQ(first.data.size(), 8u);
  EXPECT_NE(first.data, Send(card, "0084000008").data);
  EXPECT_EQ(Send(card, "0084000000").data.size(), 256u);
  EXPECT_EQ(Status(card, "00840000000008"), 0x6985u);
}

// --- sight, by the reference scheme ---

PublicKey NewVerifier() {
  return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

// EXTERNAL AUTHENTICATE with the verifier's proof for this card and challenge, as the national side makes it.
std::string ProofCommand(const PublicKey& verifier, const JpkiCard& card, const Bytes& challenge) {
  Bytes input = *FromHex("6D61646F67756368692E73696768742E763100");
  const auto digest = crypto::Sha256(card.options().auth_certificate);
  input.insert(input.end(), digest.begin(), digest.end());
  input.insert(input.end(), challenge.begin(), challenge.end());
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  Bytes proof(72);
  std::size_t length = proof.size();
  EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, verifier.get()), 1);
  EXPECT_EQ(EVP_DigestSign(context.get(), proof.data(), &length, input.data(), input.size()), 1);
  proof.resize(length);
  return "00820000" + ToHex(Bytes{static_cast<std::uint8_t>(length)}) + ToHex(proof);
}

struct AtSight {
  explicit AtSight(CardOptions options = {}) : card(Selected(With(std::move(options), verifier))) {}
  static CardOptions With(CardOptions options, const PublicKey& verifier) {
    options.sight_verifier = verifier;
    return options;
  }
  Bytes Challenge() { return Send(card, "0084000010").data; }
  std::uint32_t Prove(const Bytes& challenge) { return Status(card, ProofCommand(verifier, card, challenge)); }

  const PublicKey verifier = NewVerifier();
  JpkiCard card;
};

TEST(JpkiCardSight, SignsOnceWithoutPinAfterItsVerifiersProof) {
  AtSight at;
  EXPECT_EQ(at.Prove(at.Challenge()), 0x9000u);
  EXPECT_EQ(Status(at.card, "802A009A014100"), 0x6982u) << "the signature key stays shut";
  const Reply signature = Send(at.card, kSignEmptyMessage);
  ASSERT_EQ(signature.status_word, 0x9000u);
  EXPECT_TRUE(crypto::VerifySignature(at.card.options().auth_certificate, {}, signature.data).value());
  EXPECT_EQ(Status(at.card, kSignEmptyMessage), 0x6982u) << "once";
  EXPECT_EQ(Status(at.card, "00200098"), 0x63C3u);
}

TEST(JpkiCardSight, WorksWhereThePinIsBlockedOrNotThere) {
  for (CardOptions options : {CardOptions{.memory = {.pin_tries = 0}}, CardOptions{.pin_disabled = true}}) {
    AtSight at(std::move(options));
    EXPECT_EQ(at.Prove(at.Challenge()), 0x9000u);
    EXPECT_EQ(Status(at.card, kSignEmptyMessage), 0x9000u);
  }
}

TEST(JpkiCardSight, KeepsAChallengeForOneProofWhateverComesInBetween) {
  AtSight at;
  const Bytes challenge = at.Challenge();
  EXPECT_EQ(Status(at.card, "00B08A0000"), 0x9000u);
  EXPECT_EQ(Status(at.card, kSelectPin), 0x9000u);
  EXPECT_EQ(at.Prove(challenge), 0x9000u);
  EXPECT_EQ(at.Prove(challenge), 0x6985u) << "spent";
  EXPECT_EQ(Status(at.card, kSignEmptyMessage), 0x9000u) << "without a challenge nothing changes";
}

TEST(JpkiCardSight, RefusesAProofOfAnotherVerifierCardOrChallengeAndSpendsTheChallenge) {
  AtSight at;
  const AtSight other;
  const Bytes challenge = at.Challenge();
  EXPECT_EQ(Status(at.card, ProofCommand(other.verifier, at.card, challenge)), 0x6300u);
  EXPECT_EQ(at.Prove(challenge), 0x6985u);
  EXPECT_EQ(Status(at.card, ProofCommand(at.verifier, other.card, at.Challenge())), 0x6300u);
  EXPECT_EQ(at.Prove(Bytes(16)), 0x6985u);
  at.Challenge();
  EXPECT_EQ(at.Prove(Bytes(16)), 0x6300u);
  const Bytes older = at.Challenge();
  at.Challenge();
  EXPECT_EQ(at.Prove(older), 0x6300u) << "only the last challenge counts";
  EXPECT_EQ(Status(at.card, kSignEmptyMessage), 0x6982u);
}

TEST(JpkiCardSight, TakesAnEarlierProofBackWhenALaterOneIsWrong) {
  AtSight at;
  EXPECT_EQ(at.Prove(at.Challenge()), 0x9000u);
  at.Challenge();
  EXPECT_EQ(at.Prove(Bytes(16)), 0x6300u);
  EXPECT_EQ(Status(at.card, kSignEmptyMessage), 0x6982u);
}

TEST(JpkiCardSight, ForgetsChallengeAndProofWithPowerResetAndReselection) {
  const auto ends = {+[](JpkiCard& card) { card.PowerOff(); }, +[](JpkiCard& card) { card.WarmReset(); },
                     +[](JpkiCard& /*selected again below*/) {}};
  for (const auto& end : ends) {
    AtSight at;
    const Bytes challenge = at.Challenge();
    end(at.card);
    EXPECT_EQ(Status(at.card, kSelectJpki), 0x9000u);
    EXPECT_EQ(at.Prove(challenge), 0x6985u);
    EXPECT_EQ(at.Prove(at.Challenge()), 0x9000u);
    end(at.card);
    EXPECT_EQ(Status(at.card, kSelectJpki), 0x9000u);
    EXPECT_EQ(Status(at.card, kSignEmptyMessage), 0x6982u);
  }
}

TEST(JpkiCardSight, RefusesProofsOfNoUsableShape) {
  AtSight at;
  const Bytes challenge = at.Challenge();
  EXPECT_EQ(Status(at.card, "00820000"), 0x6700u);
  EXPECT_EQ(Status(at.card, "0082000049" + std::string(146, '0')), 0x6700u);
  EXPECT_EQ(Status(at.card,
                   "00820001"
                   "0100"),
            0x6A86u);
  EXPECT_EQ(at.Prove(challenge), 0x9000u) << "the challenge is still there";
}

TEST(JpkiCardSight, IsUnknownToACardWithoutAVerifier) {
  JpkiCard card = Selected();
  const Reply challenge = Send(card, "0084000010");
  EXPECT_EQ(Status(card, ProofCommand(NewVerifier(), card, challenge.data)), 0x6D00u);
  EXPECT_EQ(Status(card, kSignEmptyMessage), 0x6982u);
}

TEST(JpkiCardGarbage, GetsAStatusWordAndChangesNothing) {
  JpkiCard card = Selected();
  EXPECT_EQ(Status(card, "00"), 0x6700u);
  EXPECT_EQ(Status(card, "00B08A"), 0x6700u);
  EXPECT_EQ(Status(card, "00A4040C0AD392"), 0x6700u) << "Lc says more than there is";
  EXPECT_EQ(Status(card, "002000980000"), 0x6700u);
  EXPECT_EQ(Status(card, "00FF0000"), 0x6D00u);
  EXPECT_EQ(Status(card, "80200098"), 0x6D00u);
  EXPECT_EQ(Status(card, "A0A40000023F00"), 0x6E00u);
  EXPECT_EQ(Status(card, "FF00000000"), 0x6E00u);
  EXPECT_EQ(Status(card, "01A4040C0AD392F000260100000001"), 0x6881u);
  EXPECT_EQ(Status(card, "40200098"), 0x6881u);
  EXPECT_EQ(Status(card, "0CA4040C0AD392F000260100000001"), 0x6882u);
  EXPECT_EQ(Status(card, "0C200098"), 0x69FCu);
  EXPECT_EQ(Status(card, "10200098"), 0x6884u);
  EXPECT_EQ(card.Transmit({}), (Bytes{0x67, 0x00}));
  EXPECT_EQ(Status(card, "00200098"), 0x63C3u) << "still selected, nothing spent";
}

TEST(JpkiCardGarbage, IsEveryTwoByteHeaderAnswered) {
  JpkiCard card = Selected();
  for (unsigned cla = 0; cla < 256; ++cla) {
    for (unsigned ins = 0; ins < 256; ++ins) {
      const Bytes command = {static_cast<std::uint8_t>(cla), static_cast<std::uint8_t>(ins), 0xFF, 0xFF, 0x00};
      ASSERT_GE(card.Transmit(command).size(), 2u);
    }
  }
  EXPECT_EQ(Status(card, "00200098"), 0x63C3u);
}

TEST(JpkiCardPower, MayAnswer6F00ToTheFirstCommandOnly) {
  JpkiCard card = MakeTestCard({.first_command_answers_6f00 = true});
  card.PowerOn();
  EXPECT_EQ(Status(card, kSelectJpki), 0x6F00u);
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
}

TEST(JpkiCardTiming, TakesAsLongAsARealReaderWould) {
  using std::chrono::steady_clock;
  JpkiCard card = MakeTestCard({.timing = Timing::kReal});
  const auto start = steady_clock::now();
  EXPECT_EQ(Status(card, kSelectJpki), 0x9000u);
  EXPECT_GE(steady_clock::now() - start, kExchangeTurn);
  EXPECT_EQ(Status(card, "002000980431323334"), 0x9000u);
  const auto before_signature = steady_clock::now();
  EXPECT_EQ(Status(card, kSignEmptyMessage), 0x9000u);
  EXPECT_GE(steady_clock::now() - before_signature, kExchangeTurn + kSignTime);
}

TEST(ExchangeTime, FollowsTheRateOfTheAir) {
  // 1650 bytes at 106 kbit/s: 156 ms of payload (reference/peers.md §4.1), plus frames and the reader's turn.
  const auto time = ExchangeTime(7, 1650);
  EXPECT_GT(time, std::chrono::milliseconds(156));
  EXPECT_LT(time, std::chrono::milliseconds(175));
}

}  // namespace
}  // namespace madoguchi::simulators
