// SPDX-License-Identifier: Apache-2.0
// What our mails and notices say: Japanese first, English below or beside. Pure. Thread: any.
#pragma once
#include <cstdint>
#include <string>

#include "server/account/mail.h"

namespace madoguchi::account {

// 利用開始申請受付完了 (S2). accounts: how many were issued; 0: nothing has to be printed.
Mail AcceptedMail(const std::string& recipient, const std::string& institution_code, std::uint32_t number,
                  std::size_t accounts);
// ID and first password of a new user of the console (S1). Holds the password: wipe it once it is sealed.
Mail FirstPasswordMail(const std::string& recipient, const std::string& password);

struct NoticeText {
  std::string ja, en;
};
// about: as RaiseNotice wrote it. An unknown kind (a newer server wrote it) is shown as its word.
NoticeText TextOfNotice(const std::string& kind, const std::string& about);

}  // namespace madoguchi::account
