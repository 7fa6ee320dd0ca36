// SPDX-License-Identifier: Apache-2.0
// The command "audit search" as it is typed, against a console of the test.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "contract/files.h"
#include "tests/admin/cli/console_end.h"

namespace madoguchi::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr char kPress[] = "11111111-0000-4000-8000-000000000001";

class AuditSearchCommandTest : public testing::Test {
 protected:
  ConsoleEnd console_;
};

TEST_F(AuditSearchCommandTest, EveryQuestionReachesTheServer) {
  console_.desks.asked.add_names("窓口1");
  const auto ran =
      console_.Run({"audit",          "search",  "--since",   "2026-11-01", "--until",    "2026-11-23 17:30",
                    "--desk",         "窓口1",   "--account", "W0000001",   "--operator", "S01",
                    "--actor",        "ada@x",   "--event",   "check.*",    "--outcome",  "refused",
                    "--code",         "1301",    "--press",   kPress,       "--inquiry",  "i-1",
                    "--not-reviewed", "--limit", "7",         "--before",   "1-2",        "--institution",
                    "1311234567"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const v1::SearchTrailRequest& asked = console_.reviews.searched;
  EXPECT_EQ(asked.since() + " " + asked.until(), "2026-11-01T00:00:00+09:00 2026-11-23T17:30:00+09:00");
  EXPECT_EQ(asked.desk_id() + " " + asked.account_id() + " " + asked.operator_code() + " " + asked.actor(),
            "desk-0 W0000001 S01 ada@x");
  EXPECT_EQ(asked.event() + " " + asked.outcome() + " " + std::to_string(asked.code()), "check.* refused 1301");
  EXPECT_EQ(asked.press_id() + " " + asked.inquiry_id(), std::string(kPress) + " i-1");
  EXPECT_TRUE(asked.not_reviewed());
  EXPECT_EQ(asked.page_size(), 7u);
  EXPECT_EQ(asked.before(), "1-2");
  EXPECT_EQ(asked.institution_code(), "1311234567");
  EXPECT_FALSE(asked.has_patient());
}

TEST_F(AuditSearchCommandTest, NonsenseIsRefusedBeforeTheServerIsAsked) {
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{{"--since", "yesterday"},
                                                                                     {"--outcome", "lost"},
                                                                                     {"--limit", "501"},
                                                                                     {"--insurances", "11"},
                                                                                     {"--format", "csv"},
                                                                                     {"--patient", "Z-1"}}) {
    std::vector<std::string> words = {"audit", "search"};
    words.insert(words.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(console_.Run(words).status, 2) << wrong.front();
  }
  EXPECT_EQ(console_.reviews.searches, 0);
}

TEST_F(AuditSearchCommandTest, NumbersOfAPatientAreAskedForAndNeverShown) {
  const auto ran = console_.Run({"audit", "search", "--patient", "--insurances", "2"},
                                "patient_number=Z-778899\ninsurer_number=06138057\nsymbol=12\nnumber=31415926\n"
                                "branch=01\ninsurer_number_2=06139992\nsymbol_2=\nnumber_2=27182818\nbranch_2=\n");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const v1::Patient& patient = console_.reviews.searched.patient();
  EXPECT_EQ(patient.patient_number(), "Z-778899");
  ASSERT_EQ(patient.insurances_size(), 2);
  EXPECT_EQ(patient.insurances(0).number() + patient.insurances(0).branch(), "3141592601");
  EXPECT_EQ(patient.insurances(1).insurer_number() + patient.insurances(1).symbol(), "06139992");
  for (const char* number : {"778899", "06138057", "31415926", "27182818"})
    EXPECT_THAT(ran.out + ran.err, Not(HasSubstr(number)));
}

TEST_F(AuditSearchCommandTest, ShowsRowsForPeopleProgramsAndSpreadsheets) {
  const auto shown = console_.Run({"audit", "search"});
  ASSERT_EQ(shown.status, 0) << shown.err;
  for (const char* text : {"資格確認の結果", "check.outcome", "窓口1", "--before 1763856000123456-7"})
    EXPECT_THAT(shown.out, HasSubstr(text));
  const json listed = json::parse(console_.Run({"audit", "search", "--json"}).out);
  EXPECT_EQ(listed["entries"][0]["sequence"], 7);
  EXPECT_EQ(listed["entries"][0]["recorded_at"], "2026-11-23T09:00:00.123456+09:00");
  EXPECT_EQ(listed["next"], "1763856000123456-7");
  EXPECT_THAT(console_.Run({"audit", "search", "--csv"}).out, HasSubstr("check.outcome,資格確認の結果"));
}

TEST_F(AuditSearchCommandTest, WhatIsTypedStandsOverWhatWasSaved) {
  ASSERT_EQ(console_.Run({"audit", "search", "--saved", "回答", "--outcome", "refused", "--save-as", "拒否"}).status,
            0);
  EXPECT_EQ(console_.reviews.searched.event() + " " + console_.reviews.searched.outcome(), "check.outcome refused");
  EXPECT_EQ(console_.reviews.saved.name(), "拒否");
  EXPECT_EQ(console_.reviews.saved.search().event(), "check.outcome");
  const auto unknown = console_.Run({"audit", "search", "--saved", "ほか", "--json"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.out, HasSubstr("1621"));
}

// A search that is saved with a patient's numbers: they are asked for behind it.
TEST_F(AuditSearchCommandTest, ASavedSearchNeverHoldsAPatient) {
  ASSERT_EQ(console_.Run({"audit", "search", "--patient", "--save-as", "x"}, "patient_number=Z-1\n").status, 0);
  EXPECT_FALSE(console_.reviews.saved.search().has_patient());
  EXPECT_TRUE(console_.reviews.searched.has_patient());
}

TEST_F(AuditSearchCommandTest, AnExportIsANewFileOfItsOwnerAloneOrNone) {
  const std::string path = console_.File("rows.csv");
  const auto ran =
      console_.Run({"audit", "search", "--event", "check.*", "--export", path, "--format", "excel", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(json::parse(ran.out)["rows"], 3);
  EXPECT_EQ(console_.reviews.exported.format(), v1::TRAIL_EXPORT_CSV_EXCEL);
  EXPECT_EQ(console_.reviews.exported.search().event(), "check.*");
  EXPECT_EQ(ReadSmallFile(path).value(), "sequence\r\n9\r\n8\r\n7\r\n");
  struct stat facts {};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(console_.Run({"audit", "search", "--export", path}).status, 3) << "nothing is overwritten";
  console_.reviews.breaks = true;
  EXPECT_NE(console_.Run({"audit", "search", "--export", console_.File("broken.csv")}).status, 0);
  EXPECT_NE(stat(console_.File("broken.csv").c_str(), &facts), 0) << "half an export is none";
}

}  // namespace
}  // namespace madoguchi::cli
