// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/report_text.h"

#include <gmock/gmock.h>

#include "admin/cli/text.h"

namespace madoguchi::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::MakeTrailReportResponse Report() {
  v1::MakeTrailReportResponse report;
  report.set_month("2026-11");
  report.set_made_at("2026-12-01T09:00:00+09:00");
  report.set_made_by("kansa@example.jp");
  report.set_checks(41);
  report.set_answered(40);
  report.set_by_pin(30);
  report.set_by_sight(11);
  report.set_open_from(7);
  report.set_open_until(21);
  report.add_closed_days(0);
  report.set_burst(10);
  v1::DeskDay& day = *report.add_days();
  day.set_day("2026-11-02");
  day.set_desk_id("desk-1");
  day.set_desk_name("窓口1");
  day.set_checks(41);
  day.set_answered(40);
  *report.add_desks() = day;
  report.mutable_desks(0)->clear_day();
  v1::FailureCount& failure = *report.add_failures();
  failure.set_code(1301);
  failure.set_count(1);
  failure.set_not_begun(4);
  failure.set_text_ja("応答がありません");
  failure.set_text_en("no answer");
  v1::ActCount& act = *report.add_acts();
  act.set_event("account.unlocked");
  act.set_event_ja("ロックの解除");
  act.set_event_en("a lock was ended early");
  act.set_who("=ada@example.jp");
  act.set_count(2);
  act.set_last_at("2026-11-05T10:00:00+09:00");
  act.set_kind("unlock");
  v1::OperatorUse& use = *report.add_operators();
  use.set_checks(41);
  use.set_by_sight(11);
  use.set_sight_timed(11);
  use.set_sight_under_two_seconds(3);
  use.set_without_patient_number(5);
  return report;
}

TEST(ReportText, ReadsFromTheWholeToTheSingleOperator) {
  const std::string text = ReportText(Report());
  std::size_t at = 0;
  for (const char* part : {"監査証跡の月次報告 2026-11 / Monthly report",
                           "2026-12-01 09:00",
                           "資格確認 / checks: 41（回答あり / answered 40",
                           "7:00–21:00、休み / closed: 日 / Sunday",
                           "1. 窓口端末ごと",
                           "窓口1",
                           "2. 日ごと",
                           "2026-11-02 (月)",
                           "██████████",
                           "3. 回答のなかった理由",
                           "応答がありません",
                           "4. 時間外",
                           "ありません / none",
                           "5. 1 分に 10 件",
                           "6. ロックの解除",
                           "2026-11-05 10:00",
                           "7. 端末が断った",
                           "8. ログインの失敗",
                           "9. 監査証跡の閲覧",
                           "10. 受付担当ごと",
                           "（担当なし / nobody）",
                           "11 27 %",
                           "3/11"}) {
    const std::size_t found = text.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << " is not behind the part before it in\n" << text;
    at = found;
  }
  EXPECT_THAT(text, Not(HasSubstr("途中までです")));
}

TEST(ReportText, SaysWhenAListWasCutAndWhenNothingIsKnown) {
  v1::MakeTrailReportResponse report = Report();
  report.set_cut(true);
  report.mutable_operators(0)->set_sight_timed(0);
  const std::string text = ReportText(report);
  EXPECT_THAT(text, HasSubstr("途中までです"));
  EXPECT_THAT(text, HasSubstr("—"));
}

// A month in which nobody came: no division by nothing, no empty table.
TEST(ReportText, AMonthWithoutRowsSaysSoInEveryPart) {
  v1::MakeTrailReportResponse report;
  report.set_month("2026-02");
  const std::string text = ReportText(report);
  EXPECT_THAT(text, HasSubstr("資格確認 / checks: 0"));
  std::size_t parts = 0;
  for (std::size_t at = text.find("ありません / none"); at != std::string::npos;
       at = text.find("ありません / none", at + 1))
    ++parts;
  EXPECT_EQ(parts, 10u) << text;
}

// Columns stand under each other whatever is full width; the days of all desks are one line.
TEST(ReportText, ColumnsStandUnderEachOtherAndADayHasOneLine) {
  v1::MakeTrailReportResponse report = Report();
  v1::DeskDay& other = *report.add_days();
  other.set_day("2026-11-02");
  other.set_desk_name("Front desk");
  other.set_checks(9);
  other.set_answered(9);
  *report.add_desks() = other;
  report.mutable_desks(1)->clear_day();
  const std::string text = ReportText(report);
  const auto column_of = [&text](const std::string& line_begin, const std::string& what) {
    const std::size_t line = text.find("\n" + line_begin) + 1;
    return Width(text.substr(line, text.find(what, line) - line));
  };
  EXPECT_EQ(column_of("窓口1", "41"), column_of("Front desk", "9 "));
  EXPECT_EQ(column_of("窓口1", "41"), column_of("窓口端末 / desk", "件 / checks"));
  EXPECT_THAT(text, HasSubstr("2026-11-02 (月)  50 "));
}

TEST(ReportText, WhatHasNoOutcomeYetIsSaidApart) {
  v1::MakeTrailReportResponse report = Report();
  EXPECT_THAT(ReportText(report), Not(HasSubstr("without an outcome")));
  report.set_without_outcome(2);
  EXPECT_THAT(ReportText(report), HasSubstr("without an outcome yet: 2"));
}

TEST(ReportText, ADesksNameMovesNoCursor) {
  v1::MakeTrailReportResponse report = Report();
  report.mutable_desks(0)->set_desk_name("窓\x1b[2J口");
  report.mutable_days(0)->set_day("2026\x1b[2J");
  EXPECT_THAT(ReportText(report), Not(HasSubstr("\x1b")));
}

TEST(ReportCsv, HasALinePerFactAndNoFormula) {
  const std::string csv = ReportCsv(Report());
  EXPECT_THAT(csv, testing::StartsWith("\xEF\xBB\xBFsection,time,desk_id,desk_name,who,what,count,answered,text\r\n"));
  EXPECT_THAT(csv, HasSubstr("total,2026-11,,,,,41,40,\r\n"));
  EXPECT_THAT(csv, HasSubstr("desk,2026-11,desk-1,窓口1,,,41,40,\r\n"));
  EXPECT_THAT(csv, HasSubstr("failure,,,,,1301,1,,"));
  EXPECT_THAT(csv, HasSubstr("not_begun,,,,,1301,4,,"));
  EXPECT_THAT(csv, HasSubstr("day,2026-11-02,desk-1,窓口1,,,41,40,\r\n"));
  EXPECT_THAT(csv, HasSubstr("unlock,2026-11-05T10:00:00+09:00,,,'=ada@example.jp,account.unlocked,2,"));
  EXPECT_THAT(csv, HasSubstr("sight_under_two_seconds=3/11"));
}

}  // namespace
}  // namespace madoguchi::cli
