// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/handing.h"

#include <gtest/gtest.h>

#include "server/eligibility/xml_answer.h"
#include "tests/server/handoff/any_handing.h"
#include "tests/server/handoff/test_handing.h"

namespace madoguchi::handoff {
namespace {

TEST(Handing, IsTheSameAfterItWasPacked) {
  Handing handing = test::TestHanding();
  eligibility::QualificationResult& second = handing.answer.results.emplace_back();
  second.name = "架空　●郎";
  second.address = "";
  second.elderly_recipient_certificate.emplace();
  second.specific_diseases_certificates.resize(3);
  second.medical_tickets.emplace_back().remarks1 = "\"quotes\" & <tags>";
  handing.answer.unknown_elements = {"Unknown"};
  handing.answer.search_info.emplace().number = "1";
  handing.confirmed_names = {"", "架空　邊郎"};
  handing.number_warnings = {"branch_width"};
  const std::string packed = Pack(handing);
  const auto unpacked = Unpack(AsBytes(packed));
  ASSERT_TRUE(unpacked.ok());
  EXPECT_EQ(unpacked->answer, handing.answer);
  EXPECT_EQ(unpacked->press_id, handing.press_id);
  EXPECT_EQ(unpacked->caller.desk_id, handing.caller.desk_id);
  EXPECT_EQ(unpacked->patient_number, "00123");
  EXPECT_EQ(unpacked->certificate_days_left, 1000);
  EXPECT_EQ(unpacked->confirmed_names, handing.confirmed_names);
  EXPECT_EQ(unpacked->number_warnings, handing.number_warnings);
}

// Every field of every list, present, empty or absent by chance.
TEST(Handing, LosesNothingWhateverWasReceived) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const Handing handing = test::AnyHanding(seed);
    const std::string packed = Pack(handing);
    const Result<Handing> unpacked = Unpack(AsBytes(packed));
    ASSERT_TRUE(unpacked.ok()) << "seed " << seed;
    ASSERT_TRUE(unpacked->answer == handing.answer) << "seed " << seed;
  }
}

TEST(Handing, IsNotMadeOfAnythingElse) {
  for (const char* other : {"", "{}", "[]", "\x01\x02", R"({"institution_code":1})"}) {
    EXPECT_EQ(Unpack(AsBytes(std::string_view(other))).error().code, ErrorCode::kHandoffKeyMissing) << other;
  }
}

}  // namespace
}  // namespace madoguchi::handoff
