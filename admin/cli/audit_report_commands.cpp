// SPDX-License-Identifier: Apache-2.0
// audit report, rights, reviewed: what an auditor reads every month, and the mark that they did.
#include <cstdio>

#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "admin/cli/report_text.h"
#include "madoguchi/v1/trail_review_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::TrailReviewService::Stub;

constexpr std::uint32_t kHoursMost = 24, kDaysMost = 6, kBurstMost = 1000;

Done Report(Shell& shell, v1::MakeTrailReportRequest& request) {
  request.set_institution_code(shell.settings.institution);
  Progress("集計中 / counting: " + request.month());
  v1::MakeTrailReportResponse answer;
  if (Done failed = shell.client->Call(&Stub::Report, request, answer)) return failed;
  if (shell.settings.json) {
    Show(shell.settings, ShownOne("report", answer, {}));
    return {};
  }
  std::fputs((shell.settings.csv ? ReportCsv(answer) : ReportText(answer)).c_str(), stdout);
  return {};
}

Done Rights(Shell& shell, const v1::ReadRightsRequest& request) {
  v1::ReadRightsResponse answer;
  if (Done failed = shell.client->Call(&Stub::Rights, request, answer)) return failed;
  Shown shown = ShownList("rights", answer.rights(),
                          {{"kind", "種類 / kind"},
                           {"who", "誰 / who"},
                           {"name", "名前 / name"},
                           {"right", "権限 / right"},
                           {"institution_codes", "医療機関コード / institutions"},
                           {"at_desk", "端末 / desk"},
                           {"since", "いつから / since"},
                           {"given_by", "誰から / given by"},
                           {"sequence", "証跡の番号 / row"},
                           {"before_trail", "証跡より前から / before the trail"}});
  shown.texts.emplace_back("trail_begins_at", answer.trail_begins_at());
  shown.flags.emplace_back("retired_before", answer.retired_before());
  shown.notes.push_back(
      "証跡の始まり / the trail begins: " + answer.trail_begins_at() +
      "。それより前に与えられた権限は、この一覧では分かりません / what was given before is not known from it");
  if (answer.retired_before())
    shown.notes.emplace_back("保存期間を過ぎて整理された行があります / rows before have been retired");
  Show(shell.settings, shown);
  return {};
}

const std::vector<Column>& ReviewColumns() {
  static const std::vector<Column> columns = {
      {"at", "点検 / reviewed"},     {"by", "誰 / by"},         {"size", "行まで / up to row"},
      {"from", "この行から / from"}, {"to", "この行まで / to"}, {"institution_code", "医療機関コード / institution"}};
  return columns;
}

Done Mark(Shell& shell, v1::MarkReviewedRequest& request) {
  request.set_institution_code(shell.settings.institution);
  if (Done no = Agree(shell, "ここまで点検したことを記録しますか / record that you have reviewed up to here?"))
    return no;
  v1::MarkReviewedResponse answer;
  if (Done failed = shell.client->Call(&Stub::MarkReviewed, request, answer)) return failed;
  Show(shell.settings, ShownOne("review", answer.review(), ReviewColumns()));
  return {};
}

Done ListMarks(Shell& shell) {
  v1::ListReviewsResponse answer;
  if (Done failed = shell.client->Call(&Stub::ListReviews, v1::ListReviewsRequest(), answer)) return failed;
  Shown shown = ShownList("reviews", answer.reviews(), ReviewColumns());
  shown.numbers.emplace_back("size", answer.size());
  shown.notes.push_back("いま木にある行 / rows in the tree now: " + std::to_string(answer.size()));
  Show(shell.settings, shown);
  return {};
}

}  // namespace

void AddAuditReportCommands(CLI::App& audit, Shell& shell) {
  const auto request = std::make_shared<v1::MakeTrailReportRequest>();
  CLI::App& report = AddCommand(audit, shell, "report", "月次報告 / the monthly report",
                                [request](Shell& run) { return Report(run, *request); });
  AddText(report, "--month", request->mutable_month(), "月 / month: 2026-11").required();
  AddNumber(
      report, "--open-from", [request](std::uint32_t hour) { request->set_open_from(hour); },
      "これより前は時間外 [7] / use before this hour is out of hours")
      .check(CLI::Range(std::uint32_t{0}, kHoursMost));
  AddNumber(
      report, "--open-until", [request](std::uint32_t hour) { request->set_open_until(hour); },
      "これ以降は時間外 [21] / use from this hour on is out of hours")
      .check(CLI::Range(std::uint32_t{0}, kHoursMost));
  AddNumber(
      report, "--closed-day", [request](std::uint32_t day) { request->add_closed_days(day); },
      "休みの曜日、0 が日曜（繰り返せる） [0] / day of the week that is closed, 0 is Sunday; may be repeated")
      .check(CLI::Range(std::uint32_t{0}, kDaysMost))
      ->trigger_on_parse();
  AddFlag(
      report, "--no-closed-days", [request] { request->set_no_closed_days(true); },
      "休みの曜日なし / no day is closed");
  AddNumber(
      report, "--burst", [request](std::uint32_t checks) { request->set_burst(checks); },
      "1 人の担当が 1 分にこれより多く [10] / more checks of one operator in a minute than this")
      .check(CLI::Range(std::uint32_t{1}, kBurstMost));
  const auto day = std::make_shared<v1::ReadRightsRequest>();
  CLI::App& rights = AddCommand(
      audit, shell, "rights",
      "ある日に誰がどの権限を持っていたか、証跡だけから / who had which right on a day, from the trail alone",
      [day](Shell& run) { return Rights(run, *day); });
  AddText(rights, "--day", day->mutable_day(), "日 / day: 2026-11-23").required();
  CLI::App& reviewed = AddGroup(audit, "reviewed", "点検の記録 / marks of review");
  const auto mark = std::make_shared<v1::MarkReviewedRequest>();
  CLI::App& add = AddCommand(reviewed, shell, "mark", "ここまで点検したことを記録する / record a review up to here",
                             [mark](Shell& run) { return Mark(run, *mark); });
  AddNumber(
      add, "--size", [mark](std::uint32_t size) { mark->set_size(size); },
      "木のこの行まで（省けば今まで） / up to this row of the tree; without it, up to now");
  AddCommand(reviewed, shell, "list", "一覧 / list", ListMarks);
}

}  // namespace madoguchi::cli
