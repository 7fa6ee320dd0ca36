// SPDX-License-Identifier: Apache-2.0
#include "server/store/desk_statements.h"

#include "server/audit/event.h"
#include "server/store/account_statements.h"
#include "server/store/activation_statements.h"
#include "server/store/array_literal.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using account::DeskOverview;

// Which institution codes a desk is of: by the accounts that are, are meant to be, or once were activated there.
constexpr char kDesks[] = R"(
  WITH codes AS (
    SELECT desk.desk_id, array_agg(DISTINCT account.institution_code::text) AS codes
    FROM desk JOIN device_account AS account ON account.desk_id = desk.desk_id OR account.reserved_for_desk = desk.desk_id
      OR account.account_id IN (SELECT unnest(account_ids) FROM activation WHERE activation.desk_id = desk.desk_id)
    GROUP BY desk.desk_id
  )
  SELECT desk.desk_id, desk.name, desk.status, coalesce(desk.replaces::text, '') AS replaces,
         coalesce(desk.terminal_version, '') AS terminal_version,
         to_char(desk.created_at AT TIME ZONE 'UTC', $3) AS created_at,
         coalesce(to_char(desk.last_seen_at AT TIME ZONE 'UTC', $3), '') AS last_seen_at,
         coalesce(to_char(certificate.ends AT TIME ZONE 'UTC', $3), '') AS certificate_expires_at,
         CASE WHEN certificate.issued > 0 THEN 'active'
              WHEN EXISTS (SELECT FROM activation WHERE activation.desk_id = desk.desk_id AND activation.ended_at IS NULL
                             AND (step <> 'begun' OR expires_at > clock_timestamp())) THEN 'begun'
              WHEN EXISTS (SELECT FROM enrolment_token AS token WHERE token.desk_id = desk.desk_id AND token.used_at IS NULL
                             AND token.expires_at > clock_timestamp()) THEN 'prepared'
              ELSE 'expired' END AS activation,
         ARRAY(SELECT account_id FROM device_account AS account
               WHERE account.desk_id = desk.desk_id OR account.reserved_for_desk = desk.desk_id ORDER BY account_id) AS account_ids
  FROM desk LEFT JOIN codes USING (desk_id)
  CROSS JOIN LATERAL (SELECT max(not_after) FILTER (WHERE revoked_at IS NULL) AS ends, count(*) AS issued
                      FROM desk_certificate WHERE desk_certificate.desk_id = desk.desk_id) AS certificate
  WHERE CASE WHEN $1 = '' THEN desk.status = 'active' OR certificate.issued > 0 ELSE desk.desk_id::text = $1 END
    AND ($2::text[] = '{}' OR codes.codes && $2::text[])
  ORDER BY desk.created_at DESC, desk.desk_id LIMIT $4)";
constexpr char kTimeFormat[] = R"(YYYY-MM-DD"T"HH24:MI:SS"Z")";

constexpr char kEndTokens[] =
    "UPDATE enrolment_token SET used_at = clock_timestamp() WHERE desk_id = $1::uuid AND used_at IS NULL";
constexpr char kNewToken[] = R"(
  INSERT INTO enrolment_token (token_sha256, desk_id, expires_at)
  VALUES (decode($2, 'hex'), $1::uuid, clock_timestamp() + $3::int * interval '1 minute')
  RETURNING to_char(expires_at AT TIME ZONE 'Asia/Tokyo', 'YYYY"年"MM"月"DD"日" HH24:MI'))";

constexpr char kLockAccounts[] = R"(
  SELECT account_id, institution_code, coalesce(desk_id = $1::uuid, false) AS bound, state = 'suspended' AS suspended
  FROM device_account WHERE desk_id = $1::uuid OR reserved_for_desk = $1::uuid ORDER BY account_id FOR UPDATE)";
constexpr char kLockDesk[] = "SELECT status FROM desk WHERE desk_id = $1::uuid FOR UPDATE";
constexpr char kUnreserve[] = "UPDATE device_account SET reserved_for_desk = NULL WHERE reserved_for_desk = $1::uuid";
constexpr char kRevokeDesk[] = R"(
  UPDATE desk SET status = 'revoked', revoked_at = clock_timestamp(), revoked_reason = $2 WHERE desk_id = $1::uuid)";
constexpr char kRevokeCertificates[] =
    "UPDATE desk_certificate SET revoked_at = clock_timestamp() WHERE desk_id = $1::uuid AND revoked_at IS NULL";
constexpr char kEndBegun[] = R"(
  UPDATE activation SET step = 'failed', ended_at = clock_timestamp(), sealed = NULL, code = $2::int
  WHERE desk_id = $1::uuid AND step = 'begun' AND ended_at IS NULL)";
constexpr char kEndLogIns[] = "DELETE FROM desk_log_in WHERE desk_id = $1::uuid";
constexpr char kEndOperators[] = "DELETE FROM operator_sign_in WHERE desk_id = $1::uuid RETURNING staff_code";

// "{W0000001,W0000002}": ids hold nothing that would be quoted.
std::vector<std::string> ReadIds(const std::string& array) {
  std::vector<std::string> ids;
  std::string id;
  for (const char c : array) {
    if (c != '{' && c != '}' && c != ',') {
      id += c;
    } else if (!id.empty()) {
      ids.push_back(std::move(id));
      id.clear();
    }
  }
  return ids;
}

}  // namespace

std::vector<DeskOverview> ReadDesks(pqxx::work& transaction, const std::string& desk_id,
                                    const std::vector<std::string>& allowed) {
  std::vector<DeskOverview> desks;
  for (const pqxx::row& row :
       transaction.exec_params(kDesks, desk_id, TextArray(allowed), kTimeFormat, account::kDesksListedMax)) {
    const auto text = [&row](const char* column) { return row[column].as<std::string>(); };
    desks.push_back({text("desk_id"), text("name"), text("status"), text("activation"), text("certificate_expires_at"),
                     text("created_at"), text("last_seen_at"), text("terminal_version"), text("replaces"),
                     ReadIds(text("account_ids"))});
  }
  return desks;
}

std::string NewToken(pqxx::work& transaction, const std::string& desk_id, const Bytes& token_sha256,
                     int valid_minutes) {
  transaction.exec_params(kEndTokens, desk_id);
  return transaction.exec_params(kNewToken, desk_id, ToHex(token_sha256), valid_minutes)[0][0].as<std::string>();
}

Result<std::vector<std::string>> EndDesk(pqxx::work& transaction, const account::DeskAct& act, bool keep_reserved,
                                         const std::string& owner) {
  if (!UuidFromText(act.desk_id)) return Error{ErrorCode::kDeskUnknown, "not a desk id", {}};
  const pqxx::result accounts = transaction.exec_params(kLockAccounts, act.desk_id);
  const pqxx::result desk = transaction.exec_params(kLockDesk, act.desk_id);
  if (desk.empty()) return Error{ErrorCode::kDeskUnknown, "desk " + act.desk_id, {}};
  if (!act.allowed.empty() && ReadDesks(transaction, act.desk_id, act.allowed).empty())
    return Error{ErrorCode::kInstitutionNotAllowed, "desk " + act.desk_id, {}};
  if (desk[0][0].as<std::string>() != "active") return Error{ErrorCode::kStateNotPossible, "revoked already", {}};
  std::vector<std::string> released;
  for (const pqxx::row& account : accounts) {
    if (!account["bound"].as<bool>()) continue;
    const auto account_id = account["account_id"].as<std::string>();
    if (keep_reserved && account["suspended"].as<bool>())
      return Error{ErrorCode::kStateNotPossible, account_id + " is suspended: it is not passed on", {}};
    TRY_VOID(ChangeState(transaction, {account["institution_code"].as<std::string>(), account_id,
                                       account::Event::kRelease, "", act.by, act.reason, owner}));
    released.push_back(account_id);
  }
  if (!keep_reserved) transaction.exec_params(kUnreserve, act.desk_id);
  transaction.exec_params(kRevokeDesk, act.desk_id, act.reason);
  transaction.exec_params(kRevokeCertificates, act.desk_id);
  transaction.exec_params(kEndTokens, act.desk_id);
  transaction.exec_params(kEndBegun, act.desk_id, static_cast<int>(ErrorCode::kEnrolmentTokenInvalid));
  transaction.exec_params(kEndLogIns, act.desk_id);
  for (const pqxx::row& row : transaction.exec_params(kEndOperators, act.desk_id))
    WriteDeskEvent(transaction, audit::action::kAccountOperatorSignedOut, act.desk_id, "", "",
                   "staff:" + row[0].as<std::string>(), owner);
  return released;
}

void WriteDeskEvent(pqxx::work& transaction, const char* action, const std::string& desk_id,
                    const std::string& account_id, const std::string& institution_code, const std::string& by,
                    const std::string& owner) {
  WriteEvent(transaction,
             {.action = action,
              .desk_id = desk_id,
              .press_id = {},
              .code = 0,
              .detail = {},
              .account_id = account_id,
              .institution_code = institution_code,
              .actor = by},
             owner);
}

}  // namespace madoguchi::store
