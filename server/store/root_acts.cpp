// SPDX-License-Identifier: Apache-2.0
#include "server/store/root_acts.h"

#include "server/audit/event.h"
#include "server/console/user_book.h"
#include "server/store/answer_limit.h"
#include "server/store/connection.h"
#include "server/store/console_statements.h"
#include "server/store/pg_accounts.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

constexpr char kRoot[] = "root";
constexpr std::chrono::seconds kUnlockWithin{20};
constexpr char kInsertAdministrator[] = R"(
  INSERT INTO console_user (user_id, name, role, password_hash, credentials_made_by)
  SELECT $1, $2, 'administrator', $3, $4 WHERE (SELECT count(*) FROM console_user) < $5::bigint ON CONFLICT (user_id) DO NOTHING)";

}  // namespace

Result<void> AddAdministrator(const std::string& owner_url, const NewAdministrator& administrator) {
  TRY_ASSIGN(const std::unique_ptr<Connection> connection, Connection::Open(owner_url, "add_administrator", nullptr));
  return connection->Transact([&](pqxx::work& transaction) -> Result<void> {
    const std::string& user_id = administrator.user_id;
    if (!transaction.exec_params("SELECT FROM console_user WHERE user_id = $1", user_id).empty())
      return Error{ErrorCode::kUserExists, "the user id is in use", {}};
    const pqxx::result made =
        transaction.exec_params(kInsertAdministrator, user_id, administrator.name, administrator.password_hash,
                                std::string(kRoot), console::kUsersMax);
    if (made.affected_rows() == 0) return Error{ErrorCode::kServerBusy, "as many users as there may be", {}};
    WriteEvent(transaction,
               ConsoleEvent(audit::action::kConsoleUserCreated, kRoot, "user=" + user_id + " role=administrator"),
               kRoot);
    return {};
  });
}

Result<void> UnlockAccount(const std::string& owner_url, const std::string& institution_code,
                           const std::string& account_id) {
  AnswerLimit limit;
  PgPool pool(owner_url, 1, limit);
  account::AccountAct act;
  act.institution_code = institution_code;
  act.account_id = account_id;
  act.by = kRoot;
  return PgAccounts(pool, kRoot).Unlock(act, Deadline::In(kUnlockWithin));
}

}  // namespace madoguchi::store
