// SPDX-License-Identifier: Apache-2.0
// The mails of the console beside the first password's (account/mail_texts.h), Japanese first. Some hold a first
// password or a code: they are sealed at once (account/sealed_mail.h). Thread: any; pure.
#pragma once
#include <string>

#include "server/account/mail.h"

namespace madoguchi::console {

account::Mail CredentialsResetMail(const std::string& user_id, const std::string& password);
account::Mail ResetMail(const std::string& user_id, const std::string& code);
// To every administrator, at once. act: "AccountService/Unlock W0000001".
account::Mail BreakGlassMail(const std::string& recipient, const std::string& used_by, const std::string& act);

}  // namespace madoguchi::console
