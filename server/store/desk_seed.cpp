// SPDX-License-Identifier: Apache-2.0
#include "server/store/desk_seed.h"

#include "server/store/connection.h"

namespace madoguchi::store {
namespace {

constexpr char kAddInstitution[] = "INSERT INTO institution (code) VALUES ($1) ON CONFLICT DO NOTHING";
constexpr char kAddDesk[] = "INSERT INTO desk (name) VALUES ($1) RETURNING desk_id";
// An account that is already known is reserved only when it is free, issued and of this institution. A new one never
// had secrets: its activation tells nobody.
constexpr char kReserveAccount[] = R"(
  INSERT INTO device_account AS account (account_id, institution_code, reserved_for_desk, holder)
  VALUES ($1, $2, $3::uuid, 'desk')
  ON CONFLICT (account_id) DO UPDATE SET reserved_for_desk = excluded.reserved_for_desk, holder = 'desk'
  WHERE account.state = 'issued' AND account.reserved_for_desk IS NULL
    AND account.institution_code = excluded.institution_code)";
constexpr char kAddToken[] = R"(
  INSERT INTO enrolment_token (token_sha256, desk_id, expires_at)
  VALUES (decode($1, 'hex'), $2::uuid, clock_timestamp() + $3::bigint * interval '1 second'))";

}  // namespace

Result<std::string> AddDesk(const std::string& owner_url, const NewDesk& desk) {
  TRY_ASSIGN(const std::unique_ptr<Connection> connection, Connection::Open(owner_url, "add_desk", nullptr));
  return connection->Transact([&](pqxx::work& transaction) -> Result<std::string> {
    transaction.exec_params(kAddInstitution, desk.institution_code);
    const auto desk_id = transaction.exec_params(kAddDesk, desk.name)[0][0].as<std::string>();
    if (transaction.exec_params(kReserveAccount, desk.account_id, desk.institution_code, desk_id).affected_rows() ==
        0) {
      return Error{ErrorCode::kAccountNotUsable,
                   desk.account_id + " is bound to another desk, of another institution, or not usable",
                   {}};
    }
    transaction.exec_params(kAddToken, ToHex(desk.token_sha256), desk_id, desk.token_lifetime.count());
    return desk_id;
  });
}

}  // namespace madoguchi::store
