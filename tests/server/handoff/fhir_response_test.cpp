// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/server/handoff/any_handing.h"
#include "tests/server/handoff/read_bundle.h"

namespace madoguchi::handoff::test {
namespace {

TEST(FhirResponse, AnswersAlsoWhenThereIsNoResult) {
  for (const char* validity : {"4", "5"}) {
    Handing handing = PlainHanding();
    handing.answer.results.clear();
    handing.answer.validity_code = validity;
    handing.patient_number.clear();
    const Bundle bundle(handing);
    EXPECT_TRUE(bundle.All("Coverage").empty());
    EXPECT_FALSE(bundle.Only("CoverageEligibilityResponse").contains("insurance"));
    EXPECT_FALSE(bundle.Only("Patient").contains("meta"));  // JP_Patient asks for an identifier
  }
}

TEST(FhirResponse, SaysThatTheTimeOfTheAnswerIsNotKnown) {
  Handing handing = PlainHanding();
  handing.answer.executed_at_raw.reset();
  const Json response = Bundle(handing).Only("CoverageEligibilityResponse");
  EXPECT_FALSE(response.contains("created"));
  EXPECT_EQ(response["_created"]["extension"][0]["valueCode"], "unknown");
}

TEST(FhirResponse, TellsAnErrorFromASideMessage) {
  Handing handing = PlainHanding();
  handing.answer.processing_code = "E0001";
  handing.answer.processing_message = "見本の知らせ";
  Json response = Bundle(handing).Only("CoverageEligibilityResponse");
  EXPECT_FALSE(response.contains("error"));
  EXPECT_EQ(response["disposition"], "見本の知らせ");
  handing.answer.processing_status_code = "2";
  response = Bundle(handing).Only("CoverageEligibilityResponse");
  EXPECT_EQ(response["outcome"], "error");
  EXPECT_EQ(response["error"][0]["code"]["coding"][0]["code"], "E0001");
  EXPECT_EQ(response["insurance"][0]["inforce"], false);
}

}  // namespace
}  // namespace madoguchi::handoff::test
