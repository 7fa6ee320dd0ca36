// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/server/handoff/any_handing.h"
#include "tests/server/handoff/read_bundle.h"

namespace madoguchi::handoff::test {
namespace {

using eligibility::QualificationResult;

TEST(FhirCoverage, SpeaksJpCoreOfAnEmployeesInsurance) {
  const Bundle bundle(PlainHanding());
  const Json coverage = bundle.Only("Coverage");
  EXPECT_EQ(coverage["status"], "active");
  EXPECT_EQ(coverage["identifier"][0]["value"], "06139992:見本１:１０２４:01");
  EXPECT_EQ(coverage["identifier"][1]["value"], "\"06139992\",\"見本１\",\"１０２４\",\"01\"");
  EXPECT_EQ(coverage["subscriberId"], "見本１:１０２４");
  EXPECT_EQ(coverage["dependent"], "01");
  EXPECT_EQ(coverage["type"]["coding"][0]["code"], "1");
  EXPECT_EQ(coverage["relationship"]["coding"][0]["code"], "1");
  EXPECT_EQ(coverage["period"], Json({{"start", "2024-04-01"}, {"end", "2033-03-31"}}));
  EXPECT_EQ(coverage["costToBeneficiary"][0]["valueQuantity"]["value"], 30);
  EXPECT_EQ(bundle.At(coverage["payor"][0])["identifier"][0]["value"], "06139992");
  const Json patient = bundle.Only("Patient");
  EXPECT_EQ(patient["identifier"][0]["system"], "urn:oid:1.2.392.100495.20.3.51.11311234567");
  EXPECT_EQ(patient["name"][0]["extension"][0]["valueCode"], "IDE");
  EXPECT_EQ(patient["name"][1]["extension"][0]["valueCode"], "SYL");
  const Json response = bundle.Only("CoverageEligibilityResponse");
  EXPECT_EQ(response["outcome"], "complete");
  EXPECT_EQ(response["servicedDate"], "2026-11-22");
  EXPECT_EQ(response["insurance"][0]["inforce"], true);
  EXPECT_EQ(response["insurance"][0]["item"][0]["benefit"][0]["allowedUnsignedInt"], 30);
  EXPECT_EQ(response["insurer"], coverage["payor"][0]);
}

TEST(FhirCoverage, PadsInsurerNumbersWithZerosAndLeavesAnAbsentBranchEmpty) {
  Handing handing = PlainHanding();
  QualificationResult& result = handing.answer.results[0];
  result.insurer_number = "  138057";
  result.symbol = "12-34";
  result.number = "567 8";
  result.branch.reset();
  const Bundle bundle(handing);
  const Json coverage = bundle.Only("Coverage");
  EXPECT_EQ(coverage["identifier"][0]["value"], "00138057:１２－３４:５６７８:");
  EXPECT_EQ(coverage["identifier"][1]["value"], "\"00138057\",\"１２－３４\",\"５６７８\",\"\"");
  EXPECT_FALSE(coverage.contains("dependent"));
  EXPECT_EQ(coverage["type"]["coding"][0]["code"], "2");
  result.symbol.reset();
  result.insurer_number = "39131156";
  EXPECT_EQ(Bundle(handing).Only("Coverage")["identifier"][0]["value"], "39131156::５６７８:");
  EXPECT_EQ(Bundle(handing).Only("Coverage")["subscriberId"], "５６７８");
  result.branch = "一";
  EXPECT_FALSE(Bundle(handing).Only("Coverage").contains("identifier"));
}

TEST(FhirCoverage, GivesMedicalAidACoverageOfItsOwn) {
  Handing handing = PlainHanding();
  QualificationResult aid = handing.answer.results[0];
  aid.card_classification_code = "A1";
  aid.insurer_number = "12131234";
  aid.number = "1234567";
  aid.insurer_name = "見本福祉事務所";
  aid.symbol.reset();
  handing.answer.results.push_back(aid);
  const Bundle bundle(handing);
  const std::vector<Json> coverages = bundle.All("Coverage");
  ASSERT_EQ(coverages.size(), 2U);
  EXPECT_EQ(coverages[1]["type"]["coding"][0]["code"], "8");
  EXPECT_EQ(coverages[1]["subscriberId"], "1234567");
  EXPECT_EQ(coverages[1]["identifier"][0]["system"], "urn:oid:1.2.392.100495.20.3.72");
  EXPECT_EQ(bundle.At(coverages[1]["payor"][0])["identifier"][0]["system"], "urn:oid:1.2.392.100495.20.3.71");
  EXPECT_EQ(bundle.All("Patient").size(), 1U);
  EXPECT_EQ(bundle.Only("CoverageEligibilityResponse")["insurer"]["display"], "オンライン資格確認等システム");
}

TEST(FhirCoverage, CountsALossFromItsDayOn) {
  Handing handing = PlainHanding();
  auto& lost = handing.answer.results[0].disqualification_date_raw;
  for (const auto& [day, status] : {std::pair("20261121", "cancelled"), std::pair("20261122", "cancelled"),
                                    std::pair("20261123", "active"), std::pair("someday", "cancelled")}) {
    lost = day;
    EXPECT_EQ(Bundle(handing).Only("Coverage")["status"], status) << day;
    EXPECT_FALSE(Bundle(handing).Only("CoverageEligibilityResponse")["insurance"][0].contains("benefitPeriod"));
  }
}

}  // namespace
}  // namespace madoguchi::handoff::test
