// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/status_output.h"

#include <nlohmann/json.hpp>

#include "terminal/agent/error_output.h"
#include "terminal/agent/refusal_output.h"

namespace madoguchi::agent {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The account of a check that names no institution code, as the server chooses it (server/store/pg_directory.cpp): the
// first that may be used and is logged in. The server lists them by institution code.
const identity::AccountAtDesk* Preferred(const identity::DeskStatus& status) {
  for (const identity::AccountAtDesk& account : status.accounts) {
    if (account.active && account.logged_in) return &account;
  }
  return nullptr;
}

Json ToJson(const identity::AccountAtDesk& account) {
  return {{"account_id", account.account_id},
          {"institution_code", account.institution_code},
          {"institution_name", account.institution_name},
          {"active", account.active},
          {"logged_in", account.logged_in},
          {"locked_ms", account.locked.count()}};
}

std::string_view Word(identity::PasscodeState passcode) {
  switch (passcode) {
    case identity::PasscodeState::kNone:
      return "none";
    case identity::PasscodeState::kSet:
      return "set";
    case identity::PasscodeState::kSpent:
      return "spent";
  }
  return "none";
}

}  // namespace

std::string StatusJson(const identity::DeskStatus& status, identity::PasscodeState passcode) {
  Json accounts = Json::array();
  for (const identity::AccountAtDesk& account : status.accounts) accounts.push_back(ToJson(account));
  Json out = {{"ok", true}, {"desk_name", status.desk_name}, {"accounts", accounts}};
  if (const identity::AccountAtDesk* preferred = Preferred(status))
    out["preferred_institution_code"] = preferred->institution_code;
  out["operator_needed"] = status.operator_needed;
  if (!status.operator_code.empty()) {
    out["operator_code"] = status.operator_code;
    out["operator_idle_ms"] = status.operator_idle.count();
  }
  out["certificate_expires_at"] = status.certificate_expires_at;
  out["renew_now"] = status.renew_now;
  out["passcode"] = Word(passcode);
  return Dump(out);
}

std::string StatusText(const identity::DeskStatus& status, identity::PasscodeState passcode) {
  std::string text = "端末 / desk: " + status.desk_name + "\n";
  for (const identity::AccountAtDesk& account : status.accounts) {
    text += "アカウント / account: " + account.account_id + "  " + account.institution_code + " " +
            account.institution_name + "  " + (account.active ? "利用可 / usable" : "利用できません / not usable") +
            "  " + (account.logged_in ? "ログイン中 / logged in" : "ログアウト / logged out");
    if (account.locked.count() > 0) text += "  ロック解除まで / locked for " + MinutesAndSeconds(account.locked);
    text += "\n";
  }
  if (const identity::AccountAtDesk* preferred = Preferred(status); preferred && status.accounts.size() > 1) {
    text += "資格確認に使うアカウント / account of a check: " + preferred->account_id + " (" +
            preferred->institution_code + ")  ほかは --institution で選びます / choose another with --institution\n";
  }
  if (!status.operator_code.empty()) {
    text += "受付担当 / operator: " + status.operator_code + "  (" + MinutesAndSeconds(status.operator_idle) + ")\n";
  } else {
    text += std::string("受付担当 / operator: ") +
            (status.operator_needed ? "サインインが必要です / sign-in needed" : "なし / none") + "\n";
  }
  text += "証明書の期限 / certificate until: " + status.certificate_expires_at +
          (status.renew_now ? "  (更新時期です / time to renew)" : "") + "\n";
  text += "パスコード / passcode: ";
  text += passcode == identity::PasscodeState::kNone  ? "なし / none"
          : passcode == identity::PasscodeState::kSet ? "設定済み / set"
                                                      : "使えません(ログインが必要) / spent: log in";
  return text;
}

std::string LoggedInJson(const identity::AccountAtDesk& account) {
  return Dump({{"ok", true}, {"account", ToJson(account)}});
}

int ShowWaiting(const std::string& fingerprint, bool json) {
  const Error waiting{ErrorCode::kRenewalNotApproved, "", {}};
  if (!json) return ShowError(waiting, false);
  Json out = Json::parse(ErrorJson(waiting));
  out["fingerprint"] = fingerprint;
  PrintLine(Dump(out));
  return ExitStatus(waiting.code);
}

}  // namespace madoguchi::agent
