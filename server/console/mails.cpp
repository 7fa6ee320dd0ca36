// SPDX-License-Identifier: Apache-2.0
#include "server/console/mails.h"

namespace madoguchi::console {

account::Mail CredentialsResetMail(const std::string& user_id, const std::string& password) {
  return {user_id, "user.credentials_reset", "Madoguchi 管理画面のパスワード初期化 / your credentials were reset",
          "管理者がパスワードと認証アプリの登録を初期化しました。\n\n利用者ID: " + user_id +
              "\n新しい初回パスワード: " + password +
              "\n\nログインの後、ご自身のパスワードの設定と認証アプリの登録が必要です。\n"
              "依頼した覚えがないときは、ログインせずに院内の管理者に連絡してください。\n\n"
              "An administrator reset your password and your authenticator app.\nUser id and new first password are "
              "above.\n"
              "If you did not ask for this, do not log in and tell your administrator.\n"};
}

account::Mail ResetMail(const std::string& user_id, const std::string& code) {
  return {user_id, "user.password_reset", "Madoguchi 管理画面のパスワード再設定コード / your reset code",
          "パスワード再設定コード（30 分間、1 回だけ有効）:\n\n" + code + "\n\nmadoguchi-admin password reset " +
              user_id +
              "\n\n再設定を求めた覚えがないときは、このメールを破棄してください。パスワードは変わりません。\n\n"
              "Your reset code is above: 30 minutes, one use.\nIf you did not ask for it, do nothing: your password "
              "stays as it is.\n"};
}

account::Mail BreakGlassMail(const std::string& recipient, const std::string& used_by, const std::string& act) {
  return {recipient, "break_glass.used", "【重要】Madoguchi 緊急解除コードが使われました / a break-glass code was used",
          "封をした緊急解除コードが使われました。\n\n使った人: " + used_by + "\n操作: " + act +
              "\n\n翌朝 9 時までに、使った本人以外の人が内容を確認し、管理画面に記録してください。\n"
              "心当たりがないときは、ただちに残りのコードを無効にし、使った人のアカウントを停止してください。\n\n"
              "A break-glass code was used, by whom and for what is above.\n"
              "By 09:00 tomorrow somebody else must review this and record the finding.\n"
              "If nobody expected this, make new codes (the old ones end) and disable that user at once.\n"};
}

}  // namespace madoguchi::console
