// SPDX-License-Identifier: Apache-2.0
// staff: the roster of operators. Names are typed or given with --secrets-fd: arguments can be read by others.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "admin/cli/out_files.h"
#include "madoguchi/v1/staff_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::StaffService::Stub;

constexpr char kOutHelp[] = "最初の PIN を書く新しいファイル（0600） / new file for the first PIN (0600)";
constexpr char kCodeHelp[] = "受付担当コード（数字と大文字、12 文字まで） / staff code";

const std::vector<Column>& Columns() {
  static const std::vector<Column> columns = {{"staff_code", "コード / code"},
                                              {"name", "氏名 / name"},
                                              {"active", "有効 / active"},
                                              {"pin_must_change", "PIN 変更待ち / PIN to change"},
                                              {"locked_until", "ロック / locked until"}};
  return columns;
}

Done Add(Shell& shell, v1::AddStaffRequest& request, const std::string& out) {
  SecretLines lines;
  if (Done failed = lines.Open(shell.settings, out)) return failed;
  if (Done failed = shell.secrets->Get(secret_name::kName, "氏名 / name: ", Typing::kShown, *request.mutable_name()))
    return failed;
  v1::AddStaffResponse answer;
  if (Done failed = shell.client->Call(&Stub::Add, request, answer)) return failed;
  Done failed = lines.Keep({{"first_pin", answer.first_pin()}});
  WipeText(answer.mutable_first_pin());
  Shown shown = ShownOne("staff_member", answer.staff(), Columns());
  shown.texts.emplace_back("out", out);
  if (!failed) Show(shell.settings, shown);
  return failed;
}

Done ResetPin(Shell& shell, const v1::ResetStaffPinRequest& request, const std::string& out) {
  SecretLines lines;
  if (Done failed = lines.Open(shell.settings, out)) return failed;
  v1::ResetStaffPinResponse answer;
  if (Done failed = shell.client->Call(&Stub::ResetPin, request, answer)) return failed;
  Done failed = lines.Keep({{"first_pin", answer.first_pin()}});
  WipeText(answer.mutable_first_pin());
  Shown shown = ShownNote("PIN を再発行しました / a new first PIN was issued");
  shown.texts.emplace_back("out", out);
  if (!failed) Show(shell.settings, shown);
  return failed;
}

Done Remove(Shell& shell, const v1::RemoveStaffRequest& request) {
  if (Done no = Agree(shell, "受付担当 " + request.staff_code() + " を名簿から外しますか / remove from the roster?"))
    return no;
  v1::RemoveStaffResponse answer;
  if (Done failed = shell.client->Call(&Stub::Remove, request, answer)) return failed;
  Show(shell.settings, ShownNote("名簿から外しました / removed from the roster"));
  return {};
}

}  // namespace

void AddStaffCommands(CLI::App& app, Shell& shell) {
  CLI::App& group = AddGroup(app, "staff", "受付担当の名簿 / the roster of operators");
  AddCommand(group, shell, "list", "名簿の一覧 / list the roster", [](Shell& run) -> Done {
    v1::ListStaffResponse answer;
    if (Done failed = run.client->Call(&Stub::List, {}, answer)) return failed;
    Shown shown = ShownList("staff", answer.staff(), Columns());
    shown.numbers.emplace_back("roster_max", answer.roster_max());
    shown.notes.push_back("登録できる人数 / roster holds at most: " + std::to_string(answer.roster_max()));
    Show(run.settings, shown);
    return {};
  });

  const auto added = std::make_shared<v1::AddStaffRequest>();
  const auto added_out = std::make_shared<std::string>();
  CLI::App& add = AddCommand(group, shell, "add", "名簿に加える（氏名は入力） / add a person (the name is typed)",
                             [added, added_out](Shell& run) { return Add(run, *added, *added_out); });
  AddText(add, "CODE", added->mutable_staff_code(), kCodeHelp).required();
  AddText(add, "--out", added_out.get(), kOutHelp);

  const auto removed = std::make_shared<v1::RemoveStaffRequest>();
  CLI::App& remove = AddCommand(group, shell, "remove", "名簿から外す / remove a person",
                                [removed](Shell& run) { return Remove(run, *removed); });
  AddText(remove, "CODE", removed->mutable_staff_code(), kCodeHelp).required();

  const auto reset = std::make_shared<v1::ResetStaffPinRequest>();
  const auto reset_out = std::make_shared<std::string>();
  CLI::App& pin = AddCommand(group, shell, "reset-pin", "最初の PIN を出し直す / issue a new first PIN",
                             [reset, reset_out](Shell& run) { return ResetPin(run, *reset, *reset_out); });
  AddText(pin, "CODE", reset->mutable_staff_code(), kCodeHelp).required();
  AddText(pin, "--out", reset_out.get(), kOutHelp);
}

}  // namespace madoguchi::cli
