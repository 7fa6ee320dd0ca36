// SPDX-License-Identifier: Apache-2.0
#include "server/desk/press_wire.h"

#include <gtest/gtest.h>

#include <functional>

#include "server/handoff/handing.h"

namespace madoguchi::desk {
namespace {

const DeskRecord kDesk{"desk-1", "受付1", "1311234567", "W0000001"};

v1::Press SightPress() {
  v1::Press press;
  press.set_press_id(std::string(kPressIdBytes, 'p'));
  press.set_method(v1::SIGHT);
  press.mutable_opening()->add_steps()->set_status_word(0x9000);
  press.mutable_attestation()->set_presenter(v1::GUARDIAN);
  press.mutable_attestation()->set_photo(v1::PHOTO_COMPARED);
  press.set_patient_number("診-0012");
  press.set_expected_birthdate("19900101");
  return press;
}

v1::Press NumberPress() {
  v1::Press press;
  press.set_press_id(std::string(kPressIdBytes, 'p'));
  press.set_method(v1::NUMBER);
  press.mutable_number_inquiry()->set_insurer_number("06132013");
  press.mutable_number_inquiry()->set_reason(v1::AFTER_AN_OUTAGE);
  return press;
}

TEST(ReadPress, TakesWhatTheDeskStatedAndAsksInTheNameOfItsAccount) {
  const Result<check::Press> press = ReadPress(SightPress(), kDesk);
  ASSERT_TRUE(press.ok()) << press.error().detail;
  EXPECT_EQ(press->method, check::Method::kSight);
  EXPECT_EQ(press->attestation.presenter, "guardian");
  EXPECT_EQ(press->attestation.photo_check, "compared");
  EXPECT_EQ(press->patient_number, "診-0012");
  EXPECT_EQ(press->expected_birthdate, "19900101");
  EXPECT_EQ(press->caller.institution_code, "1311234567");
  EXPECT_EQ(press->caller.account_id, "W0000001");
  EXPECT_EQ(press->opening.steps.size(), 1u);
  EXPECT_FALSE(press->proof.has_value());
}

TEST(ReadPress, TakesHowLongThePersonLookedInWholeSeconds) {
  const auto looked = [](std::uint32_t milliseconds) {
    v1::Press message = SightPress();
    message.mutable_attestation()->set_looked_ms(milliseconds);
    return ReadPress(message, kDesk)->attestation.looked_seconds;
  };
  EXPECT_EQ(looked(0), std::nullopt) << "not measured";
  EXPECT_EQ(looked(1), 0);
  EXPECT_EQ(looked(1'999), 1) << "under two seconds stays under two seconds";
  EXPECT_EQ(looked(2'000), 2);
  EXPECT_EQ(looked(UINT32_MAX), kLookedMax.count());
}

TEST(ReadPress, TakesAPatientNumberInHalfWidth) {
  v1::Press message = SightPress();
  message.set_patient_number("　Ａ－００１２ ");
  EXPECT_EQ(ReadPress(message, kDesk)->patient_number, "A-0012");
}

TEST(ReadPress, TakesNumbersWithTheirReason) {
  const Result<check::Press> press = ReadPress(NumberPress(), kDesk);
  ASSERT_TRUE(press.ok()) << press.error().detail;
  EXPECT_EQ(press->inquiry->insurer_number, "06132013");
  EXPECT_EQ(press->inquiry->reason, "after_an_outage");
}

TEST(ReadPress, RefusesWhatNoDeskMaySendAndRepeatsNoValue) {
  const std::function<void(v1::Press&)> of_a_card[] = {
      [](v1::Press& press) { press.set_press_id("short"); },
      [](v1::Press& press) { press.clear_method(); },
      [](v1::Press& press) { press.set_method(static_cast<v1::Method>(99)); },
      [](v1::Press& press) { press.mutable_attestation()->set_presenter(static_cast<v1::Presenter>(99)); },
      [](v1::Press& press) { press.mutable_attestation()->set_photo(static_cast<v1::PhotoCheck>(-1)); },
      [](v1::Press& press) { press.mutable_number_inquiry()->set_reason(v1::CARD_NOT_BROUGHT); },
      [](v1::Press& press) { press.set_method(v1::NUMBER); },
      [](v1::Press& press) { press.set_patient_number(std::string(handoff::kPatientNumberBytesMax + 1, '7')); },
      [](v1::Press& press) { press.set_patient_number("77\n77"); },
      [](v1::Press& press) {
        press.set_patient_number(
            std::string("77\0"
                        "77",
                        5));
      },
      [](v1::Press& press) { press.set_expected_birthdate("1990-7-7"); },
      [](v1::Press& press) { press.set_expected_birthdate("199007077"); },
      [](v1::Press& press) { press.set_reader_model(std::string(kReaderModelBytesMax + 1, '7')); },
  };
  const std::function<void(v1::Press&)> of_numbers[] = {
      [](v1::Press& press) { press.mutable_opening(); },
      [](v1::Press& press) { press.mutable_proof(); },
      [](v1::Press& press) { press.mutable_number_inquiry()->clear_reason(); },
      // A receipt computer asks by file, never through a desk.
      [](v1::Press& press) { press.mutable_number_inquiry()->set_reason(v1::RECEIPT_COMPUTER); },
      [](v1::Press& press) { press.mutable_number_inquiry()->set_reason(static_cast<v1::InquiryReason>(99)); },
      [](v1::Press& press) { press.mutable_number_inquiry()->set_symbol(std::string(kInquiryFieldBytesMax + 1, '7')); },
  };
  const auto refuses = [](v1::Press press, const std::function<void(v1::Press&)>& spoil) {
    spoil(press);
    const Result<check::Press> read = ReadPress(press, kDesk);
    ASSERT_FALSE(read.ok()) << press.ShortDebugString();
    EXPECT_EQ(read.error().code, ErrorCode::kMessageInvalid);
    EXPECT_EQ(read.error().detail.find('7'), std::string::npos) << read.error().detail;
  };
  for (const auto& spoil : of_a_card) refuses(SightPress(), spoil);
  for (const auto& spoil : of_numbers) refuses(NumberPress(), spoil);
}

TEST(MethodOf, KnowsTheWordsOfTheRules) {
  EXPECT_EQ(MethodOf("pin"), v1::PIN);
  EXPECT_EQ(MethodOf("sight"), v1::SIGHT);
  EXPECT_EQ(MethodOf("number"), v1::NUMBER);
  EXPECT_EQ(MethodOf("face"), v1::METHOD_UNSPECIFIED);
}

}  // namespace
}  // namespace madoguchi::desk
