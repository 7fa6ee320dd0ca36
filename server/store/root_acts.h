// SPDX-License-Identifier: Apache-2.0
// What whoever is root on the server's machine may do alone, where the console asks for two people: the alternative
// when there is nobody else (design §7). Each takes the owner's connection and writes its row in the trail with actor
// "root". Thread: any. Errors: DATABASE_….
#pragma once
#include <string>

#include "contract/result.h"

namespace madoguchi::store {

struct NewAdministrator {
  std::string user_id, name, password_hash;  // the first password's: it has to be changed
};

// An administrator of the whole organisation: the first one, or one more. USER_EXISTS · SERVER_BUSY: as many users as
// there may be.
Result<void> AddAdministrator(const std::string& owner_url, const NewAdministrator& administrator);
// Ends the locks of a device account early. ACCOUNT_UNKNOWN · STATE_NOT_POSSIBLE: it is not locked.
Result<void> UnlockAccount(const std::string& owner_url, const std::string& institution_code,
                           const std::string& account_id);

}  // namespace madoguchi::store
