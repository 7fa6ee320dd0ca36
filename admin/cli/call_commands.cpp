// SPDX-License-Identifier: Apache-2.0
// calls: what the national service was asked and what came of it.
#include "admin/cli/client.h"
#include "admin/cli/desk_choice.h"
#include "admin/cli/groups.h"
#include "admin/cli/time_text.h"
#include "madoguchi/v1/call_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::CallService::Stub;

constexpr std::uint32_t kRowsMost = 500;  // per call, as the server's

Done Search(Shell& shell, v1::SearchCallsRequest& request) {
  if (Done wrong = ReadTime("--since", *request.mutable_since())) return wrong;
  if (Done wrong = ReadTime("--until", *request.mutable_until())) return wrong;
  if (!request.desk_id().empty()) {
    if (Done failed = FillDesk(shell, request.mutable_desk_id())) return failed;
  }
  request.set_institution_code(shell.settings.institution);
  v1::SearchCallsResponse answer;
  if (Done failed = shell.client->Call(&Stub::Search, request, answer)) return failed;
  Shown shown = ShownList("calls", answer.calls(),
                          {{"number", "番号 / number"},
                           {"started_at", "開始 / started"},
                           {"kind", "種類 / kind"},
                           {"outcome", "結果 / outcome"},
                           {"code", "コード / code"},
                           {"took_us", "µs"},
                           {"attempts", "回 / tries"},
                           {"desk_name", "窓口端末 / desk"},
                           {"key", "キー / key"},
                           {"reconciled_as", "後の確認 / later"}});
  shown.flags.emplace_back("more", answer.more());
  if (answer.more()) {
    const std::string last = std::to_string(answer.calls(answer.calls_size() - 1).number());
    shown.notes.push_back("続き / more: --before " + last);
  }
  Show(shell.settings, shown);
  return {};
}

}  // namespace

void AddCallCommands(CLI::App& app, Shell& shell) {
  const auto request = std::make_shared<v1::SearchCallsRequest>();
  CLI::App& calls = AddCommand(
      app, shell, "calls",
      "外部照会（国のサービスへの要求）を新しい順に探す / search the requests to the national service, newest first",
      [request](Shell& run) { return Search(run, *request); });
  AddText(calls, "--kind", request->mutable_kind(),
          "種類 / kind: challenge, sight, check, inquiry, application, account, outcome")
      .check(CLI::IsMember(
          std::vector<std::string>{"challenge", "sight", "check", "inquiry", "application", "account", "outcome"}));
  AddText(calls, "--outcome", request->mutable_outcome(),
          "結果 / outcome: answered, refused, failed, unknown, reconciled")
      .check(CLI::IsMember(std::vector<std::string>{"answered", "refused", "failed", "unknown", "reconciled"}));
  AddText(calls, "--desk", request->mutable_desk_id(), "端末の名前か ID / name or id of the desk");
  AddNumber(
      calls, "--code", [request](std::uint32_t code) { request->set_code(static_cast<std::int32_t>(code)); },
      "エラーコード / error code");
  AddText(calls, "--key", request->mutable_key(),
          "冪等キー。資格確認では照会操作の ID / idempotency key; of a check its press id");
  AddText(calls, "--since", request->mutable_since(),
          "この日時から（時差の指定がなければ日本時間） / from then on (of Japan without a zone)");
  AddText(calls, "--until", request->mutable_until(), "この日時より前 / before then");
  AddNumber(
      calls, "--limit", [request](std::uint32_t rows) { request->set_page_size(rows); },
      "件数、1 から 500 まで [100] / rows")
      .check(CLI::Range(std::uint32_t{1}, kRowsMost));
  AddNumber(
      calls, "--before", [request](std::uint32_t number) { request->set_before(number); },
      "この番号より古いもの / older than this number");
}

}  // namespace madoguchi::cli
