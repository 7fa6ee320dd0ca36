// SPDX-License-Identifier: Apache-2.0
// audit maintenance: work of the vendor on this system, opened with a plan and closed with what was done.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "madoguchi/v1/maintenance_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::MaintenanceService::Stub;

Done List(Shell& shell) {
  v1::ListMaintenanceResponse answer;
  if (Done failed = shell.client->Call(&Stub::List, {}, answer)) return failed;
  Shown shown = ShownList("maintenance", answer.maintenance(),
                          {{"number", "番号 / number"},
                           {"company", "保守業者 / company"},
                           {"plan", "予定 / plan"},
                           {"opened_by", "開始した人 / opened by"},
                           {"opened_at", "開始 / opened"},
                           {"expected_until", "終了予定 / expected until"},
                           {"overdue", "超過 / overdue"},
                           {"closed_by", "終了した人 / closed by"},
                           {"closed_at", "終了 / closed"},
                           {"done", "行った作業 / done"}});
  shown.notes.emplace_back(
      "終了の欄が空のものは作業中です。終わったら audit maintenance close で行った作業を記録してください / without a "
      "closing time: still open. Close it with what was done");
  Show(shell.settings, shown);
  return {};
}

Done Open(Shell& shell, const v1::OpenMaintenanceRequest& request) {
  v1::OpenMaintenanceResponse answer;
  if (Done failed = shell.client->Call(&Stub::Open, request, answer)) return failed;
  Shown shown = ShownNote("保守作業の開始を記録しました / the work is opened: " + std::to_string(answer.number()));
  shown.numbers.emplace_back("number", answer.number());
  Show(shell.settings, shown);
  return {};
}

}  // namespace

void AddAuditMaintenanceCommands(CLI::App& audit, Shell& shell) {
  CLI::App& group = AddGroup(audit, "maintenance", "保守業者の作業: 予定と行った作業 / the vendor's work");
  AddCommand(group, shell, "list", "作業の一覧 / list the work", List);

  const auto opened = std::make_shared<v1::OpenMaintenanceRequest>();
  CLI::App& open = AddCommand(group, shell, "open", "作業の開始を、予定とともに記録する / open work with its plan",
                              [opened](Shell& run) { return Open(run, *opened); });
  AddText(open, "--company", opened->mutable_company(), "保守業者（100 文字まで） / the company").required();
  AddText(open, "--plan", opened->mutable_plan(),
          "作業の予定（400 文字まで。患者の名前は書かない） / what will be done")
      .required();
  AddNumber(
      open, "--minutes", [opened](std::uint32_t minutes) { opened->set_expected_minutes(minutes); },
      "予定時間、5–10080 分。過ぎても終了しなければ知らせる / how long; a reminder follows when it is not closed by "
      "then")
      .required();

  const auto closed = std::make_shared<v1::CloseMaintenanceRequest>();
  CLI::App& close =
      AddCommand(group, shell, "close", "作業の終了を、行った作業とともに記録する / close work with what was done",
                 [closed](Shell& run) -> Done {
                   v1::CloseMaintenanceResponse answer;
                   if (Done failed = run.client->Call(&Stub::Close, *closed, answer)) return failed;
                   Show(run.settings, ShownNote("保守作業の終了を記録しました / the work is closed"));
                   return {};
                 });
  AddNumber(
      close, "NUMBER", [closed](std::uint32_t number) { closed->set_number(number); },
      "audit maintenance list の番号 / number of the work")
      .required();
  AddText(close, "--done", closed->mutable_done(), "行った作業（400 文字まで。患者の名前は書かない） / what was done")
      .required();
}

}  // namespace madoguchi::cli
