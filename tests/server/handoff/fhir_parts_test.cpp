// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/fhir_parts.h"

#include <gtest/gtest.h>

namespace madoguchi::handoff::fhir {
namespace {

TEST(FhirParts, IdsComeFromPressAndNameAlone) {
  const Bytes press(16, 7), other(16, 8);
  const std::string id = ResourceId(press, "Patient/0");
  EXPECT_EQ(id, ResourceId(press, "Patient/0"));
  EXPECT_NE(id, ResourceId(press, "Patient/1"));
  EXPECT_NE(id, ResourceId(other, "Patient/0"));
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(id[14], '8');
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
}

TEST(FhirParts, WidensAsciiAndDropsSpaces) {
  EXPECT_EQ(FullWidth("12-34"), "１２－３４");
  EXPECT_EQ(FullWidth("!~AZaz09"), "！～ＡＺａｚ０９");
  EXPECT_EQ(FullWidth(" あ　い:"), "あい：");
  EXPECT_EQ(FullWidth("𠮷ｱ"), "𠮷ｱ");
  EXPECT_EQ(FullWidth("\xff"
                      "1"),
            "\xff"
            "１");
  EXPECT_EQ(FullWidth(""), "");
}

TEST(FhirParts, PadsInsurerNumbersOfDigitsOnly) {
  EXPECT_EQ(InsurerNumber8("  138057"), "00138057");
  EXPECT_EQ(InsurerNumber8("06139992"), "06139992");
  EXPECT_EQ(InsurerNumber8(" 13805Z "), "13805Z");
  EXPECT_EQ(InsurerNumber8("123456789"), "123456789");
  EXPECT_EQ(InsurerNumber8("        "), "");
  EXPECT_EQ(InsurerNumber8(std::nullopt), "");
}

TEST(FhirParts, BranchesAreTwoHalfWidthDigitsOrNone) {
  EXPECT_EQ(Branch2("2"), "02");
  EXPECT_EQ(Branch2("０２"), "02");
  EXPECT_EQ(Branch2("00"), "00");
  for (const char* none : {"", " ", "A", "123"}) EXPECT_EQ(Branch2(none), std::nullopt) << none;
}

TEST(FhirParts, KeepsADateThatIsNoneAsReceived) {
  Json to = Json::object();
  PutDate(to, "birthDate", "19600229");
  EXPECT_EQ(to["birthDate"], "1960-02-29");
  PutDate(to, "other", "19600230");
  EXPECT_FALSE(to.contains("other"));
  EXPECT_EQ(to["_other"]["extension"][0]["valueString"], "19600230");
  PutDate(to, "none", " ");
  EXPECT_EQ(to.size(), 2U);
}

TEST(FhirParts, APeriodThatEndsBeforeItBeginsIsNone) {
  EXPECT_EQ(PeriodOf("20240401", "20240401")->at("end"), "2024-04-01");
  EXPECT_EQ(PeriodOf("20240402", "20240401")->count("start"), 0U);
  EXPECT_EQ(PeriodOf("20240402", "20240401")->at("_start")["extension"][0]["valueString"], "20240402");
  EXPECT_EQ(PeriodOf("", std::nullopt), std::nullopt);
  EXPECT_EQ(PeriodOf("20240401", std::nullopt)->size(), 1U);
}

TEST(FhirParts, KeepsACodeThatFhirCannotHoldAsReceived) {
  EXPECT_EQ(Coding("urn:x", "Z9")["code"], "Z9");
  EXPECT_EQ(Coding("urn:x", "Z 9")["code"], "Z 9");
  for (const char* awkward : {" Z9", "Z9 ", "Z  9", "Z　9"}) {
    EXPECT_FALSE(Coding("urn:x", awkward).contains("code"));
    EXPECT_EQ(Coding("urn:x", awkward)["_code"]["extension"][0]["valueString"], awkward);
  }
  EXPECT_EQ(Coding(eligibility::kSex, "2")["display"], "女");
  EXPECT_FALSE(Coding(eligibility::kSex, "9").contains("display"));
}

TEST(FhirParts, ReadsPercentAndYenOnlyWhereTheyAreCertain) {
  EXPECT_EQ(Percent("000"), 0);
  EXPECT_EQ(Percent("100"), 100);
  for (const char* none : {"101", "30", "0300", "03a", ""}) EXPECT_EQ(Percent(none), std::nullopt) << none;
  EXPECT_EQ(Yen("10000"), 10000);
  EXPECT_EQ(Yen("999999999"), 999999999);
  for (const char* none : {"10,000", "1000000000", "-1", ""}) EXPECT_EQ(Yen(none), std::nullopt) << none;
}

TEST(FhirParts, TextIsMoreThanWhiteSpace) {
  for (const char* none : {"", " ", "　", " \t\n　"}) EXPECT_FALSE(IsText(none));
  for (const char* some : {"a", "　あ", "●"}) EXPECT_TRUE(IsText(some));
}

}  // namespace
}  // namespace madoguchi::handoff::fhir
