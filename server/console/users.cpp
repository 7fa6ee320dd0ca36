// SPDX-License-Identifier: Apache-2.0
#include "server/console/users.h"

#include "contract/crypto/password_hash.h"
#include "contract/secret_bytes.h"
#include "server/account/first_password.h"
#include "server/account/mail_texts.h"
#include "server/account/text_fields.h"
#include "server/console/mails.h"
#include "server/console/session_book.h"

namespace madoguchi::console {
namespace {

void CheckRole(const UserRole& user, account::Problems& problems) {
  if (user.role.empty()) problems.push_back({"role", "役割を選んでください。", "Choose a role."});
  if (user.institution_codes.size() > kInstitutionCodesMax)
    problems.push_back(
        {"institution_codes", "医療機関コードが多すぎます（20 まで）。", "Too many institution codes (at most 20)."});
  for (const std::string& code : user.institution_codes) {
    if (account::IsInstitutionCode(code)) continue;
    problems.push_back(
        {"institution_codes", "医療機関コードは 10 桁の数字です。", "An institution code has 10 digits."});
    break;
  }
}

Result<void> Refusal(const account::Problems& problems) {
  if (account::Refuses(problems)) return Error{ErrorCode::kFieldInvalid, problems.front().field, {}};
  return {};
}

// `mail_of` writes the mail around the password; the clear text ends here.
template <class MailOf>
Result<FirstPassword> MakeFirstPassword(const std::string& user_id, const crypto::Seal& seal, Deadline deadline,
                                        MailOf mail_of) {
  std::string password = account::NewFirstPassword();
  Result<std::string> hash = crypto::HashPassword(AsBytes(password), crypto::Slot::kLogIn, deadline);
  account::Mail mail = mail_of(user_id, password);
  Result<account::SealedMail> sealed = account::SealMail(seal, mail);
  account::WipeMail(mail);
  Wipe({reinterpret_cast<std::uint8_t*>(password.data()), password.size()});
  if (!hash.ok()) return std::move(hash).error();
  if (!sealed.ok()) return std::move(sealed).error();
  return FirstPassword{std::move(hash).value(), std::move(sealed).value()};
}

}  // namespace

std::string LowerCase(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

account::Problems CheckNewUser(const std::string& user_id, const std::string& name) {
  account::Problems problems;
  account::CheckMail(problems, {"user_id", "利用者ID（メールアドレス）", "User id (mail address)"}, user_id);
  account::CheckText(problems, {"name", "氏名", "Name"}, name, kUserNameMax);
  return problems;
}

Result<UserFacts> Users::Create(const Actor& actor, UserRole user, const std::string& name, Deadline deadline,
                                account::Problems& problems) {
  user.user_id = LowerCase(std::move(user.user_id));
  problems = CheckNewUser(user.user_id, name);
  CheckRole(user, problems);
  TRY_VOID(Refusal(problems));
  TRY_ASSIGN(const FirstPassword first, MakeFirstPassword(user.user_id, seal_, deadline, account::FirstPasswordMail));
  return book_.Create(actor, user, name, first, deadline);
}

Result<UserFacts> Users::SetRole(const Actor& actor, const UserRole& user, Deadline deadline,
                                 account::Problems& problems) {
  CheckRole(user, problems);
  TRY_VOID(Refusal(problems));
  return book_.SetRole(actor, user, deadline);
}

Result<void> Users::ResetCredentials(const Actor& actor, const std::string& user_id, Deadline deadline) {
  if (!account::IsMail(user_id, kUserIdMax)) return Error{ErrorCode::kNotFoundHere, "no user id", {}};
  TRY_ASSIGN(const FirstPassword first, MakeFirstPassword(user_id, seal_, deadline, CredentialsResetMail));
  return book_.ResetCredentials(actor, user_id, first, deadline);
}

}  // namespace madoguchi::console
