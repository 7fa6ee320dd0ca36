// SPDX-License-Identifier: Apache-2.0
#include "server/store/kept_statements.h"

namespace madoguchi::store {
namespace {

// A press whose answer is sent again is handed on once: the key of the second row goes with the next sweep.
constexpr char kKeepSql[] = R"(
  INSERT INTO kept_result (row_id, press_id, channel, state, sealed, desk_id, institution_code, operator_code, expires_at)
  VALUES ($1::uuid, $2::uuid, $3, CASE WHEN $4 THEN 'held' ELSE 'waiting' END, $5, $6::uuid, $7, NULLIF($8, ''),
          clock_timestamp() + make_interval(secs => $9))
  ON CONFLICT (press_id, channel) DO NOTHING)";

// A press that was taken over has the same persons: the answer to an identical question is the same.
constexpr char kSubjectSql[] = R"(
  INSERT INTO name_subject (press_id, result, person_hash, desk_id) VALUES ($1::uuid, $2, $3, $4::uuid)
  ON CONFLICT (press_id, result) DO NOTHING)";

constexpr char kForgetSubjectsSql[] = R"(
  DELETE FROM name_subject WHERE (press_id, result) IN
    (SELECT press_id, result FROM name_subject WHERE at < now() - make_interval(hours => $1) ORDER BY at LIMIT 8 FOR UPDATE SKIP LOCKED))";

constexpr char kOperatorSql[] = R"(
  UPDATE operator_sign_in SET last_used_at = clock_timestamp()
  WHERE desk_id = $1::uuid AND last_used_at + idle_seconds * interval '1 second' > clock_timestamp() RETURNING staff_code)";

}  // namespace

std::string OperatorAt(pqxx::work& transaction, const std::string& desk_id) {
  const pqxx::result rows = transaction.exec_params(kOperatorSql, desk_id);
  return rows.empty() ? std::string() : rows[0][0].as<std::string>();
}

void KeepResults(pqxx::work& transaction, const audit::CheckOutcome& outcome, const std::string& institution_code,
                 const std::string& operator_code) {
  const std::string press_id = UuidText(outcome.press_id);
  for (const audit::KeptRow& row : outcome.kept) {
    const pqxx::binarystring sealed(row.sealed.data(), row.sealed.size());
    transaction.exec_params(kKeepSql, row.row_id, press_id, row.channel, row.held, sealed, outcome.desk_id,
                            institution_code, operator_code, static_cast<int>(row.lives.count()));
  }
  if (outcome.person_hashes.empty()) return;
  int result = 0;
  for (const std::string& hash : outcome.person_hashes) {
    if (!hash.empty()) transaction.exec_params(kSubjectSql, press_id, result, hash, outcome.desk_id);
    ++result;
  }
  transaction.exec_params(kForgetSubjectsSql, static_cast<int>(kNameSubjectKept.count()));
}

audit::Event EventAbout(const char* word, const std::string& desk_id, const Bytes& press_id,
                        const std::string& institution_code, const std::string& actor, std::string detail, int code) {
  return {.action = word,
          .desk_id = desk_id,
          .press_id = press_id,
          .code = code,
          .detail = std::move(detail),
          .account_id = {},
          .institution_code = institution_code,
          .actor = actor};
}

audit::Event EventAbout(const char* word, const pqxx::row& row, const std::string& actor, std::string detail,
                        int code) {
  return EventAbout(word, row["desk_id"].c_str(), UuidFromText(row["press_id"].c_str()).value_or(Bytes{}),
                    row["institution_code"].c_str(), actor, std::move(detail), code);
}

}  // namespace madoguchi::store
