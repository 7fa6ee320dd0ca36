// SPDX-License-Identifier: Apache-2.0
// Pieces of transactions about users of the console that several files of this module share. Each runs inside the
// caller's transaction. Exceptions of pqxx pass through. Lock order: approval, console_user, console_log_in_failure,
// then the rest.
#pragma once
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/result.h"
#include "server/account/approval.h"
#include "server/audit/trail.h"

namespace madoguchi::store {

// Of text[] as the database prints it in `{a,b}`: simple words only.
std::vector<std::string> Words(const std::string& array);
// Ends the user's open sessions, but the one of this digest (may be empty).
void EndSessions(pqxx::work& transaction, const std::string& user_id, ByteView but_token_sha256);
// Whether this approval can be used for its act now. APPROVAL_INVALID.
Result<void> CheckApproval(pqxx::work& transaction, const account::Approval& approval);
// Uses it up together with whatever else the transaction does; nothing when it is empty. Of two at the same moment, the
// second waits for what becomes of the first. First in its transaction. APPROVAL_INVALID.
Result<void> UseApproval(pqxx::work& transaction, const account::Approval& approval, const std::string& owner);
// The event of an act by a user of the console.
audit::Event ConsoleEvent(const char* action, const std::string& actor, std::string detail = {});

}  // namespace madoguchi::store
