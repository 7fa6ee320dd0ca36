// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_token_book.h"

#include "contract/bytes.h"

namespace madoguchi::store {
namespace {

// One statement: of two who hold the same token at the same moment, one gets a row.
constexpr char kRedeem[] = R"(
  UPDATE enrolment_token AS token SET used_at = clock_timestamp()
  FROM desk
  WHERE token.token_sha256 = decode($1, 'hex') AND token.used_at IS NULL AND token.expires_at > clock_timestamp()
    AND desk.desk_id = token.desk_id AND desk.status = 'active'
  RETURNING desk.desk_id, desk.name)";

}  // namespace

Result<identity::Enrolled> PgTokenBook::Redeem(ByteView token_sha256, Deadline deadline) {
  const std::string digest = ToHex(token_sha256);
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<identity::Enrolled> {
    const pqxx::result rows = transaction.exec_params(kRedeem, digest);
    if (rows.empty()) return Error{ErrorCode::kEnrolmentTokenInvalid, "unknown, used or expired", {}};
    return identity::Enrolled{rows[0]["desk_id"].as<std::string>(), rows[0]["name"].as<std::string>()};
  });
}

}  // namespace madoguchi::store
