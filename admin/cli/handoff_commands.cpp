// SPDX-License-Identifier: Apache-2.0
// handoff: what waits for the receipt computer, what was delivered, what was given up.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "madoguchi/v1/handoff_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::HandoffService::Stub;

constexpr std::uint32_t kRowsMost = 500;  // per call, as the server's

Done List(Shell& shell, const v1::ListHandoffRequest& request) {
  v1::ListHandoffResponse answer;
  if (Done failed = shell.client->Call(&Stub::List, request, answer)) return failed;
  Shown shown = ShownList("rows", answer.rows(),
                          {{"number", "番号 / number"},
                           {"created_at", "資格確認 / checked"},
                           {"channel", "連携先 / channel"},
                           {"state", "状態 / state"},
                           {"code", "コード / code"},
                           {"attempts", "回 / tries"},
                           {"next_at", "次 / next"},
                           {"desk_name", "窓口端末 / desk"},
                           {"file_name", "ファイル / file"},
                           {"press_id", "照会操作 / press"}});
  shown.flags.emplace_back("more", answer.more());
  if (answer.more()) {
    shown.notes.push_back("続き / more: --before " + std::to_string(answer.rows(answer.rows_size() - 1).number()));
  }
  Show(shell.settings, shown);
  return {};
}

// A command about one row.
template <class Request, class Response>
void AddAct(CLI::App& group, Shell& shell, const char* name, const char* description,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), const char* question,
            const char* done) {
  const auto request = std::make_shared<Request>();
  CLI::App& command =
      AddCommand(group, shell, name, description, [request, method, question, done](Shell& run) -> Done {
        if (question != nullptr) {
          if (Done no = Agree(run, std::to_string(request->number()) + ": " + question)) return no;
        }
        Response answer;
        if (Done failed = run.client->Call(method, *request, answer)) return failed;
        Shown shown;
        shown.notes.emplace_back(done);
        Show(run.settings, shown);
        return {};
      });
  AddNumber(
      command, "NUMBER", [request](std::uint32_t number) { request->set_number(number); },
      "一覧の番号 / number in the list")
      .required();
}

}  // namespace

void AddHandoffCommands(CLI::App& app, Shell& shell) {
  CLI::App& group = AddGroup(app, "handoff", "レセコン連携 / hand-off to the receipt computer");
  const auto wish = std::make_shared<v1::ListHandoffRequest>();
  CLI::App& list = AddCommand(group, shell, "list",
                              "待っているもの、届いたもの、止まったものを新しい順に / what waits, arrived or stopped",
                              [wish](Shell& run) { return List(run, *wish); });
  AddText(list, "--channel", wish->mutable_channel(), "連携先 / channel: oqs_folder, webhook, pull, show_again")
      .check(CLI::IsMember(std::vector<std::string>{"oqs_folder", "webhook", "pull", "show_again"}));
  AddText(list, "--state", wish->mutable_state(), "状態 / state: held, waiting, refused, delivered, destroyed")
      .check(CLI::IsMember(std::vector<std::string>{"held", "waiting", "refused", "delivered", "destroyed"}));
  AddNumber(
      list, "--limit", [wish](std::uint32_t rows) { wish->set_page_size(rows); }, "件数、1 から 500 まで [100] / rows")
      .check(CLI::Range(std::uint32_t{1}, kRowsMost));
  AddNumber(
      list, "--before", [wish](std::uint32_t number) { wish->set_before(number); },
      "この番号より古いもの / older than this number");
  AddAct<v1::RetryHandoffRequest, v1::RetryHandoffResponse>(
      group, shell, "retry", "止まったものをもう一度渡す / try a refused one again", &Stub::Retry, nullptr,
      "もう一度渡します / it is tried again now");
  AddAct<v1::DiscardHandoffRequest, v1::DiscardHandoffResponse>(
      group, shell, "discard", "保管した結果を消す / destroy a kept result", &Stub::Discard,
      "保管した結果を消します。元に戻せません / destroys the kept result for good", "消しました / destroyed");
}

}  // namespace madoguchi::cli
