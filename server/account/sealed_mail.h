// SPDX-License-Identifier: Apache-2.0
// A mail as it waits in the database (table outgoing_mail): subject and text are sealed, because a first password may
// be in them. Thread: any. Ownership: values. Errors: INTERNAL_ERROR for a sealed value that was not made here.
#pragma once
#include <string>

#include "contract/bytes.h"
#include "contract/crypto/seal.h"
#include "contract/result.h"
#include "server/account/mail.h"

namespace madoguchi::account {

struct SealedMail {
  std::string mail_id;  // UUID text, new
  std::string recipient, kind;
  Bytes sealed;  // under "mail" 00 mail id: subject LF text
};

// MAIL_NOT_SENT when it could never be sent: see mail_message.h for the limits.
Result<SealedMail> SealMail(const crypto::Seal& seal, const Mail& mail);
Result<Mail> OpenMail(const crypto::Seal& seal, const SealedMail& sealed);

// Wipes what a mail says.
void WipeMail(Mail& mail);

}  // namespace madoguchi::account
