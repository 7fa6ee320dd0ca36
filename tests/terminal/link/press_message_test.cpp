// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/press_message.h"

#include <gtest/gtest.h>

#include "tests/terminal/link/typed_fields.h"

namespace madoguchi::link {
namespace {

TEST(PressMessage, HoldsWhatWasTypedAndMeasured) {
  PressOrder order{.press_id = Bytes(16, 7), .deadline = Deadline::In(std::chrono::seconds(60))};
  order.fields = TypedFields();
  order.detect_us = 1234;
  order.reader_model = "Sony RC-S380/S";
  v1::Press press;
  FillPress(order, press);
  EXPECT_EQ(press.press_id(), std::string(16, 7));
  EXPECT_EQ(press.method(), v1::NUMBER);
  EXPECT_EQ(press.attestation().presenter(), v1::GUARDIAN);
  EXPECT_EQ(press.attestation().photo(), v1::PHOTO_CHECK_UNSPECIFIED);
  EXPECT_EQ(press.attestation().looked_ms(), 1840U);
  const v1::NumberInquiry& inquiry = press.number_inquiry();
  EXPECT_TRUE(inquiry.insurer_number() == "138057" && inquiry.symbol().empty() && inquiry.number() == "0042" &&
              inquiry.branch() == "01" && inquiry.birthdate() == "19600229" && inquiry.limit_consent());
  EXPECT_EQ(inquiry.reason(), v1::AFTER_AN_OUTAGE);
  EXPECT_TRUE(press.patient_number() == "P-0042" && press.expected_birthdate() == "19600301");
  EXPECT_EQ(press.detect_us(), 1234U);
  EXPECT_EQ(press.reader_model(), "Sony RC-S380/S");
  EXPECT_EQ(press.remaining_ms(), 15'000U) << "never more than the deadline of a check";
}

TEST(PressMessage, LeavesOutWhatWasNotStated) {
  const PressOrder order{.press_id = Bytes(16, 7), .deadline = Deadline::In(std::chrono::seconds(1))};
  v1::Press press;
  FillPress(order, press);
  EXPECT_EQ(press.method(), v1::PIN);
  EXPECT_FALSE(press.has_attestation() || press.has_number_inquiry());
  EXPECT_TRUE(press.patient_number().empty() && press.expected_birthdate().empty());
}

}  // namespace
}  // namespace madoguchi::link
