// SPDX-License-Identifier: Apache-2.0
#include "server/store/trail_statements.h"

#include <array>
#include <map>

#include "server/audit/clock_state.h"
#include "server/audit/event.h"
#include "server/store/array_literal.h"
#include "server/store/kept_statements.h"
#include "server/store/trail_partitions.h"

namespace madoguchi::store {
namespace {

using audit::CheckIntent;
using audit::CheckOutcome;
using audit::Event;

// From its opening. A press is taken up again within minutes; the trail keeps for ever what it was. New presses forget
// old ones, two each, so that the table stays as large as this time's presses.
constexpr std::chrono::hours kPressKept{24 * 7};

constexpr char kIntent[] = "trail_intent";
constexpr char kIntentSql[] = R"(
  WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                         $10::text[], $11::boolean[], $12::text[], $13::boolean[], $14::text[], $15::text[], $16::text[], $17::text[],
                         $18::boolean[], $19::text[], $20::text[], $21::text[], $22::text[])
      AS asked(record_id, press_id, desk_id, institution_code, account_id, method, owner, card_hash, challenge_id, challenge, resumes,
               certificate, operator_needed, presenter, photo_check, inquiry_reason, patient_hash, by_file, source_address, trace_id,
               inquiry_id, looked_seconds)
  ), rule AS MATERIALIZED (  -- of each desk once, and not of each row that a plan happens to compare with it
    SELECT desk_id, methods_allowed(desk_id, clock_timestamp()) AS methods FROM asked GROUP BY desk_id
  ), allowed AS (
    SELECT asked.*, sign_in.staff_code AS operator_code,
           CASE WHEN asked.by_file THEN 'receipt_computer' WHEN sign_in.staff_code IS NULL THEN 'desk' ELSE 'operator' END AS role,
           CASE WHEN asked.by_file THEN 'file_system' WHEN sign_in.staff_code IS NULL THEN 'certificate' ELSE 'certificate+pin' END
             AS authentication
    FROM asked JOIN rule ON rule.desk_id = asked.desk_id
    JOIN desk ON desk.desk_id = asked.desk_id AND desk.status = 'active'
    LEFT JOIN desk_certificate AS certificate ON certificate.certificate_sha256 = decode(asked.certificate, 'hex')
      AND certificate.desk_id = asked.desk_id AND certificate.revoked_at IS NULL AND certificate.not_after > clock_timestamp()
    JOIN device_account AS account ON account.account_id = asked.account_id AND account.state = 'active'
      AND account.desk_id = asked.desk_id AND account.institution_code = asked.institution_code
    JOIN desk_log_in AS log_in ON log_in.desk_id = asked.desk_id AND log_in.account_id = asked.account_id
    LEFT JOIN operator_sign_in AS sign_in ON sign_in.desk_id = asked.desk_id AND asked.operator_needed
      AND sign_in.last_used_at > clock_timestamp() - make_interval(secs => sign_in.idle_seconds)
    WHERE (asked.by_file OR certificate.desk_id IS NOT NULL) AND (NOT asked.operator_needed OR sign_in.staff_code IS NOT NULL)
      AND asked.method = ANY (rule.methods)
  ), taken AS (
    INSERT INTO press (press_id, desk_id, institution_code, account_id, method, card_hash, owner, challenge_id, challenge, resumed,
                       operator_code, presenter, photo_check, inquiry_reason, patient_hash, role, authentication, source_address,
                       trace_id, inquiry_id)
    SELECT press_id, desk_id, institution_code, account_id, method, NULLIF(card_hash, ''), owner, NULLIF(challenge_id, ''),
           decode(NULLIF(challenge, ''), 'hex'), resumes, operator_code, NULLIF(presenter, ''), NULLIF(photo_check, ''),
           NULLIF(inquiry_reason, ''), NULLIF(patient_hash, ''), role, authentication, NULLIF(source_address, ''),
           NULLIF(trace_id, ''), NULLIF(inquiry_id, '')
    FROM allowed ORDER BY press_id
    ON CONFLICT (press_id) DO UPDATE
      SET epoch = press.epoch + 1, owner = excluded.owner, resumed = excluded.resumed, ended_at = NULL,
          worked_on_at = clock_timestamp(), source_address = excluded.source_address, trace_id = excluded.trace_id,
          inquiry_id = excluded.inquiry_id,
          challenge_id = CASE WHEN excluded.resumed THEN press.challenge_id ELSE excluded.challenge_id END,
          challenge = CASE WHEN excluded.resumed THEN press.challenge ELSE excluded.challenge END
      WHERE press.desk_id = excluded.desk_id AND press.card_hash IS NOT DISTINCT FROM excluded.card_hash AND press.method = excluded.method
        AND (press.ended_at IS NULL
             OR (excluded.resumed AND press.ended_at > clock_timestamp() - make_interval(secs => $25::int)))
    RETURNING press_id, epoch, challenge_id, challenge
  ), recorded AS (
    INSERT INTO audit_event (record_id, action, owner, institution_code, desk_id, account_id, press_id, epoch, method, card_hash,
                             operator_code, presenter, photo_check, inquiry_reason, patient_hash, role, authentication, source_address,
                             trace_id, inquiry_id, clock_state, seconds)
    SELECT record_id, $23, owner, institution_code, desk_id, account_id, press_id, epoch, method, NULLIF(card_hash, ''), operator_code,
           NULLIF(presenter, ''), NULLIF(photo_check, ''), NULLIF(inquiry_reason, ''), NULLIF(patient_hash, ''), role, authentication,
           NULLIF(source_address, ''), NULLIF(trace_id, ''), NULLIF(inquiry_id, ''), $24, NULLIF(looked_seconds, '')::int
    FROM taken JOIN allowed USING (press_id)
  ), operator_here AS (  -- a row that another transaction works on may wait: no press waits for it
    UPDATE operator_sign_in SET last_used_at = clock_timestamp() WHERE desk_id IN
      (SELECT desk_id FROM operator_sign_in WHERE desk_id IN (SELECT desk_id FROM taken JOIN allowed USING (press_id) WHERE operator_needed)
       FOR NO KEY UPDATE SKIP LOCKED)
  ), account_used AS (
    UPDATE device_account SET last_used_at = clock_timestamp() WHERE account_id IN
      (SELECT account_id FROM device_account WHERE account_id IN (SELECT account_id FROM taken JOIN allowed USING (press_id))
         AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
       FOR NO KEY UPDATE SKIP LOCKED)
  ), forgotten AS (  -- now(): a time that the index can be asked with
    DELETE FROM press WHERE press_id IN
      (SELECT press_id FROM press WHERE opened_at < now() - make_interval(hours => $26::int) AND press_id <> ALL ($2::uuid[])
       ORDER BY opened_at LIMIT 2 * cardinality($2::uuid[]) FOR UPDATE SKIP LOCKED)
  )
  SELECT press_id, epoch, challenge_id, encode(challenge, 'hex') AS challenge FROM taken)";

// Why an intent was refused. Read after the fact, in the same transaction: the refusal itself is already certain.
constexpr char kRefused[] = "trail_refused";
constexpr char kRefusedSql[] = R"(
  SELECT asked.press_id, coalesce(desk.status = 'active', false) AS desk_active,
         coalesce(account.state = 'active' AND account.desk_id = asked.desk_id AND account.institution_code = asked.institution_code, false)
           AS account_usable,
         asked.by_file OR coalesce(certificate.desk_id = asked.desk_id AND certificate.revoked_at IS NULL AND certificate.not_after > clock_timestamp(), false)
           AS certificate_accepted,
         log_in.desk_id IS NOT NULL AS logged_in,
         NOT asked.operator_needed OR coalesce(
           sign_in.last_used_at > clock_timestamp() - make_interval(secs => sign_in.idle_seconds), false) AS operator_there,
         asked.method = ANY (methods_allowed(asked.desk_id, clock_timestamp())) AS method_allowed,
         press.press_id IS NOT NULL AS press_known
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::text[], $8::boolean[])
    AS asked(press_id, desk_id, institution_code, account_id, certificate, operator_needed, method, by_file)
  LEFT JOIN desk ON desk.desk_id = asked.desk_id
  LEFT JOIN desk_certificate AS certificate ON certificate.certificate_sha256 = decode(asked.certificate, 'hex')
  LEFT JOIN device_account AS account ON account.account_id = asked.account_id
  LEFT JOIN desk_log_in AS log_in ON log_in.desk_id = asked.desk_id AND log_in.account_id = asked.account_id
  LEFT JOIN operator_sign_in AS sign_in ON sign_in.desk_id = asked.desk_id
  LEFT JOIN press ON press.press_id = asked.press_id)";

constexpr char kOutcome[] = "trail_outcome";
constexpr char kOutcomeSql[] = R"(
  WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[],
                         $10::text[], $11::int[], $12::int[], $13::bigint[], $14::bigint[], $15::bigint[], $16::boolean[])
      AS asked(record_id, press_id, desk_id, epoch, code, segment_of_result_code, processing_status_code, processing_code, validity_code,
               insurance_hash, results, card_trips, card_us, national_us, total_us, ends_press)
  ), ended AS (
    UPDATE press SET ended_at = CASE WHEN asked.ends_press THEN clock_timestamp() END, outcome_epoch = press.epoch FROM asked
    WHERE press.press_id = asked.press_id AND press.desk_id = asked.desk_id AND press.epoch = asked.epoch AND press.ended_at IS NULL
    RETURNING press.press_id, press.owner, press.institution_code, press.account_id, press.method, press.card_hash, press.operator_code,
              press.presenter, press.photo_check, press.inquiry_reason, press.patient_hash, press.role, press.authentication,
              press.source_address, press.trace_id, press.inquiry_id
  ), recorded AS (
    INSERT INTO audit_event (record_id, action, owner, institution_code, desk_id, account_id, press_id, epoch, method, card_hash,
                             insurance_hash, code, segment_of_result_code, processing_status_code, processing_code, validity_code,
                             results, card_trips, card_us, national_us, total_us, operator_code,
                             presenter, photo_check, inquiry_reason, patient_hash, role, authentication, source_address, trace_id,
                             inquiry_id, clock_state)
    SELECT record_id, $17, owner, institution_code, desk_id, account_id, press_id, epoch, method, card_hash,
           NULLIF(insurance_hash, ''), code, NULLIF(segment_of_result_code, ''), NULLIF(processing_status_code, ''),
           NULLIF(processing_code, ''), NULLIF(validity_code, ''), results, card_trips, card_us, national_us, total_us, operator_code,
           presenter, photo_check, inquiry_reason, patient_hash, role, authentication, source_address, trace_id, inquiry_id, $18
    FROM asked JOIN ended USING (press_id)
  )
  SELECT press_id, institution_code, operator_code FROM ended)";

// Not prepared: only a plan for these values leaves the other months alone.
constexpr char kFindSql[] = R"(
  SELECT record_id, audit_event.epoch, press.challenge_id, encode(press.challenge, 'hex') AS challenge
  FROM audit_event LEFT JOIN press USING (press_id)
  WHERE record_id = ANY ($1::uuid[]) AND recorded_at > $2::timestamptz AND recorded_at < $3::timestamptz)";
constexpr int kDoubtDays = 1;  // a commit in doubt is settled within seconds

// Several columns of a batch, each an array.
template <std::size_t kColumns>
class Columns {
 public:
  void AddRow(const std::array<std::string, kColumns>& row) {
    for (std::size_t i = 0; i < kColumns; ++i) columns_[i].Add(TrailText(row[i], kTrailTextBytesMax));
  }
  // As parameters of a statement: the columns, then `more`.
  std::vector<std::string> And(const std::vector<std::string>& more) const {
    std::vector<std::string> parameters;
    for (const ArrayLiteral& column : columns_) parameters.push_back(column.Text());
    parameters.insert(parameters.end(), more.begin(), more.end());
    return parameters;
  }

 private:
  std::array<ArrayLiteral, kColumns> columns_;
};

pqxx::result Execute(pqxx::work& transaction, const char* statement, const std::vector<std::string>& parameters) {
  return transaction.exec_prepared(statement, pqxx::prepare::make_dynamic_params(parameters));
}

std::string Word(bool value) {
  return value ? "true" : "false";
}

// Rows of one kind in a batch, and their places in it.
template <class Kind>
struct Part {
  struct Member {
    std::size_t place;
    const TrailRow* row;
    const Kind* what;
  };
  std::vector<Member> members;

  explicit Part(const std::vector<const TrailRow*>& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (const Kind* what = std::get_if<Kind>(&rows[i]->what)) members.push_back({i, rows[i], what});
    }
  }
};

audit::IntentReceipt ReceiptOf(const pqxx::row& row) {
  audit::IntentReceipt receipt;
  receipt.epoch = row["epoch"].as<std::uint32_t>(1);
  receipt.challenge_id = row["challenge_id"].as<std::string>(std::string{});
  receipt.challenge = FromHex(row["challenge"].as<std::string>(std::string{})).value_or(Bytes{});
  return receipt;
}

Error RefusalOf(const pqxx::row& row) {
  if (!row["desk_active"].as<bool>()) return {ErrorCode::kDeskNotActive, "desk is revoked or unknown", {}};
  if (!row["certificate_accepted"].as<bool>())
    return {ErrorCode::kCertificateNotAccepted, "certificate is revoked, expired or unknown", {}};
  if (!row["account_usable"].as<bool>())
    return {ErrorCode::kAccountNotUsable, "account is not usable for this desk", {}};
  if (!row["logged_in"].as<bool>()) return {ErrorCode::kNotLoggedIn, "account is not logged in at this desk", {}};
  if (!row["method_allowed"].as<bool>())
    return {ErrorCode::kMethodNotAllowedHere, "by the rules of desk, zone and time", {}};
  if (!row["operator_there"].as<bool>()) return {ErrorCode::kOperatorNeeded, "nobody is signed in, or idle", {}};
  if (row["press_known"].as<bool>())
    return {ErrorCode::kPressIdReused, "of another desk or card, or already ended", {}};
  return {ErrorCode::kTrailUnavailable, "what refused the intent changed while it was written", {}};
}

using Answers = std::vector<RowAnswer>;

void ExplainRefusals(pqxx::work& transaction, const std::map<std::string, Part<CheckIntent>::Member>& refused,
                     Answers& answers) {
  if (refused.empty()) return;
  Columns<8> columns;
  for (const auto& [press_id, member] : refused) {
    columns.AddRow({press_id, member.what->desk_id, member.what->institution_code, member.what->account_id,
                    ToHex(member.what->certificate_sha256), Word(member.what->operator_needed), member.what->method,
                    Word(member.what->by_file)});
  }
  for (const pqxx::row& row : Execute(transaction, kRefused, columns.And({}))) {
    answers[refused.at(row["press_id"].as<std::string>()).place] = RefusalOf(row);
  }
}

void WriteIntents(pqxx::work& transaction, const Part<CheckIntent>& part, Answers& answers) {
  if (part.members.empty()) return;
  Columns<22> columns;
  std::map<std::string, Part<CheckIntent>::Member> waiting;
  for (const auto& member : part.members) {
    const CheckIntent& intent = *member.what;
    const std::string press_id = UuidText(intent.press_id);
    columns.AddRow({member.row->record_id,
                    press_id,
                    intent.desk_id,
                    intent.institution_code,
                    intent.account_id,
                    intent.method,
                    intent.owner,
                    intent.card_hash,
                    intent.challenge_id,
                    ToHex(intent.challenge),
                    Word(intent.resumes),
                    ToHex(intent.certificate_sha256),
                    Word(intent.operator_needed),
                    intent.presenter,
                    intent.photo_check,
                    intent.inquiry_reason,
                    intent.patient_hash,
                    Word(intent.by_file),
                    intent.source_address,
                    intent.trace_id,
                    intent.inquiry_id,
                    intent.looked_seconds ? std::to_string(*intent.looked_seconds) : std::string{}});
    waiting.emplace(press_id, member);
  }
  const pqxx::result taken =
      Execute(transaction, kIntent,
              columns.And({audit::action::kCheckIntent, std::string(audit::ClockState()),
                           std::to_string(audit::kLostAnswerResent.count()), std::to_string(kPressKept.count())}));
  for (const pqxx::row& row : taken) {
    const auto member = waiting.find(row["press_id"].as<std::string>());
    answers[member->second.place] = ReceiptOf(row);
    waiting.erase(member);
  }
  ExplainRefusals(transaction, waiting, answers);
}

void WriteOutcomes(pqxx::work& transaction, const Part<CheckOutcome>& part, Answers& answers) {
  if (part.members.empty()) return;
  Columns<16> columns;
  std::map<std::string, Part<CheckOutcome>::Member> members;
  const auto microseconds = [](std::chrono::microseconds time) { return std::to_string(time.count()); };
  for (const auto& member : part.members) {
    const CheckOutcome& outcome = *member.what;
    const std::string press_id = UuidText(outcome.press_id);
    columns.AddRow({member.row->record_id, press_id, outcome.desk_id, std::to_string(outcome.epoch),
                    std::to_string(outcome.code), outcome.segment_of_result_code, outcome.processing_status_code,
                    outcome.processing_code, outcome.validity_code, outcome.insurance_hash,
                    std::to_string(outcome.results), std::to_string(outcome.card_trips), microseconds(outcome.card),
                    microseconds(outcome.national), microseconds(outcome.total), Word(outcome.ends_press)});
    members.emplace(press_id, member);
    answers[member.place] =
        Error{ErrorCode::kPressTakenOver, "epoch " + std::to_string(outcome.epoch) + " is not current, or ended", {}};
  }
  const pqxx::result ended =
      Execute(transaction, kOutcome, columns.And({audit::action::kCheckOutcome, std::string(audit::ClockState())}));
  for (const pqxx::row& row : ended) {
    const auto& member = members.at(row["press_id"].as<std::string>());
    answers[member.place] = audit::IntentReceipt{};
    if (!member.what->ends_press) continue;
    KeepResults(transaction, *member.what, row["institution_code"].as<std::string>(),
                row["operator_code"].as<std::string>(std::string{}));
  }
}

void WriteEventsOf(pqxx::work& transaction, const Part<Event>& part, const std::string& owner, Answers& answers) {
  std::vector<EventRow> events;
  for (const auto& member : part.members) {
    events.push_back({member.row->record_id, member.what});
    answers[member.place] = audit::IntentReceipt{};
  }
  WriteEvents(transaction, events, owner);
}

}  // namespace

Bytes PressOf(const TrailRow& row) {
  if (const auto* intent = std::get_if<CheckIntent>(&row.what)) return intent->press_id;
  if (const auto* outcome = std::get_if<CheckOutcome>(&row.what)) return outcome->press_id;
  return {};
}

void PrepareTrailStatements(pqxx::connection& connection) {
  // Left to itself, PostgreSQL plans an intent anew each time: 2.5 ms, more than it takes to write 20 of them.
  connection.set_variable("plan_cache_mode", "force_generic_plan");
  connection.prepare(kIntent, kIntentSql);
  connection.prepare(kRefused, kRefusedSql);
  connection.prepare(kOutcome, kOutcomeSql);
  PrepareEventStatement(connection);
}

std::vector<RowAnswer> WriteRows(pqxx::work& transaction, const std::vector<const TrailRow*>& rows,
                                 const std::string& owner) {
  Answers answers(rows.size(), RowAnswer(Error{ErrorCode::kTrailUnavailable, "not written", {}}));
  WriteIntents(transaction, Part<CheckIntent>(rows), answers);
  WriteOutcomes(transaction, Part<CheckOutcome>(rows), answers);
  WriteEventsOf(transaction, Part<Event>(rows), owner, answers);
  return answers;
}

std::vector<RowAnswer> FindRows(pqxx::work& transaction, const std::vector<const TrailRow*>& rows) {
  Answers answers(rows.size(), RowAnswer(Error{ErrorCode::kDatabaseOutcomeInDoubt, "not in the trail", {}}));
  std::map<std::string, std::size_t> places;
  ArrayLiteral ids;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ids.Add(rows[i]->record_id);
    places.emplace(rows[i]->record_id, i);
  }
  transaction.exec("SET LOCAL plan_cache_mode = auto");  // a plan for these months, not for all of them
  const TrailSpan span = LastDays(transaction, kDoubtDays);
  for (const pqxx::row& row : transaction.exec_params(kFindSql, ids.Text(), span.from, span.until)) {
    answers[places.at(row["record_id"].as<std::string>())] = ReceiptOf(row);
  }
  return answers;
}

}  // namespace madoguchi::store
