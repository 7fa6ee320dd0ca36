// SPDX-License-Identifier: Apache-2.0
#include "server/account/sealed_mail.h"

#include "contract/crypto/random.h"
#include "server/account/mail_message.h"
#include "server/account/text_fields.h"

namespace madoguchi::account {
namespace {

std::string About(const std::string& mail_id) {
  return std::string("mail\0", 5) + mail_id;
}

}  // namespace

Result<SealedMail> SealMail(const crypto::Seal& seal, const Mail& mail) {
  const bool sendable = IsMail(mail.recipient, kAddressBytesMax) && mail.subject.size() <= kSubjectBytesMax &&
                        mail.subject.find_first_of("\r\n") == std::string::npos &&
                        mail.text.size() <= kMailTextBytesMax && ScalarValues(mail.subject) && ScalarValues(mail.text);
  if (!sendable) return Error{ErrorCode::kMailNotSent, mail.kind + ": address, subject or text cannot be sent", {}};
  SealedMail sealed{UuidText(crypto::NewUuid()), mail.recipient, mail.kind, {}};
  TRY_ASSIGN(SecretBytes plain, SecretBytes::Make(kSubjectBytesMax + 1 + kMailTextBytesMax));
  if (!plain.Append(AsBytes(mail.subject)) || !plain.Append('\n') || !plain.Append(AsBytes(mail.text)))
    return Error{ErrorCode::kInternalError, "size of a mail", {}};
  TRY_ASSIGN(sealed.sealed, seal.Close(plain.view(), About(sealed.mail_id)));
  return sealed;
}

Result<Mail> OpenMail(const crypto::Seal& seal, const SealedMail& sealed) {
  TRY_ASSIGN(const SecretBytes plain, seal.Open(sealed.sealed, About(sealed.mail_id)));
  const std::string_view text = AsText(plain.view());
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return Error{ErrorCode::kInternalError, "a sealed mail without subject", {}};
  return Mail{sealed.recipient, sealed.kind, std::string(text.substr(0, end)), std::string(text.substr(end + 1))};
}

void WipeMail(Mail& mail) {
  Wipe({reinterpret_cast<std::uint8_t*>(mail.subject.data()), mail.subject.size()});
  Wipe({reinterpret_cast<std::uint8_t*>(mail.text.data()), mail.text.size()});
}

}  // namespace madoguchi::account
