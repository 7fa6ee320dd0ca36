// SPDX-License-Identifier: Apache-2.0
// desk: list, prepare, replace, revoke, late renewals.
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "admin/cli/client.h"
#include "admin/cli/desk_choice.h"
#include "admin/cli/groups.h"
#include "admin/cli/prepared_desks.h"
#include "admin/cli/text.h"
#include "contract/deadline.h"
#include "madoguchi/v1/desk_admin_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::DeskAdminService::Stub;

constexpr std::chrono::seconds kWatchEvery{1};
constexpr std::uint32_t kValidMinutesDefault = 60, kValidMinutesMax = 1440;

const std::vector<Column>& Columns() {
  static const std::vector<Column> columns = {{"name", "窓口端末 / desk"},
                                              {"account_ids", "アカウント / accounts"},
                                              {"activation", "初期登録 / activation"},
                                              {"status", "状態 / status"},
                                              {"connected", "接続中 / connected"},
                                              {"last_seen_at", "最終接続 / last seen"},
                                              {"certificate_expires_at", "証明書期限 / certificate"},
                                              {"terminal_version", "版 / version"},
                                              {"desk_id", "ID"}};
  return columns;
}

struct Wish {
  v1::PrepareDesksRequest prepare;
  v1::ReplaceDeskRequest replace;
  std::vector<std::string> names, accounts;
  std::uint32_t count = 0;
  std::string prefix = "窓口";
  std::string out;
  bool links_only = false, watch = false;
};

// Until every desk is active, one link ran out, or the links can not be used any more.
Done Watch(Shell& shell, const std::vector<v1::Desk>& prepared, std::uint32_t minutes, v1::ListDesksResponse& all) {
  const Deadline give_up = Deadline::In(std::chrono::minutes(minutes == 0 ? kValidMinutesDefault : minutes));
  std::size_t shown = prepared.size() + 1;
  for (;;) {
    all.Clear();
    if (Done failed = shell.client->Call(&Stub::List, {}, all)) return failed;
    const Progressed progressed = CountActive(prepared, {all.desks().begin(), all.desks().end()});
    if (progressed.active != shown) {
      shown = progressed.active;
      Progress("初期登録 / activated: " + std::to_string(shown) + " / " + std::to_string(prepared.size()));
    }
    if (shown == prepared.size()) return {};
    if (progressed.expired || give_up.passed()) return Because(ErrorCode::kActivationExpired, "while watching");
    std::this_thread::sleep_for(kWatchEvery);
  }
}

Done ShowPrepared(Shell& shell, const Wish& wish, const PreparedDesks& prepared, const OutFolder& folder) {
  v1::ListDesksResponse list;
  Done failed;
  if (wish.out.empty()) {
    for (std::size_t i = 0; i < prepared.desks().size(); ++i)
      Progress(Printable(prepared.desks()[i].name()) + ": " + Printable(prepared.links()[i]));
  }
  if (wish.watch) failed = Watch(shell, prepared.desks(), wish.prepare.valid_minutes(), list);
  if (failed) return failed;
  v1::ListDesksResponse ours;
  for (const v1::Desk& desk :
       wish.watch ? std::vector<v1::Desk>(list.desks().begin(), list.desks().end()) : prepared.desks()) {
    const bool is_ours = std::any_of(prepared.desks().begin(), prepared.desks().end(),
                                     [&desk](const v1::Desk& one) { return one.desk_id() == desk.desk_id(); });
    if (is_ours) *ours.add_desks() = desk;
  }
  Shown shown = ShownList("desks", ours.desks(), Columns());
  shown.lists.emplace_back("files", folder.written());
  for (const std::string& path : folder.written()) shown.notes.push_back("  " + Printable(path));
  if (!wish.watch) {
    shown.notes.emplace_back(
        "各端末で / at each desk: madoguchi-terminal activate --qr FILE\n使用中の端末に加えるとき / at a desk that is "
        "active: activate --add-account --qr FILE\n進み具合 / progress: madoguchi-admin desk list");
  }
  Show(shell.settings, shown);
  return {};
}

template <class Request>
Done Receive(Shell& shell, const Wish& wish, const Request& request) {
  OutFolder folder;
  if (!wish.out.empty()) {
    if (Done failed = folder.Open(wish.out)) return failed;
  } else if (!wish.links_only || shell.settings.json || shell.settings.csv || isatty(STDERR_FILENO) != 1) {
    return Usage("登録リンクと QR シートを書くフォルダーを --out DIRECTORY で指定してください（0600）",
                 "name the folder for the links and QR sheets with --out DIRECTORY (mode 0600)");
  }
  if (Done failed = shell.client->Open()) return failed;
  grpc::ClientContext context;
  if (Done failed = shell.client->Prepare(context, kTransferWithin)) return failed;
  Stub stub(shell.client->channel());
  std::unique_ptr<grpc::ClientReader<v1::PrepareDesksResponse>> reader;
  if constexpr (std::is_same_v<Request, v1::PrepareDesksRequest>) {
    reader = stub.Prepare(&context, request);
  } else {
    reader = stub.Replace(&context, request);
  }
  PreparedDesks prepared;
  v1::PrepareDesksResponse message;
  Done broken;
  while (!broken && reader->Read(&message)) broken = prepared.Add(message);
  if (broken) context.TryCancel();
  const Done ended = Client::FromStatus(reader->Finish());
  if (!broken) broken = ended;
  if (!wish.out.empty()) {
    if (Done failed = prepared.WriteInto(folder, !broken)) return failed;
  }
  if (broken) return broken;
  return ShowPrepared(shell, wish, prepared, folder);
}

Done Prepare(Shell& shell, Wish& wish) {
  if (wish.names.empty() == (wish.count == 0))
    return Usage("端末の名前を並べるか、--count N で数を指定してください",
                 "give the desks' names, or their number with --count N");
  if (wish.count > kPreparedMax || wish.names.size() > kPreparedMax)
    return Usage("一度に 20 台までです", "at most 20 desks at once");
  for (std::uint32_t i = 1; i <= wish.count; ++i)
    wish.names.push_back(wish.prefix + (i < 10 ? "0" : "") + std::to_string(i));
  if (Done failed = FillInstitution(shell, wish.prepare.mutable_institution_code())) return failed;
  for (const std::string& name : wish.names) wish.prepare.add_names(name);
  for (const std::string& account : wish.accounts) wish.prepare.add_account_ids(account);
  wish.prepare.set_links_only(wish.links_only);
  return Receive(shell, wish, wish.prepare);
}

Done Replace(Shell& shell, Wish& wish) {
  if (Done failed = FillDesk(shell, wish.replace.mutable_desk_id())) return failed;
  if (Done no = Agree(shell,
                      "この端末を失効させ、新しい端末に引き継ぎますか / revoke this desk and let a new one take over?"))
    return no;
  wish.replace.set_links_only(wish.links_only);
  return Receive(shell, wish, wish.replace);
}

void AddPlaces(CLI::App& command, const std::shared_ptr<Wish>& wish) {
  AddText(command, "--out", &wish->out,
          "リンクと QR シートを書くフォルダー（0600） / folder for links and QR sheets (0600)");
  AddFlag(
      command, "--links-only", [wish] { wish->links_only = true; }, "QR シートを作らない / no QR sheets");
  AddFlag(
      command, "--watch", [wish] { wish->watch = true; },
      "全部の初期登録が済むまで見守る / follow until all are active");
}

void AddPrepare(CLI::App& group, Shell& shell) {
  const auto wish = std::make_shared<Wish>();
  CLI::App& command =
      AddCommand(group, shell, "prepare",
                 "端末に名前とアカウントを割り当て、登録リンクを作る / name desks, assign accounts, make links",
                 [wish](Shell& run) { return Prepare(run, *wish); });
  command.add_option("NAME", wish->names, "端末の名前（20 まで） / names of the desks")->type_name("");
  AddNumber(
      command, "--count", [wish](std::uint32_t count) { wish->count = count; },
      "名前のかわりに台数 / how many, instead of names");
  AddText(command, "--prefix", &wish->prefix, "--count の名前のはじめ（窓口） / beginning of the names of --count");
  command
      .add_option("--account", wish->accounts,
                  "名前の順のアカウント（なければ空きから順に） / accounts in the names' order")
      ->expected(1)
      ->take_all()
      ->type_name("ID");
  command
      .add_option_function<std::uint32_t>(
          "--valid-minutes", [wish](std::uint32_t minutes) { wish->prepare.set_valid_minutes(minutes); },
          "リンクの有効時間（分、既定 60） / minutes the links are good for")
      ->check(CLI::Range(1u, kValidMinutesMax))
      ->type_name("N");
  AddPlaces(command, wish);
}

void AddReplace(CLI::App& group, Shell& shell) {
  const auto wish = std::make_shared<Wish>();
  CLI::App& command =
      AddCommand(group, shell, "replace", "新しい PC や予備の端末に引き継ぐ / let a new or spare PC take over",
                 [wish](Shell& run) { return Replace(run, *wish); });
  AddText(command, "DESK", wish->replace.mutable_desk_id(), "引き継ぐ端末の名前か ID / name or id of the old desk")
      .required();
  AddText(command, "--name", wish->replace.mutable_new_name(), "新しい端末の名前 / name of the new desk").required();
  AddText(command, "--reason", wish->replace.mutable_reason(), "理由 / reason").required();
  AddPlaces(command, wish);
}

void AddRevoke(CLI::App& group, Shell& shell) {
  const auto request = std::make_shared<v1::RevokeDeskRequest>();
  CLI::App& command =
      AddCommand(group, shell, "revoke", "端末を失効させる（接続もすぐに切れる） / revoke a desk, at once",
                 [request](Shell& run) -> Done {
                   if (Done failed = FillDesk(run, request->mutable_desk_id())) return failed;
                   if (Done no = Agree(run, "この端末を失効させますか / revoke this desk?")) return no;
                   v1::RevokeDeskResponse answer;
                   if (Done failed = run.client->Call(&Stub::Revoke, *request, answer)) return failed;
                   Show(run.settings, ShownOne("desk", answer.desk(), Columns()));
                   return {};
                 });
  AddText(command, "DESK", request->mutable_desk_id(), "端末の名前か ID / name or id of the desk").required();
  AddText(command, "--reason", request->mutable_reason(), "理由 / reason").required();
}

void AddRenewals(CLI::App& group, Shell& shell) {
  AddCommand(group, shell, "renewals", "承認を待つ証明書更新の一覧 / list late renewals that wait",
             [](Shell& run) -> Done {
               v1::ListRenewalsResponse answer;
               if (Done failed = run.client->Call(&Stub::ListRenewals, {}, answer)) return failed;
               Show(run.settings, ShownList("renewals", answer.renewals(),
                                            {{"renewal_id", "ID"},
                                             {"desk_name", "窓口端末 / desk"},
                                             {"requested_at", "申出 / asked"},
                                             {"expired_at", "期限切れ / expired"},
                                             {"fingerprint", "鍵の指紋（電話で照合） / fingerprint"}}));
               return {};
             });
  const auto request = std::make_shared<v1::ApproveRenewalRequest>();
  CLI::App& command =
      AddCommand(group, shell, "approve", "期限の切れた端末の証明書更新を認める / approve a late renewal",
                 [request](Shell& run) -> Done {
                   v1::ApproveRenewalResponse answer;
                   if (Done failed = run.client->Call(&Stub::ApproveRenewal, *request, answer)) return failed;
                   Show(run.settings, ShownNote(request->refuse() ? "断りました / refused" : "認めました / approved"));
                   return {};
                 });
  AddText(command, "ID", request->mutable_renewal_id(), "desk renewals の ID / id of the renewal").required();
  AddFlag(
      command, "--refuse", [request] { request->set_refuse(true); }, "認めずに断る / refuse it instead");
}

}  // namespace

void AddDeskCommands(CLI::App& app, Shell& shell) {
  CLI::App& group = AddGroup(app, "desk", "窓口端末 / desks");
  AddCommand(group, shell, "list", "端末と初期登録の進み具合の一覧 / list the desks and their activation",
             [](Shell& run) -> Done {
               v1::ListDesksResponse answer;
               if (Done failed = run.client->Call(&Stub::List, {}, answer)) return failed;
               Show(run.settings, ShownList("desks", answer.desks(), Columns()));
               return {};
             });
  AddPrepare(group, shell);
  AddReplace(group, shell);
  AddRevoke(group, shell);
  AddRenewals(group, shell);
}

}  // namespace madoguchi::cli
