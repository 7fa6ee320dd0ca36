// SPDX-License-Identifier: Apache-2.0
// The registry as programs see it. trail_event_numbers.txt beside this file is the list of every number ever given out,
// with its word: both stand in trails that nobody can rewrite. It is only ever added to: at a release a line
// "# sealed <day> <SHA-256 of everything above it>" follows, and what stands above a seal stays as it is.
#include "contract/trail_events.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "contract/crypto/digest.h"

namespace madoguchi::audit {
namespace {

constexpr int kNumberMax = 9999;

std::vector<const TrailEvent*> Registry() {
  std::vector<const TrailEvent*> events;
  for (int number = 0; number <= kNumberMax; ++number) {
    if (const TrailEvent* event = FindTrailEvent(number)) events.push_back(event);
  }
  return events;
}

constexpr std::string_view kSeal = "# sealed ";

std::vector<std::string> GivenOutLines() {
  std::ifstream file(MADOGUCHI_TRAIL_EVENT_NUMBERS);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::map<int, std::string> GivenOut() {
  std::map<int, std::string> given;
  for (const std::string& line : GivenOutLines()) {
    if (line.starts_with(kSeal)) continue;
    std::istringstream parts(line);
    int number = 0;
    std::string word;
    EXPECT_TRUE(parts >> number >> word) << line;
    EXPECT_TRUE(given.emplace(number, word).second) << number << " was given out twice";
  }
  return given;
}

std::set<std::string> Words(std::string_view list) {
  std::set<std::string> words;
  std::istringstream parts{std::string(list)};
  for (std::string word; std::getline(parts, word, ',');) words.insert(word);
  return words;
}

// U+3041..U+30FF or a Chinese character: E3..E9 begin them in UTF-8.
bool IsJapanese(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0xE3 && static_cast<unsigned char>(c) <= 0xE9) return true;
  }
  return false;
}

TEST(TrailEvents, KeepTheNumberAndTheWordThatWereGivenOut) {
  const std::map<int, std::string> given = GivenOut();
  ASSERT_GT(given.size(), 130U);
  for (const auto& [number, word] : given) {
    const TrailEvent* event = FindTrailEvent(number);
    ASSERT_NE(event, nullptr) << number << " is gone: its rows are still in trails";
    EXPECT_EQ(event->word, word) << number;
  }
}

TEST(TrailEvents, OfReleasesAreNeitherChangedNorRemoved) {
  std::string above;
  int seals = 0;
  for (const std::string& line : GivenOutLines()) {
    if (line.starts_with(kSeal)) {
      ++seals;
      EXPECT_EQ(line.substr(line.rfind(' ') + 1), ToHex(crypto::Sha256(AsBytes(above))))
          << "a line above '" << line << "' was changed: these numbers and words stand in trails";
    }
    above += line + '\n';
  }
  EXPECT_GE(seals, 1);
}

TEST(TrailEvents, AreAllInTheListOfNumbersGivenOut) {
  const std::map<int, std::string> given = GivenOut();
  for (const TrailEvent* event : Registry()) {
    EXPECT_TRUE(given.contains(event->number))
        << "new: add the line '" << event->number << ' ' << event->word << "' to trail_event_numbers.txt";
  }
}

TEST(TrailEvents, HaveAWordOfTheirOwn) {
  std::set<std::string_view> words;
  for (const TrailEvent* event : Registry()) {
    EXPECT_TRUE(words.insert(event->word).second) << event->word;
    EXPECT_EQ(FindTrailEvent(event->word), event) << event->word;
  }
  EXPECT_EQ(FindTrailEvent("check.unheard_of"), nullptr);
  EXPECT_EQ(FindTrailEvent(""), nullptr);
}

TEST(TrailEvents, AreNamedInJapaneseAndEnglish) {
  for (const TrailEvent* event : Registry()) {
    EXPECT_TRUE(IsJapanese(event->ja)) << event->word;
    EXPECT_GE(event->en.size(), 12U) << event->word;
    EXPECT_FALSE(IsJapanese(event->en)) << event->word;
  }
}

// reference: DICOM PS3.16 CID 400 for the ids in use.
TEST(TrailEvents, CarryIdsThatDicomKnows) {
  const std::set<std::string_view> ids = {"110100", "110101", "110106", "110107",
                                          "110110", "110112", "110113", "110114"};
  // Types belong to three of them: application activity, security alert, user authentication.
  const std::map<std::string_view, std::set<std::string_view>> types = {
      {"110100", {"110120", "110121", ""}},
      {"110113",
       {"110126", "110127", "110129", "110131", "110132", "110133", "110134", "110135", "110136", "110137", "110138",
        "110139", "110140"}},
      {"110114", {"110122", "110123"}}};
  for (const TrailEvent* event : Registry()) {
    EXPECT_TRUE(ids.contains(event->dicom_id)) << event->word;
    const auto of_id = types.find(event->dicom_id);
    EXPECT_TRUE(of_id == types.end() ? event->dicom_type.empty() : of_id->second.contains(event->dicom_type))
        << event->word;
    EXPECT_NE(std::string_view(event->dicom_id == "110110" ? "CRUD" : "CRUDE").find(event->act), std::string_view::npos)
        << event->word;
  }
}

TEST(TrailEvents, MakeChecksQueriesAndHandOffsDisclosures) {
  for (const char* word : {action::kCheckIntent, action::kCheckOutcome}) {
    EXPECT_EQ(FindTrailEvent(word)->dicom_id, "110112") << word;
    EXPECT_EQ(FindTrailEvent(word)->profile, Profile::kPatientQuery) << word;
  }
  for (const char* word : {action::kHandoffDelivered, action::kHandoffRead}) {
    EXPECT_EQ(FindTrailEvent(word)->dicom_id, "110106") << word;
    EXPECT_EQ(FindTrailEvent(word)->profile, Profile::kPrivacyDisclosureSource) << word;
  }
  EXPECT_EQ(FindTrailEvent(action::kAuditSearched)->dicom_id, "110101");
  EXPECT_EQ(FindTrailEvent(action::kConsoleLoggedIn)->dicom_id, "110114");
}

// The migrations are the only source of what columns there are.
TEST(TrailEvents, FillColumnsThatTheTrailHas) {
  std::string migrations;
  for (const char* path : {MADOGUCHI_MIGRATIONS "/0001_desks_and_trail.sql", MADOGUCHI_MIGRATIONS "/0002_accounts.sql",
                           MADOGUCHI_MIGRATIONS "/0003_complete_check.sql", MADOGUCHI_MIGRATIONS "/0004_trail.sql"}) {
    std::ifstream file(path);
    ASSERT_TRUE(file) << path;
    migrations.append(std::istreambuf_iterator<char>(file), {});
  }
  for (const TrailEvent* event : Registry()) {
    for (const std::string& column : Words(event->fills))
      EXPECT_NE(migrations.find(' ' + column + ' '), std::string::npos) << event->word << ": " << column;
  }
}

}  // namespace
}  // namespace madoguchi::audit
