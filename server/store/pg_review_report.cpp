// SPDX-License-Identifier: Apache-2.0
// What a month says, counted by the database: each list is one statement over the month's partition. A press counts
// once, with its last outcome.
#include <algorithm>

#include "server/audit/event.h"
#include "server/audit/watched_acts.h"
#include "server/store/array_literal.h"
#include "server/store/pg_review.h"
#include "server/store/review_ask.h"

namespace madoguchi::store {
namespace {

using audit::ReportWish;
using audit::TrailReport;

constexpr char kTime[] = R"('YYYY-MM-DD"T"HH24:MI:SS"+09:00"')";
constexpr auto kLines = static_cast<std::int64_t>(audit::kReportLinesMax);

// $1 first day of the month, $2 the word of outcomes, $3 institution codes. Bounds are expressions of parameters: other
// months are left out before a plan is made.
constexpr char kOfMonth[] =
    "recorded_at >= $1::timestamp AT TIME ZONE 'Asia/Tokyo' AND recorded_at < ($1::timestamp + interval '1 month') AT "
    "TIME ZONE 'Asia/Tokyo' AND ($3::bpchar[] = '{}' OR institution_code = ANY ($3::bpchar[]))";

// `at` is Japan's time.
std::string Checks() {
  return std::string(R"(
  WITH checks AS (
    SELECT DISTINCT ON (press_id) press_id, desk_id, operator_code, method, code, patient_hash, recorded_at AT TIME ZONE 'Asia/Tokyo' AS at
    FROM audit_event WHERE action = $2::text AND )") +
         kOfMonth + R"( ORDER BY press_id, recorded_at DESC, sequence DESC) )";
}

constexpr char kTotals[] = R"(
  SELECT count(*), count(*) FILTER (WHERE code = 0), count(*) FILTER (WHERE method = 'pin'), count(*) FILTER (WHERE method = 'sight'),
         count(*) FILTER (WHERE method = 'number'), to_char(clock_timestamp() AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD"T"HH24:MI:SS"+09:00"')
  FROM checks)";
constexpr char kDesks[] = R"(
  SELECT '', coalesce(desk_id::text, ''), coalesce(min(desk.name), ''), count(*), count(*) FILTER (WHERE code = 0)
  FROM checks LEFT JOIN desk USING (desk_id) GROUP BY desk_id ORDER BY min(desk.name), desk_id LIMIT $4::bigint)";
constexpr char kDays[] = R"(
  SELECT to_char(at, 'YYYY-MM-DD') AS day, coalesce(desk_id::text, ''), coalesce(min(desk.name), ''), count(*),
         count(*) FILTER (WHERE code = 0)
  FROM checks LEFT JOIN desk USING (desk_id) GROUP BY day, desk_id ORDER BY day, min(desk.name), desk_id LIMIT $4::bigint)";

// An outcome may stand in the month after: the end of the time it is looked for leaves the rest of the trail alone.
std::string WithoutOutcomeSql() {
  return std::string(
             R"(SELECT count(DISTINCT intent.press_id) FROM audit_event AS intent WHERE intent.action = $4::text AND )") +
         kOfMonth + R"( AND NOT EXISTS (
      SELECT FROM audit_event AS outcome WHERE outcome.press_id = intent.press_id AND outcome.action = $2::text
        AND outcome.recorded_at >= $1::timestamp AT TIME ZONE 'Asia/Tokyo'
        AND outcome.recorded_at < ($1::timestamp + interval '2 months') AT TIME ZONE 'Asia/Tokyo'))";
}

// Checks that ended without an answer, and presses that were refused before a check began.
std::string FailuresSql() {
  return Checks() +
         R"(, refused AS (SELECT DISTINCT press_id, code FROM audit_event WHERE action = ANY ($5::text[]) AND code <> 0 AND )" +
         kOfMonth + R"()
  SELECT code, count(*) FILTER (WHERE began), count(*) FILTER (WHERE NOT began)
  FROM (SELECT code, true AS began FROM checks WHERE code <> 0 UNION ALL SELECT code, false FROM refused) AS failed
  GROUP BY code ORDER BY count(*) DESC, code LIMIT $4::bigint)";
}

// How long the desk looked is said by the intent, which may stand in the month before.
constexpr char kOperators[] = R"(, looked AS (
    SELECT DISTINCT ON (press_id) press_id, seconds FROM audit_event
    WHERE action = $5::text AND method = 'sight' AND seconds IS NOT NULL
      AND recorded_at >= ($1::timestamp - interval '1 day') AT TIME ZONE 'Asia/Tokyo'
      AND recorded_at < ($1::timestamp + interval '1 month') AT TIME ZONE 'Asia/Tokyo'
    ORDER BY press_id, recorded_at DESC, sequence DESC)
  SELECT coalesce(operator_code, ''), count(*), count(*) FILTER (WHERE method = 'number'), count(*) FILTER (WHERE method = 'sight'),
         count(looked.seconds), count(*) FILTER (WHERE looked.seconds < 2), count(*) FILTER (WHERE patient_hash IS NULL),
         count(*) FILTER (WHERE code <> 0)
  FROM checks LEFT JOIN looked ON looked.press_id = checks.press_id AND checks.method = 'sight'
  GROUP BY operator_code ORDER BY operator_code NULLS LAST LIMIT $4::bigint)";

// Acts are rows, not presses.
std::string ActsSql() {
  return std::string(R"(
  SELECT action, coalesce(CASE WHEN actor NOT IN ('desk', 'server', 'national') THEN actor END, account_id, desk.name, desk_id::text, '') AS who,
         count(*), to_char(max(recorded_at) AT TIME ZONE 'Asia/Tokyo', )") +
         kTime + R"()
  FROM audit_event LEFT JOIN desk USING (desk_id) WHERE action = ANY ($2::text[]) AND )" +
         kOfMonth + R"( GROUP BY action, who ORDER BY action, count(*) DESC, who LIMIT $4::bigint)";
}

std::string OutOfHoursSql() {
  return Checks() +
         R"(SELECT to_char(at, 'YYYY-MM-DD') AS day, coalesce(desk_id::text, ''), coalesce(min(desk.name), ''), coalesce(operator_code, ''),
              to_char(min(at), )" +
         kTime + "), to_char(max(at), " + kTime + R"(), count(*)
            FROM checks LEFT JOIN desk USING (desk_id)
            WHERE extract(hour FROM at) < $5::int OR extract(hour FROM at) >= $6::int OR extract(dow FROM at)::int = ANY ($7::int[])
            GROUP BY day, desk_id, operator_code ORDER BY day, min(at) LIMIT $4::bigint)";
}

// One operator, wherever they sat; where nobody was signed in, one desk.
std::string BurstsSql() {
  return Checks() + "SELECT to_char(date_trunc('minute', at), " + kTime + R"() AS minute, coalesce(operator_code, ''),
              CASE WHEN count(DISTINCT desk_id) = 1 THEN min(desk_id::text) ELSE '' END,
              coalesce(string_agg(DISTINCT coalesce(desk.name, desk_id::text), ', '), ''), count(*)
            FROM checks LEFT JOIN desk USING (desk_id)
            GROUP BY date_trunc('minute', at), operator_code, CASE WHEN operator_code IS NULL THEN desk_id END
            HAVING count(*) > $5::bigint ORDER BY date_trunc('minute', at), count(*) DESC LIMIT $4::bigint)";
}

std::string WithoutSubjectSql() {
  return std::string(
             R"(WITH last AS (
            SELECT DISTINCT ON (press_id) desk_id, operator_code, patient_hash IS NULL AS without_number,
              nullif(insurance_hash, '') IS NULL AS without_insurance, code <> 0 OR coalesce(results, 0) = 0 AS nobody,
              date_trunc('minute', recorded_at AT TIME ZONE 'Asia/Tokyo') AS minute
            FROM audit_event WHERE action = $1::text AND recorded_at >= $2::timestamptz AND recorded_at < $3::timestamptz
              AND ($4::text = '' OR desk_id = nullif($4::text, '')::uuid) AND ($5::bpchar[] = '{}' OR institution_code = ANY ($5::bpchar[]))
            ORDER BY press_id, recorded_at DESC, sequence DESC)
          SELECT coalesce(desk_id::text, ''), coalesce(min(desk.name), ''), to_char(minute, )") +
         kTime + R"(), count(*), count(*) FILTER (WHERE without_number), count(*) FILTER (WHERE nobody),
            count(*) FILTER (WHERE without_number AND without_insurance), coalesce(string_agg(DISTINCT operator_code, ','), '')
          FROM last LEFT JOIN desk USING (desk_id) WHERE without_number OR nobody GROUP BY desk_id, minute
          ORDER BY last.minute DESC, min(desk.name), desk_id LIMIT $6::bigint)";
}

std::uint32_t Whole(const pqxx::row& row, int column) {
  return row[column].as<std::uint32_t>();
}

// The rows of one list, without what is beyond the limit.
template <class Line, class Read>
void Fill(std::vector<Line>& lines, bool& cut, const pqxx::result& found, const Read& read) {
  for (const pqxx::row& row : found) {
    if (lines.size() == audit::kReportLinesMax) {
      cut = true;
      return;
    }
    lines.push_back(read(row));
  }
}

}  // namespace

Result<audit::WithoutSubjectList> PgReview::WithoutSubject(const audit::ReviewQuery& query, Deadline deadline) {
  return AskTrail(pool_, deadline, [&](pqxx::work& transaction) -> Result<audit::WithoutSubjectList> {
    audit::WithoutSubjectList list;
    Fill(list.minutes, list.more,
         transaction.exec_params(WithoutSubjectSql(), audit::action::kCheckOutcome, query.since, query.until,
                                 query.desk_id, TextArray(query.institution_codes), kLines + 1),
         [](const pqxx::row& row) {
           return audit::WithoutSubjectMinute{row[0].c_str(), row[1].c_str(), row[2].c_str(), row[7].c_str(),
                                              Whole(row, 3),  Whole(row, 4),  Whole(row, 5),  Whole(row, 6)};
         });
    return list;
  });
}

Result<TrailReport> PgReview::Report(const ReportWish& wish, Deadline deadline) {
  const std::string first = wish.month + "-01", codes = TextArray(wish.institution_codes), checks = Checks();
  const std::vector<std::string> refusals = {audit::action::kCheckRefused, audit::action::kDeskPressRefused};
  std::vector<std::string> words, closed;
  for (const audit::WatchedAct& act : audit::WatchedActs()) words.emplace_back(act.event);
  for (const unsigned day : wish.closed_days) closed.push_back(std::to_string(day));
  return AskTrail(pool_, deadline, [&](pqxx::work& transaction) -> Result<TrailReport> {
    TrailReport report;
    const auto ask = [&](const std::string& sql, const auto&... more) {
      return transaction.exec_params(sql, first, audit::action::kCheckOutcome, codes, kLines + 1, more...);
    };
    const pqxx::row totals = transaction.exec_params1(checks + kTotals, first, audit::action::kCheckOutcome, codes);
    report.checks = Whole(totals, 0);
    report.answered = Whole(totals, 1);
    report.by_pin = Whole(totals, 2);
    report.by_sight = Whole(totals, 3);
    report.by_number = Whole(totals, 4);
    report.made_at = totals[5].c_str();
    report.without_outcome = Whole(transaction.exec_params1(WithoutOutcomeSql(), first, audit::action::kCheckOutcome,
                                                            codes, audit::action::kCheckIntent),
                                   0);
    const auto day = [](const pqxx::row& row) {
      return TrailReport::Day{row[0].c_str(), row[1].c_str(), row[2].c_str(), Whole(row, 3), Whole(row, 4)};
    };
    Fill(report.desks, report.cut, ask(checks + kDesks), day);
    Fill(report.days, report.cut, ask(checks + kDays), day);
    Fill(report.failures, report.cut, ask(FailuresSql(), TextArray(refusals)), [](const pqxx::row& row) {
      return TrailReport::Failures{row[0].as<int>(), Whole(row, 1), Whole(row, 2)};
    });
    Fill(report.out_of_hours, report.cut,
         ask(OutOfHoursSql(), static_cast<int>(wish.open_from), static_cast<int>(wish.open_until), TextArray(closed)),
         [](const pqxx::row& row) {
           return TrailReport::OutOfHours{row[0].c_str(), row[1].c_str(), row[2].c_str(), row[3].c_str(),
                                          row[4].c_str(), row[5].c_str(), Whole(row, 6)};
         });
    Fill(report.bursts, report.cut, ask(BurstsSql(), static_cast<std::int64_t>(wish.burst)), [](const pqxx::row& row) {
      return TrailReport::Burst{row[0].c_str(), row[1].c_str(), row[2].c_str(), row[3].c_str(), Whole(row, 4)};
    });
    Fill(report.acts, report.cut, transaction.exec_params(ActsSql(), first, TextArray(words), codes, kLines + 1),
         [](const pqxx::row& row) {
           return TrailReport::Acts{row[0].c_str(), row[1].c_str(), row[3].c_str(), Whole(row, 2)};
         });
    Fill(report.operators, report.cut, ask(checks + kOperators, audit::action::kCheckIntent), [](const pqxx::row& row) {
      TrailReport::Operator line;
      line.operator_code = row[0].c_str();
      line.checks = Whole(row, 1);
      line.by_number = Whole(row, 2);
      line.by_sight = Whole(row, 3);
      line.sight_timed = Whole(row, 4);
      line.sight_under_two_seconds = Whole(row, 5);
      line.without_patient_number = Whole(row, 6);
      line.refused = Whole(row, 7);
      return line;
    });
    return report;
  });
}

}  // namespace madoguchi::store
