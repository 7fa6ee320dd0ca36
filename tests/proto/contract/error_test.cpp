// SPDX-License-Identifier: Apache-2.0
// The catalogue as programs see it. error_numbers.txt beside this file is the list of every number ever given out.
#include "contract/error.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace madoguchi {
namespace {

constexpr int kNumberMax = 9999;

std::vector<CatalogueEntry> Catalogue() {
  std::vector<CatalogueEntry> entries;
  for (int number = 0; number <= kNumberMax; ++number) {
    if (const auto code = FindErrorCode(number)) entries.push_back(Describe(*code));
  }
  return entries;
}

int NumberOf(const CatalogueEntry& entry) {
  return static_cast<int>(entry.code);
}

// Every Japanese sentence holds hiragana, U+3041..U+3096: E3 81 81 .. E3 82 96 in UTF-8.
bool HoldsHiragana(std::string_view text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    const auto second = static_cast<unsigned char>(text[i + 1]);
    const auto third = static_cast<unsigned char>(text[i + 2]);
    if (first == 0xE3 && (second == 0x81 || (second == 0x82 && third <= 0x96))) return true;
  }
  return false;
}

bool Holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST(Catalogue, SaysEverythingInJapaneseForEveryCode) {
  for (const CatalogueEntry& entry : Catalogue()) {
    for (const std::string_view text : {entry.what_ja, entry.desk_action_ja, entry.admin_action_ja}) {
      EXPECT_TRUE(HoldsHiragana(text)) << NumberOf(entry) << ": " << text;
      EXPECT_TRUE(text.ends_with("。")) << NumberOf(entry) << ": " << text;
    }
    EXPECT_FALSE(entry.call_ja.empty()) << NumberOf(entry);
  }
}

TEST(Catalogue, SaysEverythingInEnglishForEveryCode) {
  for (const CatalogueEntry& entry : Catalogue()) {
    for (const std::string_view text : {entry.what_en, entry.desk_action_en, entry.admin_action_en}) {
      EXPECT_GE(text.size(), 12U) << NumberOf(entry) << ": " << text;
      EXPECT_TRUE(text.front() >= 'A' && text.front() <= 'Z') << NumberOf(entry) << ": " << text;
      EXPECT_TRUE(text.ends_with(".")) << NumberOf(entry) << ": " << text;
    }
    EXPECT_FALSE(entry.call_en.empty()) << NumberOf(entry);
  }
}

TEST(Catalogue, GivesEachNumberAndEachNameOnce) {
  std::set<std::string_view> names;
  for (const CatalogueEntry& entry : Catalogue()) EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
  EXPECT_EQ(names.size(), Catalogue().size());
  EXPECT_GT(names.size(), 90U);
}

TEST(Catalogue, PutsEachNumberIntoTheBlockOfItsModule) {
  const std::map<int, std::string_view> modules = {
      {11, "desk"},    {12, "card"},   {13, "eligibility"}, {14, "check"}, {15, "account"},
      {16, "audit"},   {17, "store"},  {18, "identity"},    {19, "bug"},   {20, "handoff"},
      {21, "console"}, {22, "config"}, {23, "link"}};
  for (const CatalogueEntry& entry : Catalogue()) {
    const auto module = modules.find(NumberOf(entry) / 100);
    ASSERT_NE(module, modules.end()) << NumberOf(entry);
    EXPECT_EQ(entry.module, module->second) << NumberOf(entry);
  }
}

TEST(Catalogue, NeverChangesOrRemovesANumberAndRecordsEachNewOne) {
  std::map<int, std::string> recorded;
  std::ifstream file(MADOGUCHI_ERROR_NUMBERS);
  for (auto [number, name] = std::pair<int, std::string>{}; file >> number >> name;) recorded[number] = name;
  ASSERT_FALSE(recorded.empty());
  std::map<int, std::string> current;
  for (const CatalogueEntry& entry : Catalogue()) current[NumberOf(entry)] = std::string(entry.name);
  for (const auto& [number, name] : recorded) EXPECT_EQ(current[number], name) << number << " was changed or removed";
  for (const auto& [number, name] : current)
    EXPECT_TRUE(recorded.contains(number))
        << "new: add the line '" << number << ' ' << name << "' to error_numbers.txt";
}

TEST(Catalogue, NeverCallsADisabledPinBlocked) {
  const CatalogueEntry& entry = Describe(ErrorCode::kPinDisabled);
  for (const std::string_view text : {entry.what_ja, entry.desk_action_ja, entry.admin_action_ja})
    for (const std::string_view word : {"ロック", "ブロック", "間違え"}) EXPECT_FALSE(Holds(text, word)) << text;
  for (const std::string_view text : {entry.what_en, entry.desk_action_en, entry.admin_action_en})
    for (const std::string_view word : {"locked", "wrong PIN"}) EXPECT_FALSE(Holds(text, word)) << text;
}

TEST(Catalogue, NeverHasStaffTakeTheCardOrAskForTheFullPrice) {
  for (const CatalogueEntry& entry : Catalogue()) {
    for (const std::string_view word : {"預か", "受け取り、カード", "カードを受け取", "10割", "10 割", "全額"})
      EXPECT_FALSE(Holds(entry.desk_action_ja, word)) << NumberOf(entry);
    for (const std::string_view word : {"take the card from", "hold the patient's card", "full price", "100%"})
      EXPECT_FALSE(Holds(entry.desk_action_en, word)) << NumberOf(entry);
  }
}

TEST(Catalogue, NeverAsksForABlindRepeatWhileTheOutcomeIsUnknown) {
  for (const CatalogueEntry& entry : Catalogue()) {
    if (entry.kind != ErrorKind::kOutcomeUnknown) continue;
    EXPECT_TRUE(Holds(entry.desk_action_ja, "続けて押さないで")) << NumberOf(entry);
    EXPECT_TRUE(Holds(entry.desk_action_en, "Do not press again and again")) << NumberOf(entry);
  }
}

TEST(Catalogue, GivesTheLineOfABugForACodeItDoesNotKnow) {
  EXPECT_EQ(Describe(static_cast<ErrorCode>(9998)).code, ErrorCode::kInternalError);
}

TEST(Catalogue, FindsOnlyNumbersThatExist) {
  EXPECT_EQ(FindErrorCode(1211), ErrorCode::kPinWrong);
  EXPECT_EQ(FindErrorCode(0), std::nullopt);
  EXPECT_EQ(FindErrorCode(-1211), std::nullopt);
  EXPECT_EQ(FindErrorCode(1299), std::nullopt);
}

}  // namespace
}  // namespace madoguchi
