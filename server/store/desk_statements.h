// SPDX-License-Identifier: Apache-2.0
// Pieces of transactions about desks that preparing, revoking and replacing share. Exceptions of pqxx pass through: the
// caller is a transaction of connection.h. Thread: the transaction's.
#pragma once
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "contract/result.h"
#include "server/account/desks.h"

namespace madoguchi::store {

// desk_id empty: all of the allowed ones.
std::vector<account::DeskOverview> ReadDesks(pqxx::work& transaction, const std::string& desk_id,
                                             const std::vector<std::string>& allowed);
// The link of `desk_id` is now this one; older ones end. → until when, as printed.
std::string NewToken(pqxx::work& transaction, const std::string& desk_id, const Bytes& token_sha256, int valid_minutes);
// Locks accounts and desk, and ends the desk with all that hangs on it. → the accounts that were bound to it.
// keep_reserved: accounts meant for it stay meant for it, for the caller to pass on; suspended ones are not passed on.
// DESK_UNKNOWN · INSTITUTION_NOT_ALLOWED · STATE_NOT_POSSIBLE.
Result<std::vector<std::string>> EndDesk(pqxx::work& transaction, const account::DeskAct& act, bool keep_reserved,
                                         const std::string& owner);
void WriteDeskEvent(pqxx::work& transaction, const char* action, const std::string& desk_id,
                    const std::string& account_id, const std::string& institution_code, const std::string& by,
                    const std::string& owner);

}  // namespace madoguchi::store
