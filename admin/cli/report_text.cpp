// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/report_text.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>

#include "admin/cli/table.h"
#include "admin/cli/text.h"

namespace madoguchi::cli {
namespace {

using Report = v1::MakeTrailReportResponse;

constexpr const char* kDaysOfWeek[] = {"日 / Sunday",   "月 / Monday", "火 / Tuesday", "水 / Wednesday",
                                       "木 / Thursday", "金 / Friday", "土 / Saturday"};

std::string Number(std::uint64_t number) {
  return std::to_string(number);
}

std::string Share(std::uint32_t part, std::uint32_t whole) {
  return whole == 0 ? "" : std::to_string((100ULL * part + whole / 2) / whole) + " %";
}

// "2026-11-23T20:15:01+09:00" as "2026-11-23 20:15".
std::string Minute(const std::string& time) {
  std::string text = time.substr(0, 16);
  if (text.size() > 10 && text[10] == 'T') text[10] = ' ';
  return Printable(text);
}

std::string Desk(const std::string& name, const std::string& id) {
  return Printable(name.empty() ? id : name);
}

std::string Operator(const std::string& code) {
  return code.empty() ? "（担当なし / nobody）" : Printable(code);
}

std::string Section(const char* title, const Row& titles, const std::vector<Row>& rows) {
  return "\n" + std::string(title) + "\n" + (rows.empty() ? "ありません / none\n" : TableText(titles, rows));
}

std::string Head(const Report& report) {
  std::string closed;
  for (const std::uint32_t day : report.closed_days())
    closed += (closed.empty() ? "" : "、") + std::string(kDaysOfWeek[day % 7]);
  return "監査証跡の月次報告 " + Printable(report.month()) +
         " / Monthly report of the trail\n作成 / made: " + Minute(report.made_at()) + "  " +
         Printable(report.made_by()) + "\n\n資格確認 / checks: " + Number(report.checks()) + "（回答あり / answered " +
         Number(report.answered()) + "、回答なし / not answered " + Number(report.checks() - report.answered()) +
         "）" +
         (report.without_outcome() == 0
              ? ""
              : "\n始まって結果の記録がまだないもの / begun, without an outcome yet: " + Number(report.without_outcome())) +
         "\n方法 / method: 暗証番号 / PIN " + Number(report.by_pin()) + "、目視 / sight " +
         Number(report.by_sight()) + "、番号 / number " + Number(report.by_number()) +
         "\n診療時間 / hours: " + Number(report.open_from()) + ":00–" + Number(report.open_until()) +
         ":00、休み / closed: " + (closed.empty() ? "なし / none" : closed) + "\n";
}

// "2026-11-02" as "2026-11-02 (月)".
std::string Day(const std::string& day) {
  static constexpr const char* kLetters[] = {"日", "月", "火", "水", "木", "金", "土"};
  int year = 0;
  unsigned month = 0, number = 0;
  if (std::sscanf(day.c_str(), "%4d-%2u-%2u", &year, &month, &number) != 3) return Printable(day);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(number)};
  if (!date.ok()) return Printable(day);
  return Printable(day) + " (" + kLetters[std::chrono::weekday(std::chrono::sys_days(date)).c_encoding()] + ")";
}

// At most kBarMax; something is never nothing.
std::string Bar(std::uint32_t part, std::uint32_t most) {
  constexpr std::uint64_t kBarMax = 30;
  const std::uint64_t length = most == 0 ? 0 : (kBarMax * part + most - 1) / most;
  std::string bar;
  for (std::uint64_t i = 0; i < length; ++i) bar += "█";
  return bar;
}

std::string Desks(const Report& report) {
  std::vector<Row> rows;
  std::uint32_t most = 0;
  for (const v1::DeskDay& desk : report.desks()) most = std::max(most, desk.checks());
  for (const v1::DeskDay& desk : report.desks())
    rows.push_back({Desk(desk.desk_name(), desk.desk_id()), Number(desk.checks()),
                    Number(desk.checks() - desk.answered()), Bar(desk.checks(), most)});
  return Section("1. 窓口端末ごと / Checks per desk", {"窓口端末 / desk", "件 / checks", "回答なし / not answered", ""},
                 rows);
}

// All desks together: each desk's days are in the CSV.
std::string Days(const Report& report) {
  std::map<std::string, std::pair<std::uint32_t, std::uint32_t>> days;  // checks, answered
  for (const v1::DeskDay& day : report.days()) {
    days[day.day()].first += day.checks();
    days[day.day()].second += day.answered();
  }
  std::uint32_t most = 0;
  for (const auto& [day, count] : days) most = std::max(most, count.first);
  std::vector<Row> rows;
  rows.reserve(days.size());
  for (const auto& [day, count] : days)
    rows.push_back({Day(day), Number(count.first), Number(count.first - count.second), Bar(count.first, most)});
  return Section("2. 日ごと / Checks per day", {"日 / day", "件 / checks", "回答なし / not answered", ""}, rows);
}

std::string Failures(const Report& report) {
  std::vector<Row> rows;
  for (const v1::FailureCount& line : report.failures())
    rows.push_back({Number(static_cast<std::uint64_t>(line.code())), Number(line.count()), Number(line.not_begun()),
                    Printable(line.text_ja())});
  return Section("3. 回答のなかった理由 / Why there was no answer",
                 {"コード / code", "回答なし / not answered", "開始前に拒否 / not begun", "内容 / what"}, rows);
}

std::string Unusual(const Report& report) {
  std::vector<Row> late, bursts;
  for (const v1::OutOfHours& line : report.out_of_hours())
    late.push_back({Printable(line.day()), Desk(line.desk_name(), line.desk_id()), Operator(line.operator_code()),
                    Number(line.checks()), Minute(line.first_at()), Minute(line.last_at())});
  for (const v1::Burst& line : report.bursts())
    bursts.push_back({Minute(line.minute()), Operator(line.operator_code()), Desk(line.desk_name(), line.desk_id()),
                      Number(line.checks())});
  const std::string title = "5. 1 分に " + Number(report.burst()) + " 件を超えた資格確認 / More than " +
                            Number(report.burst()) + " checks in a minute";
  return Section("4. 時間外の資格確認 / Checks out of hours",
                 {"日 / day", "窓口端末 / desk", "受付担当 / operator", "件 / checks", "最初 / first", "最後 / last"},
                 late) +
         Section(title.c_str(), {"分 / minute", "受付担当 / operator", "窓口端末 / desk", "件 / checks"}, bursts);
}

std::string Acts(const Report& report, const char* kind, const char* title) {
  std::vector<Row> rows;
  for (const v1::ActCount& line : report.acts()) {
    if (line.kind() != kind) continue;
    rows.push_back({Printable(line.event_ja()) + " / " + Printable(line.event_en()), Number(line.count()),
                    Minute(line.last_at()), Printable(line.who())});
  }
  return Section(title, {"出来事 / event", "回 / count", "最後 / last", "誰・どこ / who"}, rows);
}

std::string Operators(const Report& report) {
  std::vector<Row> rows;
  for (const v1::OperatorUse& line : report.operators())
    rows.push_back(
        {Operator(line.operator_code()), Number(line.checks()), Number(line.by_number()),
         Number(line.by_sight()) + " " + Share(line.by_sight(), line.checks()),
         line.sight_timed() == 0 ? "—" : Number(line.sight_under_two_seconds()) + "/" + Number(line.sight_timed()),
         Number(line.without_patient_number()), Number(line.refused())});
  return Section("10. 受付担当ごと / Per operator",
                 {"受付担当 / operator", "件 / checks", "番号 / by number", "目視 / by sight",
                  "2 秒未満の目視 / sight under 2 s", "患者番号なし / no patient number", "回答なし / not answered"},
                 rows);
}

}  // namespace

std::string ReportText(const Report& report) {
  std::string text = Head(report) + Desks(report) + Days(report) + Failures(report) + Unusual(report) +
                     Acts(report, "unlock", "6. ロックの解除と再設定 / Unlocks and resets") +
                     Acts(report, "refused_command", "7. 端末が断ったカードのコマンド / Commands that desks refused") +
                     Acts(report, "log_in_failure", "8. ログインの失敗とロック / Log-in failures and locks") +
                     Acts(report, "trail_read", "9. 監査証跡の閲覧 / Reads of the trail") + Operators(report);
  if (report.cut())
    text +=
        "\n注意: 一覧の 1 つが長すぎるため、途中までです。audit search で続きを見てください。\n      A list was too "
        "long and is cut: use audit search for the rest.\n";
  return text;
}

std::string ReportCsv(const Report& report) {
  std::vector<Row> rows;
  const auto code = [](std::int32_t number) { return std::to_string(number); };
  rows.push_back({"total", report.month(), "", "", "", "", Number(report.checks()), Number(report.answered()), ""});
  rows.push_back({"without_outcome", report.month(), "", "", "", "", Number(report.without_outcome()), "", ""});
  for (const auto& line : report.desks())
    rows.push_back({"desk", report.month(), line.desk_id(), line.desk_name(), "", "", Number(line.checks()),
                    Number(line.answered()), ""});
  for (const auto& line : report.days())
    rows.push_back({"day", line.day(), line.desk_id(), line.desk_name(), "", "", Number(line.checks()),
                    Number(line.answered()), ""});
  for (const auto& line : report.failures()) {
    const std::string text = line.text_ja() + " / " + line.text_en();
    rows.push_back({"failure", "", "", "", "", code(line.code()), Number(line.count()), "", text});
    rows.push_back({"not_begun", "", "", "", "", code(line.code()), Number(line.not_begun()), "", text});
  }
  for (const auto& line : report.out_of_hours())
    rows.push_back({"out_of_hours", line.first_at(), line.desk_id(), line.desk_name(), line.operator_code(), "",
                    Number(line.checks()), "", line.last_at()});
  for (const auto& line : report.bursts())
    rows.push_back({"burst", line.minute(), line.desk_id(), line.desk_name(), line.operator_code(), "",
                    Number(line.checks()), "", ""});
  for (const auto& line : report.acts())
    rows.push_back({line.kind(), line.last_at(), "", "", line.who(), line.event(), Number(line.count()), "",
                    line.event_ja() + " / " + line.event_en()});
  for (const auto& line : report.operators()) {
    rows.push_back({"operator", "", "", "", line.operator_code(), "", Number(line.checks()),
                    Number(line.checks() - line.refused()),
                    "by_number=" + Number(line.by_number()) + " by_sight=" + Number(line.by_sight()) +
                        " sight_under_two_seconds=" + Number(line.sight_under_two_seconds()) + "/" +
                        Number(line.sight_timed()) +
                        " without_patient_number=" + Number(line.without_patient_number())});
  }
  return CsvText({"section", "time", "desk_id", "desk_name", "who", "what", "count", "answered", "text"}, rows);
}

}  // namespace madoguchi::cli
