// SPDX-License-Identifier: Apache-2.0
// account: state, note, holder, lock, release. Import and sheets: sheet_commands.cpp.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "madoguchi/v1/account_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::AccountService::Stub;

const std::vector<Column>& ListColumns() {
  static const std::vector<Column> columns = {{"account_id", "ID"},
                                              {"state", "状態 / state"},
                                              {"holder", "使用先 / holder"},
                                              {"desk_name", "窓口端末 / desk"},
                                              {"note", "備考 / note"},
                                              {"logged_in", "ログイン中 / logged in"},
                                              {"locked_until", "ロック / locked until"},
                                              {"last_used_at", "最終利用 / last use"},
                                              {"certificate_expires_at", "証明書期限 / certificate"}};
  return columns;
}

const std::vector<Column>& CardColumns() {
  static const std::vector<Column> columns = {
      {"account_id", "ID"},
      {"institution_code", "医療機関コード / institution"},
      {"state", "状態 / state"},
      {"holder", "使用先 / holder"},
      {"desk_name", "窓口端末 / desk"},
      {"desk_id", "窓口端末 ID / desk id"},
      {"note", "備考 / note"},
      {"starts_on", "利用開始年月日 / start"},
      {"ends_on", "利用終了年月日 / end"},
      {"suspended_on", "利用停止年月日 / suspended"},
      {"logged_in", "ログイン中 / logged in"},
      {"locked_until", "ロック（院内） / locked here until"},
      {"national_locked_until", "ロック（国側） / locked there until"},
      {"last_used_at", "最終利用 / last use"},
      {"last_address", "IP アドレス / address"},
      {"terminal_version", "端末の版 / version"},
      {"reader", "リーダー / reader"},
      {"certificate_expires_at", "証明書期限 / certificate"},
      {"application_number", "申請番号 / application"},
      {"activation_code_unused", "アクティベーションコード未使用 / code unused"},
      {"sealed_until", "設定シート印刷期限 / sheet until"}};
  return columns;
}

template <class Request>
using Options = std::function<void(CLI::App&, const std::shared_ptr<Request>&)>;

// A command that names one account and answers with it. question: asked first, if any.
template <class Request, class Response>
void AddAct(CLI::App& group, Shell& shell, const char* name, const char* description,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), const char* question,
            const Options<Request>& options) {
  const auto request = std::make_shared<Request>();
  CLI::App& command = AddCommand(group, shell, name, description, [request, method, question](Shell& run) -> Done {
    if (Done failed = FillInstitution(run, request->mutable_institution_code())) return failed;
    if (question != nullptr) {
      if (Done no = Agree(run, request->account_id() + ": " + question)) return no;
    }
    Response answer;
    if (Done failed = run.client->Call(method, *request, answer)) return failed;
    Shown shown = ShownOne("account", answer.account(), CardColumns());
    if constexpr (std::is_same_v<Response, v1::ReleaseAccountResponse>) {
      shown.flags.emplace_back("new_code_sealed", answer.new_code_sealed());
      shown.notes.emplace_back(
          answer.new_code_sealed()
              ? "新しいアクティベーションコードを受け取りました / a new activation code is here"
              : "新しい設定シートを取り込んでください / import the new sheet: madoguchi-admin account import");
    }
    Show(run.settings, shown);
    return {};
  });
  AddText(command, "ACCOUNT", request->mutable_account_id(), "アカウント ID（例 W0000001） / the account's id")
      .required();
  options(command, request);
}

template <class Request>
void AddReason(CLI::App& command, const std::shared_ptr<Request>& request) {
  AddText(command, "--reason", request->mutable_reason(), "理由（200 文字まで） / reason").required();
}

Done Unlock(Shell& shell, v1::UnlockAccountRequest& request, bool break_glass) {
  if (Done failed = FillInstitution(shell, request.mutable_institution_code())) return failed;
  if (break_glass) {
    if (Done failed = shell.secrets->Get(secret_name::kBreakGlass, "封筒の緊急解除コード / break-glass code: ",
                                         Typing::kSilent, *request.mutable_break_glass_code())) {
      return failed;
    }
  }
  v1::UnlockAccountResponse answer;
  Done failed = shell.client->Call(&Stub::Unlock, request, answer);
  WipeText(request.mutable_break_glass_code());
  if (failed) return failed;
  Shown shown = ShownOne("account", answer.account(), CardColumns());
  shown.notes.emplace_back("ロックを解除しました / unlocked");
  if (break_glass) {
    shown.notes.emplace_back(
        "緊急解除コードの使用は通知されました。翌朝 9 時までに別の人の確認が必要です\n"
        "The use was announced; somebody else reviews it by 9 tomorrow: madoguchi-admin break-glass uses");
  }
  Show(shell.settings, shown);
  return {};
}

void AddUnlock(CLI::App& group, Shell& shell) {
  const auto request = std::make_shared<v1::UnlockAccountRequest>();
  const auto break_glass = std::make_shared<bool>(false);
  CLI::App& command =
      AddCommand(group, shell, "unlock",
                 "ロックを早く解除する（2 名、または緊急解除コード） / end a lock early (two people or break-glass)",
                 [request, break_glass](Shell& run) { return Unlock(run, *request, *break_glass); });
  AddText(command, "ACCOUNT", request->mutable_account_id(), "アカウント ID / the account's id").required();
  AddApproval(command, request->mutable_approval_id());
  AddFlag(
      command, "--break-glass", [break_glass] { *break_glass = true; },
      "緊急解除コードを使う（入力） / use a break-glass code (typed)");
}

}  // namespace

void AddAccountCommands(CLI::App& app, Shell& shell) {
  CLI::App& group = AddGroup(app, "account", "端末機器アカウント / device accounts");
  AddCommand(group, shell, "list", "アカウントの一覧 / list the accounts", [](Shell& run) -> Done {
    v1::ListAccountsRequest request;
    request.set_institution_code(run.settings.institution);
    v1::ListAccountsResponse answer;
    if (Done failed = run.client->Call(&Stub::List, request, answer)) return failed;
    Show(run.settings, ShownList("accounts", answer.accounts(), ListColumns()));
    return {};
  });
  AddAct<v1::ShowAccountRequest, v1::ShowAccountResponse>(
      group, shell, "show", "1 件を詳しく表示する / show one account", &Stub::Show, nullptr, [](auto&, auto&) {});
  AddAct<v1::SetAccountNoteRequest, v1::SetAccountNoteResponse>(
      group, shell, "note", "備考を書く / write the note", &Stub::SetNote, nullptr,
      [](CLI::App& command, const auto& request) {
        AddText(command, "TEXT", request->mutable_note(), "備考（100 文字まで、空で消す） / note, empty to remove")
            .required();
      });
  AddAct<v1::SetAccountHolderRequest, v1::SetAccountHolderResponse>(
      group, shell, "holder", "使用先を記録する / record who holds it", &Stub::SetHolder, nullptr,
      [](CLI::App& command, const auto& request) {
        AddChoice(
            command, "HOLDER", *v1::AccountHolder_descriptor(),
            [request](int holder) { request->set_holder(static_cast<v1::AccountHolder>(holder)); }, "使用先 / holder")
            .required();
      });
  AddAct<v1::SuspendAccountRequest, v1::SuspendAccountResponse>(group, shell, "suspend", "利用を停止する / suspend",
                                                                &Stub::Suspend, nullptr,
                                                                AddReason<v1::SuspendAccountRequest>);
  AddAct<v1::ResumeAccountRequest, v1::ResumeAccountResponse>(group, shell, "resume", "利用を再開する / resume",
                                                              &Stub::Resume, nullptr, [](auto&, auto&) {});
  AddAct<v1::EndAccountRequest, v1::EndAccountResponse>(
      group, shell, "end", "利用を終了する（元に戻せない） / end for ever", &Stub::End,
      "利用を終了しますか。元に戻せません / end this account for ever?", AddReason<v1::EndAccountRequest>);
  AddUnlock(group, shell);
  AddAct<v1::ReleaseAccountRequest, v1::ReleaseAccountResponse>(
      group, shell, "release", "窓口端末との結び付きを解除する / end the binding to its desk", &Stub::Release,
      "窓口端末との結び付きを解除しますか / end the binding to its desk?", AddReason<v1::ReleaseAccountRequest>);
  AddSheetCommands(group, shell);
}

}  // namespace madoguchi::cli
