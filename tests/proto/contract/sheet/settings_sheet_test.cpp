// SPDX-License-Identifier: Apache-2.0
#include "contract/sheet/settings_sheet.h"

#include <gtest/gtest.h>

namespace madoguchi::sheet {
namespace {

TEST(SettingsSheet, ForgivesHowCodesAreWritten) {
  EXPECT_EQ(ParseField(Field::kInstitutionCode, " 13-1-1234567 "), "1311234567");
  EXPECT_EQ(ParseField(Field::kInstitutionCode, "１３１１２３４５６７"), "1311234567");
  EXPECT_EQ(ParseField(Field::kAccountId, "ｗ０００００１２"), "W0000012");
  EXPECT_EQ(ParseField(Field::kActivationCode, "1234−5678 ー 9012"), "123456789012");
}

TEST(SettingsSheet, RefusesOtherForms) {
  for (const char* code : {"", "131123456", "13112345678", "131123456a", "1.31E+09"})
    EXPECT_FALSE(ParseField(Field::kInstitutionCode, code));
  for (const char* id : {"", "W", "W000001", "W00000001", "X0000001", "W000000a", "0000001W"})
    EXPECT_FALSE(ParseField(Field::kAccountId, id));
  for (const char* code : {"", "12345678901", "1234567890123", "1.23457E+11"})
    EXPECT_FALSE(ParseField(Field::kActivationCode, code));
}

TEST(SettingsSheet, TakesAPasswordAsItStands) {
  EXPECT_EQ(ParseField(Field::kPassword, "  aB3-x_O!  "), "aB3-x_O!");
  EXPECT_EQ(ParseField(Field::kPassword, "a B 3 x 7 k M p"), "aB3x7kMp");
  EXPECT_EQ(ParseField(Field::kPassword, "ａＢ３ｘ"), "aB3x");
  for (const std::string& bad :
       {std::string(), std::string("two words"), std::string("かな"), std::string("a\tb"), std::string(129, 'a')})
    EXPECT_FALSE(ParseField(Field::kPassword, bad));
}

TEST(SettingsSheet, ReadsDatesThatExist) {
  for (const char* text :
       {"2024年10月01日", "2024/10/1", "2024-10-01", "２０２４年１０月１日", "令和6年10月1日", "2024. 10. 1"})
    EXPECT_EQ(ParseDate(text), "2024-10-01") << text;
  EXPECT_EQ(ParseDate("令和元年5月1日"), "2019-05-01");
  for (const char* text : {"", "2024", "2024-02-30", "2023-02-29", "2024-13-01", "24-10-01", "2024-10", "2024-10-01x",
                           "2024--1-01", "99999-1-1", "令和"})
    EXPECT_FALSE(ParseDate(text)) << text;
}

TEST(SettingsSheet, TakesAnyNameButControlCharacters) {
  EXPECT_EQ(ParseField(Field::kInstitutionName, " 辻󠄀内科 𠮷野医院 "), "辻󠄀内科 𠮷野医院");
  EXPECT_FALSE(ParseField(Field::kInstitutionName, "a\x01z"));
  EXPECT_FALSE(ParseField(Field::kInstitutionName, "\xFF"));
  EXPECT_FALSE(ParseField(Field::kInstitutionName, std::string(101, 'a')));
}

TEST(SettingsSheet, NamesItsFileAndPrintsItsCodeAsThePortalDoes) {
  EXPECT_EQ(FileNameOf("W0000001"), "W0000001_skg_account.pdf");
  EXPECT_EQ(PrintedCode("123456789012"), "1234-5678-9012");
}

TEST(SettingsSheet, LeavesNoSecretBehindWhenMoved) {
  SettingsSheet first;
  first.password = "aB3x7kMp";
  first.activation_code = "123456789012";
  const SettingsSheet second = std::move(first);
  EXPECT_EQ(second.password, "aB3x7kMp");
  EXPECT_TRUE(first.password.empty() && first.activation_code.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(std::string(first.password.data(), first.password.capacity()).find("aB3"), std::string::npos);
}

}  // namespace
}  // namespace madoguchi::sheet
