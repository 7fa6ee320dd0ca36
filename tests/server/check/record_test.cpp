// SPDX-License-Identifier: Apache-2.0
#include "server/check/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madoguchi::check {
namespace {

using testing::HasSubstr;
using testing::Not;

Press SomePress() {
  return {.press_id = Bytes(16, 1),
          .method = Method::kPin,
          .caller = {"1311234567", "W0000001", "desk-1"},
          .opening = {},
          .proof = {}};
}

CheckResult SomeResult() {
  CheckResult result;
  result.answer.validity_code = "1";
  result.answer.results.resize(2);
  result.answer.results[0].insurer_number = "06999995";
  result.answer.results[0].number = "7654321";
  result.answer.results[1].insurer_number = "138057";
  result.answer.results[1].number = "1234567";
  result.answer.results[0].name = "見本　花子";
  return result;
}

TEST(OutcomeOf, KeepsOneKeyedHashPerResultAndNoNumberOrName) {
  const audit::KeyedHash keyed_hash(Bytes(32, 1));
  const audit::CheckOutcome outcome = OutcomeOf(SomePress(), 3, SomeResult(), {}, {}, keyed_hash);
  EXPECT_EQ(outcome.epoch, 3u);
  EXPECT_EQ(outcome.results, 2u);
  EXPECT_EQ(outcome.validity_code, "1");
  EXPECT_EQ(std::count(outcome.insurance_hash.begin(), outcome.insurance_hash.end(), ','), 1);
  EXPECT_THAT(outcome.insurance_hash, Not(HasSubstr("7654321")));
  EXPECT_THAT(outcome.insurance_hash, Not(HasSubstr("見本")));
}

// So that whoever asks who looked at this patient finds the question, too, when nothing came of it.
TEST(OutcomeOf, KeepsTheHashOfNumbersThatWereAskedAboutInVain) {
  const audit::KeyedHash keyed_hash(Bytes(32, 1));
  Press press = SomePress();
  press.method = Method::kNumber;
  press.inquiry = NumberInquiry{.insurer_number = "06999995",
                                .symbol = {},
                                .number = "７６５４３２１",
                                .branch = {},
                                .birthdate = "19900101",
                                .reason = "card_not_brought"};
  const Result<CheckResult> refused = Error{ErrorCode::kNationalUnavailable, "", {}};
  const std::string asked = OutcomeOf(press, 1, refused, {}, {}, keyed_hash).insurance_hash;
  EXPECT_EQ(asked.size(), 8u + 1u + 64u);
  EXPECT_THAT(OutcomeOf(press, 1, SomeResult(), {}, {}, keyed_hash).insurance_hash, testing::StartsWith(asked + ","));
  EXPECT_EQ(OutcomeOf(SomePress(), 1, refused, {}, {}, keyed_hash).insurance_hash, "");
}

// What the key was before it was changed: a name that two people confirmed is still found.
TEST(OutcomeOf, HashesPersonsByTheFirstKey) {
  CheckResult result = SomeResult();
  result.answer.results[0].name = "見本　●子";
  const audit::KeyedHash before(Bytes(32, 1)), now(Bytes(32, 2), {Bytes(32, 1)});
  const auto hashes = [&](const audit::KeyedHash& key) { return OutcomeOf(SomePress(), 1, result, {}, {}, key); };
  EXPECT_EQ(hashes(now).person_hashes, hashes(before).person_hashes);
  EXPECT_NE(hashes(now).insurance_hash, hashes(before).insurance_hash);
}

// Codes are free text of another's: a name in one of them is none of the trail's.
TEST(OutcomeOf, KeepsNoTextThatIsNoCode) {
  CheckResult result = SomeResult();
  result.answer.processing_code = result.answer.processing_status_code = "見本　花子";
  const audit::CheckOutcome outcome = OutcomeOf(SomePress(), 3, result, {}, {}, audit::KeyedHash(Bytes(32, 1)));
  EXPECT_EQ(outcome.processing_code, "(no code)");
  EXPECT_EQ(outcome.processing_status_code, "(no code)");
}

TEST(OutcomeOf, KeepsTheCodeOfARefusal) {
  const Result<CheckResult> refused = Error{ErrorCode::kPinWrong, "", 2};
  EXPECT_EQ(OutcomeOf(SomePress(), 1, refused, {}, {}, audit::KeyedHash(Bytes(32, 1))).code, 1211);
}

TEST(OutcomeOf, LeavesThePressOpenOnlyWhenTheDeskWasLost) {
  const audit::KeyedHash keyed_hash(Bytes(32, 1));
  const Result<CheckResult> lost = Error{ErrorCode::kDeskGone, "", {}};
  const Result<CheckResult> refused = Error{ErrorCode::kPinWrong, "", 2};
  EXPECT_FALSE(OutcomeOf(SomePress(), 1, lost, {}, {}, keyed_hash).ends_press);
  EXPECT_TRUE(OutcomeOf(SomePress(), 1, refused, {}, {}, keyed_hash).ends_press);
  EXPECT_TRUE(OutcomeOf(SomePress(), 1, SomeResult(), {}, {}, keyed_hash).ends_press);
}

TEST(CardHash, DiffersByKeyAndBySerial) {
  const crypto::CertificateFacts one{Bytes{1}, Bytes{2}, {}, {}};
  const crypto::CertificateFacts other{Bytes{1}, Bytes{3}, {}, {}};
  const audit::KeyedHash key_a(Bytes(32, 1));
  const audit::KeyedHash key_b(Bytes(32, 2));
  EXPECT_EQ(CardHash(key_a, one), CardHash(key_a, one));
  EXPECT_NE(CardHash(key_a, one), CardHash(key_a, other));
  EXPECT_NE(CardHash(key_a, one), CardHash(key_b, one));
}

TEST(DaysLeft, IsNeverNegative) {
  const auto now = std::chrono::system_clock::now();
  EXPECT_EQ(DaysLeft(now - std::chrono::hours(48)), 0);
  EXPECT_EQ(DaysLeft(now + std::chrono::hours(49)), 2);
}

}  // namespace
}  // namespace madoguchi::check
