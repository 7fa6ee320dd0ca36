// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "admin/cli/finding_text.h"
#include "tests/admin/cli/console_end.h"
#include "tests/proto/contract/trail/sample_export.h"

namespace madoguchi::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AuditVerify : public testing::Test {
 protected:
  AuditVerify() {
    log_.Append(600);
    log_.Sign();
    log_.Retire("audit_event_first", {{0, 9}});
    log_.Export(folder_);
    trail::Put(key_, log_.key().Written() + "\n");
  }
  ConsoleEnd::Ran Verify(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"audit", "verify", folder_, "--key", key_});
    return console_.Run(more);
  }
  void Edit(std::uint64_t row) const {
    trail::Lines lines = trail::Bundle(folder_, row / 256, 600);
    std::string& line = lines[row % 256];
    line.replace(line.find("check.intent"), 12, "check.answer");
    trail::PutBundle(folder_, row / 256, 600, lines);
  }
  ConsoleEnd console_;
  const std::string folder_ = console_.File("export"), key_ = console_.File("vkey");
  trail::SampleLog log_;
};

TEST_F(AuditVerify, SaysOfAGoodTrailHowMuchItIsAndWhatWasRetiredByWhom) {
  const ConsoleEnd::Ran ran = Verify();
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("600"), HasSubstr("署名されたとおりです"),
                             HasSubstr("audit_event_first 0-9, root"), HasSubstr("retired 10")));
  const json document = json::parse(Verify({"--json"}).out);
  EXPECT_TRUE(document["ok"]);
  EXPECT_EQ(document["origin"], trail::kSampleOrigin);
  EXPECT_EQ(document["rows"], 600);
  EXPECT_EQ(document["rows_retired"], 10);
  EXPECT_EQ(document["root"], ToHex(log_.Root(600)));
  EXPECT_EQ(document["tombstones"][0]["reason"], "retention is over");
  EXPECT_TRUE(document["findings"].empty());
}

TEST_F(AuditVerify, NamesTheRowThatWasEditedInBothLanguages) {
  Edit(300);
  const ConsoleEnd::Ran ran = Verify();
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("行 300（連番 301、2026-11-23T09:15:10.123456+09:00）の内容が書き換えられています"),
                    HasSubstr("row 300 (sequence 301, 2026-11-23T09:15:10.123456+09:00) was edited"),
                    Not(HasSubstr("署名されたとおり"))));
  EXPECT_THAT(ran.err, HasSubstr("1607"));
  const json document = json::parse(Verify({"--json"}).out);
  EXPECT_FALSE(document["ok"]);
  EXPECT_EQ(document["error"]["code"], 1607);
  EXPECT_EQ(document["findings"][0]["kind"], "row_edited");
  EXPECT_EQ(document["findings"][0]["row"], 300);
  EXPECT_EQ(document["findings"][0]["sequence"], "301");
}

TEST_F(AuditVerify, TakesCheckpointsAndExportsThatWereKept) {
  const std::string kept = console_.File("kept.note"), older = console_.File("older");
  trail::Put(kept, log_.note(600));
  EXPECT_EQ(Verify({"--checkpoint", kept, "--checkpoint", kept, "--earlier", folder_}).status, 0);
  trail::SampleLog longer = log_;
  longer.Append(100);
  longer.Sign();
  trail::Put(kept, longer.note(700));
  const ConsoleEnd::Ran ran = Verify({"--checkpoint", kept});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("rows 600–699 are not there"), HasSubstr("kept.note")));
}

TEST_F(AuditVerify, SaysBehindWhichRowTheMissingOnesStood) {
  trail::Lines lines = trail::Bundle(folder_, 1, 600);
  lines.erase(lines.begin() + 44, lines.begin() + 46);
  trail::PutBundle(folder_, 1, 600, lines);
  EXPECT_THAT(Verify().out, AllOf(HasSubstr("行 300–301 が取り除かれています。直前の行: 連番 300、2026-11-23T09:14:"),
                                  HasSubstr("removed: rows 300–301; the row before them: sequence 300, ")));
  const json finding = json::parse(Verify({"--json"}).out)["findings"][0];
  EXPECT_EQ(finding["kind"], "rows_removed");
  EXPECT_EQ(finding["after_sequence"], "300");
  EXPECT_FALSE(finding.contains("sequence"));
}

TEST_F(AuditVerify, TakesTheWholeFileOfAWitnessAndSaysWhoNeverSigned) {
  const std::string kept = console_.File("witness.notes"), witness = console_.File("witness.key");
  trail::SampleLog longer = log_;
  longer.Append(100);
  longer.Sign();
  trail::Put(kept, log_.note(600) + "madoguchi.clinic.ex\n" + longer.note(700));
  const ConsoleEnd::Ran ran = Verify({"--checkpoint", kept});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("rows 600–699 are not there"), HasSubstr("witness.notes:2")));
  trail::Put(witness, "witness.example+790a8a0d+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X\n");
  EXPECT_THAT(Verify({"--witness", witness}).out, HasSubstr("never witnessed by: witness.example"));
}

TEST_F(AuditVerify, TakesTheFormerKeysOfATrail) {
  const std::string newer = console_.File("vkey2");
  log_.ChangeKey();
  log_.Append(50);
  log_.Sign();
  log_.Export(folder_);
  trail::Put(newer, log_.key().Written() + "\n");
  EXPECT_EQ(console_.Run({"audit", "verify", folder_, "--key", newer, "--former-key", key_}).status, 0);
  EXPECT_EQ(console_.Run({"audit", "verify", folder_, "--key", newer}).status, 1);
  EXPECT_EQ(console_.Run({"audit", "verify", folder_, "--key", key_, "--former-key", newer}).status, 1);
}

TEST_F(AuditVerify, TellsWhatCannotBeReadFromWhatIsWrong) {
  trail::Put(key_, "no key");
  const ConsoleEnd::Ran ran = Verify();
  EXPECT_EQ(ran.status, 3);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("1603"), HasSubstr(key_)));
  EXPECT_EQ(console_.Run({"audit", "verify", console_.File("none"), "--key", key_}).status, 3);
  EXPECT_EQ(console_.Run({"audit", "verify", folder_}).status, 2);
}

TEST(FindingText, SaysEveryKindInBothLanguagesAndPrintsNoControls) {
  for (int kind = 0; kind <= static_cast<int>(trail::FindingKind::kTombstoneUnrecorded); ++kind) {
    const trail::Finding finding{static_cast<trail::FindingKind>(kind), 3, 9, 5, "a\x1b[2Jfile", {}, {"4", ""}};
    const FindingText text = TextOf(finding);
    EXPECT_GT(text.ja.size(), 20u) << kind;
    EXPECT_GT(text.en.size(), 15u) << kind;
    EXPECT_THAT(text.ja + text.en, Not(HasSubstr("\x1b"))) << kind;
  }
}

}  // namespace
}  // namespace madoguchi::cli
