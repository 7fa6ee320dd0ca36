// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_directory.h"

#include <sstream>

#include "contract/bytes.h"
#include "server/audit/event.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

constexpr char kLoadDesk[] = R"(
  SELECT desk.name, desk.status AS desk_status, account.account_id, account.institution_code, account.state AS account_state,
         array_to_string(methods_allowed(desk.desk_id, clock_timestamp()), ',') AS methods,
         coalesce(certificate.revoked_at IS NULL AND certificate.not_after > clock_timestamp(), false) AS certificate_accepted
  FROM desk
  LEFT JOIN desk_certificate AS certificate ON certificate.desk_id = desk.desk_id AND certificate.certificate_sha256 = decode($2, 'hex')
  LEFT JOIN device_account AS account ON account.desk_id = desk.desk_id AND ($3::text = '' OR account.institution_code::text = $3::text)
  LEFT JOIN desk_log_in AS log_in ON log_in.desk_id = desk.desk_id AND log_in.account_id = account.account_id
  WHERE desk.desk_id = $1::uuid
  ORDER BY account.state = 'active' DESC NULLS LAST, log_in.account_id IS NULL, account.institution_code
  LIMIT 1)";

constexpr char kArrived[] = R"(
  UPDATE desk SET last_seen_at = clock_timestamp(), last_address = NULLIF($2, '')::inet, terminal_version = NULLIF($3, ''),
                  reader = NULLIF($4, '')
  WHERE desk_id = $1::uuid)";

// The first use of a certificate ends every older one of its desk: whoever still holds one of those is not this desk
// any more.
constexpr char kEndOlder[] = R"(
  UPDATE desk_certificate AS older SET revoked_at = clock_timestamp()
  FROM desk_certificate AS used
  WHERE used.certificate_sha256 = decode($2, 'hex') AND used.desk_id = $1::uuid AND used.revoked_at IS NULL
    AND older.desk_id = used.desk_id AND older.issued_at < used.issued_at AND older.revoked_at IS NULL
  RETURNING older.serial)";

std::vector<std::string> Words(const std::string& joined) {
  std::vector<std::string> words;
  std::istringstream text(joined);
  for (std::string word; std::getline(text, word, ',');) words.push_back(word);
  return words;
}

Result<desk::DeskRecord> ReadDesk(const std::string& desk_id, const pqxx::result& rows) {
  if (rows.empty()) return Error{ErrorCode::kDeskUnknown, "desk " + desk_id, {}};
  const pqxx::row row = rows[0];
  if (row["desk_status"].as<std::string>() != "active") return Error{ErrorCode::kDeskNotActive, "desk " + desk_id, {}};
  if (!row["certificate_accepted"].as<bool>()) {
    return Error{ErrorCode::kCertificateNotAccepted, "certificate of desk " + desk_id, {}};
  }
  if (row["account_id"].is_null())
    return Error{ErrorCode::kAccountNotUsable, "no account is bound to desk " + desk_id, {}};
  const auto account_id = row["account_id"].as<std::string>();
  const auto account_state = row["account_state"].as<std::string>();
  if (account_state != "active") return Error{ErrorCode::kAccountNotUsable, account_id + " is " + account_state, {}};
  return desk::DeskRecord{desk_id, row["name"].as<std::string>(), row["institution_code"].as<std::string>(), account_id,
                          Words(row["methods"].as<std::string>())};
}

}  // namespace

Result<desk::DeskRecord> PgDirectory::LoadDesk(const desk::DeskQuery& query, Deadline deadline) {
  if (!UuidFromText(query.desk_id)) return Error{ErrorCode::kDeskUnknown, "not a desk id", {}};
  return pool_.Run(deadline, [&](pqxx::work& transaction) {
    return ReadDesk(query.desk_id, transaction.exec_params(kLoadDesk, query.desk_id, ToHex(query.certificate_sha256),
                                                           query.institution_code));
  });
}

Result<void> PgDirectory::RecordArrival(const desk::DeskQuery& query, const desk::Arrival& arrival, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kArrived, query.desk_id, arrival.address, arrival.terminal_version, arrival.reader);
    for (const pqxx::row& row : transaction.exec_params(kEndOlder, query.desk_id, ToHex(query.certificate_sha256))) {
      WriteEvent(transaction,
                 {.action = audit::action::kIdentityCertificateReplaced,
                  .desk_id = query.desk_id,
                  .press_id = {},
                  .code = 0,
                  .detail = "serial=" + row[0].as<std::string>(),
                  .actor = "desk"},
                 owner_);
    }
    return {};
  });
}

}  // namespace madoguchi::store
