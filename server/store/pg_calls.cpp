// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_calls.h"

#include <algorithm>
#include <array>
#include <set>

#include "server/audit/event.h"
#include "server/store/array_literal.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using eligibility::Became;
using eligibility::CallPage;
using eligibility::CallRecord;
using eligibility::CallRow;
using eligibility::CallSearch;
using eligibility::UnknownCall;

constexpr std::size_t kInstitutionCodeBytes = 10;
constexpr std::size_t kAccountIdBytesMax = 64;
constexpr std::size_t kColumns = 15;

// A row that a round has ended (it has no took_us) is made right by the end that comes after all.
constexpr char kWrite[] = R"(
  INSERT INTO service_call (call_id, kind, key, owner, started_at, ended_at, outcome, code, status, attempts, took_us, desk_id, account_id,
                            institution_code, processing_code, reconcile_at)
  SELECT call_id, kind, nullif(key, ''), $1, clock_timestamp() - age_us * interval '1 microsecond',
         CASE WHEN ended THEN clock_timestamp() - (age_us - took_us) * interval '1 microsecond' END, nullif(outcome, ''), code, status, attempts,
         CASE WHEN ended THEN took_us END, nullif(desk_id, '')::uuid, nullif(account_id, ''), nullif(institution_code, ''),
         nullif(processing_code, ''), CASE WHEN reconcile THEN clock_timestamp() + $2::int * interval '1 second' END
  FROM unnest($3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::boolean[], $8::text[], $9::int[], $10::int[], $11::int[], $12::bigint[],
              $13::text[], $14::text[], $15::text[], $16::text[], $17::boolean[])
       AS record (call_id, kind, key, age_us, ended, outcome, code, status, attempts, took_us, desk_id, account_id, institution_code,
                  processing_code, reconcile)
  ON CONFLICT (call_id) DO UPDATE
  SET ended_at = excluded.ended_at, outcome = excluded.outcome, code = excluded.code, status = excluded.status, attempts = excluded.attempts,
      took_us = excluded.took_us, processing_code = excluded.processing_code, reconcile_at = excluded.reconcile_at
  WHERE excluded.ended_at IS NOT NULL AND service_call.took_us IS NULL AND service_call.reconciled_at IS NULL
  RETURNING call_id)";

constexpr char kEndAbandoned[] = R"(
  UPDATE service_call
  SET ended_at = clock_timestamp(), outcome = CASE WHEN abandoned.is_act THEN 'unknown' ELSE 'failed' END,
      code = CASE WHEN abandoned.is_act THEN $1::int ELSE $2::int END,
      reconcile_at = CASE WHEN abandoned.is_act AND kind IN ('check', 'inquiry') THEN clock_timestamp() END
  FROM (SELECT number, key IS NOT NULL AND kind <> 'outcome' AS is_act FROM service_call
        WHERE ended_at IS NULL AND started_at < clock_timestamp() - $3::int * interval '1 second' FOR UPDATE SKIP LOCKED) AS abandoned
  WHERE service_call.number = abandoned.number
  RETURNING coalesce(key, '') AS key)";

constexpr char kSettle[] = R"(
  UPDATE service_call AS lost SET outcome = 'reconciled', reconciled_as = 'answered', reconciled_at = clock_timestamp()
  FROM service_call AS told
  WHERE lost.key = ANY ($1::text[]) AND lost.kind IN ('application', 'account') AND lost.outcome = 'unknown'
    AND told.key = lost.key AND told.kind = lost.kind AND told.outcome IN ('answered', 'refused'))";

// The pause is as long as the outcome has been unknown, so it doubles from one asking to the next.
constexpr char kTakeUnknown[] = R"(
  UPDATE service_call
  SET reconcile_at = CASE WHEN clock_timestamp() - started_at < $1::int * interval '1 second'
                          THEN clock_timestamp() + least(greatest(clock_timestamp() - ended_at, $2::int * interval '1 second'),
                                                         $3::int * interval '1 second') END
  WHERE number IN (SELECT number FROM service_call WHERE reconcile_at <= clock_timestamp() ORDER BY reconcile_at LIMIT $4::int
                   FOR UPDATE SKIP LOCKED)
  RETURNING call_id, kind, coalesce(key, '') AS key, coalesce(institution_code, '') AS institution_code, coalesce(account_id, '') AS account_id,
            coalesce(desk_id::text, '') AS desk_id, reconcile_at IS NOT NULL AS in_time)";

constexpr char kReconcile[] = R"(
  UPDATE service_call
  SET outcome = 'reconciled', reconciled_as = $2, reconciled_at = clock_timestamp(), reconcile_at = NULL
  WHERE call_id = $1::uuid AND outcome = 'unknown')";

constexpr char kForget[] = R"(
  DELETE FROM service_call WHERE number IN
    (SELECT number FROM service_call WHERE started_at < clock_timestamp() - $1::bigint * interval '1 second' LIMIT $2::bigint))";

constexpr char kSearch[] = R"(
  SELECT number, kind, coalesce(key, '') AS key, to_char(started_at AT TIME ZONE 'UTC', $1) AS started_at, coalesce(took_us, 0) AS took_us,
         coalesce(outcome, '') AS outcome, code, attempts, service_call.status, coalesce(service_call.desk_id::text, '') AS desk_id,
         coalesce(desk.name, '') AS desk_name, coalesce(account_id, '') AS account_id, coalesce(institution_code, '') AS institution_code,
         coalesce(reconciled_as, '') AS reconciled_as, coalesce(to_char(reconciled_at AT TIME ZONE 'UTC', $1), '') AS reconciled_at,
         coalesce(processing_code, '') AS processing_code
  FROM service_call LEFT JOIN desk ON desk.desk_id = service_call.desk_id
  WHERE ($2 = '' OR kind = $2) AND ($3 = '' OR outcome = $3) AND ($4 = '' OR service_call.desk_id = nullif($4, '')::uuid)
    AND ($5 = '' OR key = $5) AND ($6::int = 0 OR code = $6::int) AND ($7 = '' OR started_at >= nullif($7, '')::timestamptz)
    AND ($8 = '' OR started_at < nullif($8, '')::timestamptz) AND ($9::bigint = 0 OR number < $9::bigint)
    AND ($10::text[] = '{}' OR institution_code = ANY ($10::text[]))
  ORDER BY number DESC LIMIT $11::int)";
constexpr char kTimeFormat[] = R"(YYYY-MM-DD"T"HH24:MI:SS"Z")";

int Seconds(std::chrono::seconds time) {
  return static_cast<int>(time.count());
}

// For a column of so many characters; PostgreSQL refuses half a character, and none of our keys and codes has more than
// ASCII.
std::string Plain(const std::string& text, std::size_t characters_max) {
  std::string plain = text.substr(0, characters_max);
  std::replace_if(
      plain.begin(), plain.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return plain;
}

// What the columns cannot take is left out: one odd record must not cost its neighbours theirs.
void Add(std::array<ArrayLiteral, kColumns>& columns, const CallRecord& record, Deadline::Clock::time_point now) {
  const auto age = std::chrono::duration_cast<std::chrono::microseconds>(now - record.began);
  const std::string& code = record.caller.institution_code;
  const std::array<std::string, kColumns> values = {
      record.call_id,
      record.kind,
      Plain(record.key, eligibility::kCallKeyBytesMax),
      std::to_string(std::max<std::chrono::microseconds::rep>(age.count(), 0)),
      record.ended ? "true" : "false",
      record.outcome,
      std::to_string(record.code),
      std::to_string(record.status),
      std::to_string(record.attempts),
      std::to_string(record.took.count()),
      UuidFromText(record.caller.desk_id) ? record.caller.desk_id : std::string(),
      Plain(record.caller.account_id, kAccountIdBytesMax),
      code.size() == kInstitutionCodeBytes ? Plain(code, kInstitutionCodeBytes) : std::string(),
      Plain(record.processing_code, eligibility::kProcessingCodeBytesMax),
      record.reconcile ? "true" : "false"};
  for (std::size_t i = 0; i < kColumns; ++i) columns[i].Add(values[i]);
}

bool IsAboutAccounts(const CallRecord& record) {
  return record.kind == eligibility::call_kind::kApplication || record.kind == eligibility::call_kind::kAccount;
}

// What a check asked is told by its own rows of the trail.
audit::Event EventOf(const CallRecord& record) {
  audit::Event event;
  event.action = audit::action::kServiceCallMade;
  if (UuidFromText(record.caller.desk_id)) event.desk_id = record.caller.desk_id;
  event.code = record.code;
  event.detail = "kind=" + record.kind + " outcome=" + record.outcome + " status=" + std::to_string(record.status) +
                 " attempts=" + std::to_string(record.attempts) + " took_us=" + std::to_string(record.took.count());
  event.account_id = record.caller.account_id;
  event.institution_code = record.caller.institution_code;
  event.actor = "server";
  return event;
}

CallRow RowOf(const pqxx::row& row) {
  CallRow call;
  call.number = row["number"].as<std::int64_t>();
  call.kind = row["kind"].c_str();
  call.key = row["key"].c_str();
  call.started_at = row["started_at"].c_str();
  call.took_us = row["took_us"].as<std::int64_t>();
  call.outcome = row["outcome"].c_str();
  call.code = row["code"].as<int>();
  call.attempts = row["attempts"].as<int>();
  call.status = row["status"].as<int>();
  call.desk_id = row["desk_id"].c_str();
  call.desk_name = row["desk_name"].c_str();
  call.account_id = row["account_id"].c_str();
  call.institution_code = row["institution_code"].c_str();
  call.reconciled_as = row["reconciled_as"].c_str();
  call.reconciled_at = row["reconciled_at"].c_str();
  call.processing_code = row["processing_code"].c_str();
  return call;
}

}  // namespace

Result<void> PgCalls::Write(const std::vector<CallRecord>& records, Deadline deadline) {
  if (records.empty()) return {};
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    std::array<ArrayLiteral, kColumns> columns;
    ArrayLiteral acts;
    bool any_act = false;
    const auto now = Deadline::Clock::now();
    for (const CallRecord& record : records) {
      Add(columns, record, now);
      if (!record.ended || record.key.empty() || !IsAboutAccounts(record)) continue;
      acts.Add(record.key);
      any_act = true;
    }
    std::array<std::string, kColumns> texts;
    for (std::size_t i = 0; i < kColumns; ++i) texts[i] = columns[i].Text();
    std::set<std::string> written;
    for (const pqxx::row& row : transaction.exec_params(
             kWrite, owner_, Seconds(eligibility::kReconcileFirst), texts[0], texts[1], texts[2], texts[3], texts[4],
             texts[5], texts[6], texts[7], texts[8], texts[9], texts[10], texts[11], texts[12], texts[13], texts[14]))
      written.insert(row[0].c_str());
    for (const CallRecord& record : records) {
      if (record.ended && IsAboutAccounts(record) && written.contains(record.call_id))
        WriteEvent(transaction, EventOf(record), owner_);
    }
    if (any_act) transaction.exec_params(kSettle, acts.Text());
    return {};
  });
}

Result<std::size_t> PgCalls::EndAbandoned(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::size_t> {
    const pqxx::result ended =
        transaction.exec_params(kEndAbandoned, static_cast<int>(ErrorCode::kNationalOutcomeUnknown),
                                static_cast<int>(ErrorCode::kNationalUnavailable), Seconds(eligibility::kCallLongest));
    ArrayLiteral keys;
    for (const pqxx::row& row : ended) keys.Add(row["key"].c_str());
    if (!ended.empty()) transaction.exec_params(kSettle, keys.Text());
    return static_cast<std::size_t>(ended.affected_rows());
  });
}

Result<std::vector<UnknownCall>> PgCalls::TakeUnknown(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<UnknownCall>> {
    std::vector<UnknownCall> calls;
    for (const pqxx::row& row : transaction.exec_params(
             kTakeUnknown, Seconds(eligibility::kReconcileWithin), Seconds(eligibility::kReconcileFirst),
             Seconds(eligibility::kReconcilePauseMost), static_cast<int>(eligibility::kReconciledPerRoundMax))) {
      if (!row["in_time"].as<bool>()) continue;
      calls.push_back({row["call_id"].c_str(),
                       row["kind"].c_str(),
                       row["key"].c_str(),
                       {row["institution_code"].c_str(), row["account_id"].c_str(), row["desk_id"].c_str()}});
    }
    return calls;
  });
}

Result<void> PgCalls::Reconcile(const UnknownCall& call, Became became, Deadline deadline) {
  const std::string state = became == Became::kAnswered ? "answered" : "not_seen";
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    if (transaction.exec_params(kReconcile, call.call_id, state).affected_rows() == 0) return {};  // another server did
    WriteEvent(transaction,
               {.action = audit::action::kServiceCallReconciled,
                .desk_id = call.caller.desk_id,
                .press_id = UuidFromText(call.key),
                .code = 0,
                .detail = call.kind + " " + state,
                .account_id = call.caller.account_id,
                .institution_code = call.caller.institution_code,
                .actor = "national"},
               owner_);
    return {};
  });
}

Result<bool> PgCalls::ForgetOld(Deadline deadline) {
  return pool_.Run(deadline, [](pqxx::work& transaction) -> Result<bool> {
    const std::chrono::seconds kept = eligibility::kCallsKept;
    return transaction.exec_params(kForget, kept.count(), eligibility::kCallsForgottenAtOnce).affected_rows() <
           eligibility::kCallsForgottenAtOnce;
  });
}

Result<CallPage> PgCalls::Search(const CallSearch& search, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<CallPage> {
    const std::size_t size = std::clamp<std::size_t>(search.page_size, 1, eligibility::kCallsPerPageMax);
    CallPage page;
    for (const pqxx::row& row : transaction.exec_params(
             kSearch, kTimeFormat, search.kind, search.outcome, search.desk_id, search.key, search.code, search.since,
             search.until, search.before, TextArray(search.institution_codes), static_cast<int>(size) + 1)) {
      page.rows.push_back(RowOf(row));
    }
    page.more = page.rows.size() > size;
    if (page.more) page.rows.pop_back();
    return page;
  });
}

}  // namespace madoguchi::store
