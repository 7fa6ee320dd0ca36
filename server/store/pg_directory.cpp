// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_directory.h"

#include "contract/bytes.h"

namespace madoguchi::store {
namespace {

constexpr char kLoadDesk[] = R"(
  SELECT desk.name, desk.status AS desk_status, account.account_id, account.institution_code, account.state AS account_state
  FROM desk LEFT JOIN device_account AS account USING (desk_id)
  WHERE desk.desk_id = $1::uuid
  ORDER BY account.state = 'active' DESC NULLS LAST, account.institution_code
  LIMIT 1)";

Result<desk::DeskRecord> ReadDesk(const std::string& desk_id, const pqxx::result& rows) {
  if (rows.empty()) return Error{ErrorCode::kDeskUnknown, "desk " + desk_id, {}};
  const pqxx::row row = rows[0];
  if (row["desk_status"].as<std::string>() != "active") return Error{ErrorCode::kDeskNotActive, "desk " + desk_id, {}};
  if (row["account_id"].is_null())
    return Error{ErrorCode::kAccountNotUsable, "no account is bound to desk " + desk_id, {}};
  const auto account_id = row["account_id"].as<std::string>();
  const auto account_state = row["account_state"].as<std::string>();
  if (account_state != "active") return Error{ErrorCode::kAccountNotUsable, account_id + " is " + account_state, {}};
  return desk::DeskRecord{desk_id, row["name"].as<std::string>(), row["institution_code"].as<std::string>(),
                          account_id};
}

}  // namespace

Result<desk::DeskRecord> PgDirectory::LoadDesk(const std::string& desk_id, Deadline deadline) {
  if (!UuidFromText(desk_id)) return Error{ErrorCode::kDeskUnknown, "not a desk id", {}};
  return pool_.Run(deadline, [&](pqxx::work& transaction) {
    return ReadDesk(desk_id, transaction.exec_params(kLoadDesk, desk_id));
  });
}

}  // namespace madoguchi::store
