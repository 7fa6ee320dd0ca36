// SPDX-License-Identifier: Apache-2.0
// One issued account into the database, in the caller's transaction: the account in state "issued", its password hash,
// its current activation code (an older unspent one becomes void), its sealed sheet, a step of its history, a row of
// the trail. Used when an application is accepted, when sheets are imported and when the national side issues anew
// after a release. Exceptions of pqxx pass through: the caller is a transaction of connection.h.
#pragma once
#include <pqxx/pqxx>
#include <string>

#include "contract/result.h"
#include "server/account/sealed_sheet.h"

namespace madoguchi::store {

struct IssuedRow {
  std::string institution_code, account_id;  // both of the right form
  account::IssuedForms forms;
  std::string issued_on;       // ISO date; empty: unknown
  std::string source;          // "national" or "import"
  std::string application_id;  // UUID text; empty: the one it has, else the oldest recorded application that still
                               // lacks accounts
  std::string by, owner;       // user id or "national"; this server process
};

// SHEET_OF_OTHER_FACILITY (the account is of another institution code) · SHEET_ALREADY_USED (the account is not in
// state "issued", or the code was spent or replaced before, or is another account's). The same sheet once more changes
// nothing but how long it stays sealed.
Result<void> StoreIssued(pqxx::work& transaction, const IssuedRow& row);

}  // namespace madoguchi::store
