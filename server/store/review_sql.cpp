// SPDX-License-Identifier: Apache-2.0
#include "server/store/review_sql.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <utility>

#include "server/store/array_literal.h"

namespace madoguchi::store {

std::string MomentText(std::int64_t microseconds) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::microseconds> at{std::chrono::microseconds(microseconds)};
  const auto day = floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text.data();
}

bool IsOfFew(const audit::ReviewQuery& query) {
  return query.of_patient || !query.press_id.empty() || !query.inquiry_id.empty();
}

namespace {

using audit::ReviewQuery;

constexpr char kJapan[] = R"('YYYY-MM-DD"T"HH24:MI:SS.US"+09:00"')";

// In the order of audit::Field; `event` is the row, `desk` and `leaf` what belongs to it.
constexpr std::array<const char*, audit::kFields - 1> kColumns = {"event.sequence",
                                                                  nullptr,
                                                                  "event.action",
                                                                  "event.institution_code",
                                                                  "event.desk_id",
                                                                  "desk.name",
                                                                  "event.account_id",
                                                                  "event.operator_code",
                                                                  "event.actor",
                                                                  "event.role",
                                                                  "event.authentication",
                                                                  "event.press_id",
                                                                  "event.epoch",
                                                                  "event.method",
                                                                  "event.inquiry_reason",
                                                                  "event.presenter",
                                                                  "event.photo_check",
                                                                  "event.code",
                                                                  "event.segment_of_result_code",
                                                                  "event.processing_status_code",
                                                                  "event.processing_code",
                                                                  "event.validity_code",
                                                                  "event.results",
                                                                  "event.inquiry_id",
                                                                  "event.shown",
                                                                  "event.seconds",
                                                                  "event.file_name",
                                                                  "event.file_sha256",
                                                                  "event.destination",
                                                                  "event.source_address",
                                                                  "event.trace_id",
                                                                  "event.clock_state",
                                                                  "event.detail",
                                                                  "event.card_trips",
                                                                  "event.card_us",
                                                                  "event.national_us",
                                                                  "event.total_us",
                                                                  "event.card_hash",
                                                                  "event.insurance_hash",
                                                                  "event.patient_hash",
                                                                  "event.owner",
                                                                  "event.record_id",
                                                                  "leaf.leaf_index + 1"};

// Conditions of one statement and the values they name.
class Conditions {
 public:
  // `condition` holds one '?', which becomes the next parameter.
  void Add(std::string condition, std::string value) {
    const std::size_t at = condition.find('?');
    condition.replace(at, 1, Name(std::move(value)));
    Add(std::move(condition));
  }
  void Add(std::string condition) { text_ += (text_.empty() ? "WHERE " : " AND ") + std::move(condition); }
  std::string Name(std::string value) {
    values_.push_back(std::move(value));
    return "$" + std::to_string(values_.size());
  }
  const std::string& text() const { return text_; }
  std::vector<std::string> values() && { return std::move(values_); }

 private:
  std::string text_;
  std::vector<std::string> values_;
};

void AddEqual(Conditions& conditions, const char* condition, const std::string& value) {
  if (!value.empty()) conditions.Add(condition, value);
}

// The one column whose values are each read by its own index, in its whole order, and then merged. One index cannot
// give several values in order; and told that a value is equal, PostgreSQL may take the index of times instead and read
// years for a value that is rare. So it is asked for as a range of one value.
struct Lead {
  const char* column = nullptr;  // nothing: the planner, which knows the values, decides
  const char* array = nullptr;
  std::vector<std::string> values;
};

Lead LeadOf(const ReviewQuery& query) {
  if (IsOfFew(query)) return {};
  const bool desk = !query.desk_id.empty(), account = !query.account_id.empty(), code = query.code != 0;
  const bool who = !query.operator_code.empty(), actor = !query.actor.empty(), event = !query.actions.empty();
  const bool of_institution = !query.institution_codes.empty();
  if (desk && !account && !actor && !event && (code || !who)) return {"desk_id", "::uuid[]", {query.desk_id}};
  switch (int{desk} + int{account} + int{who} + int{actor} + int{event} + int{code}) {
    case 0:
      if (of_institution) return {"institution_code", "::bpchar[]", query.institution_codes};
      return {};
    case 1:
      if (account) return {"account_id", "::text[]", {query.account_id}};
      if (who) return {"operator_code", "::text[]", {query.operator_code}};
      if (of_institution) return {};
      if (actor) return {"actor", "::text[]", {query.actor}};
      if (code) return {"code", "::int[]", {std::to_string(query.code)}};
      return {"action", "::text[]", query.actions};
    default:
      return {};
  }
}

// Whether the index to read does not depend on how often the values occur.
bool ServedByOnePlan(const ReviewQuery& query) {
  const bool asks_for_no_column = query.desk_id.empty() && query.account_id.empty() && query.operator_code.empty() &&
                                  query.actor.empty() && query.actions.empty() && query.institution_codes.empty() &&
                                  query.code == 0;
  return !query.not_reviewed && (IsOfFew(query) || LeadOf(query).column != nullptr || asks_for_no_column);
}

// Every statement names a span and a place, so that questions of one kind have one text; without them they are endless.
void AddSpan(Conditions& conditions, const ReviewQuery& query) {
  const auto or_else = [](const std::string& text, const char* endless) { return text.empty() ? endless : text; };
  conditions.Add("recorded_at >= ?::timestamptz", or_else(query.since, "-infinity"));
  conditions.Add("recorded_at < ?::timestamptz", or_else(query.until, "infinity"));
  const char* toward = query.oldest_first ? ">" : "<";
  // Without a place, the end of the span is one, as no row has the number 0: PostgreSQL begins to read at the place,
  // and an endless one made it read from the end of the month to the day that is asked for.
  const std::string at = conditions.Name(query.after          ? MomentText(query.after->recorded_us)
                                         : query.oldest_first ? or_else(query.since, "-infinity")
                                                              : or_else(query.until, "infinity")) +
                         "::timestamptz";
  const std::string sequence = conditions.Name(std::to_string(query.after ? query.after->sequence : 0)) + "::bigint";
  // The first says the same less exactly: it leaves partitions out.
  conditions.Add("recorded_at " + std::string(toward) + "= " + at);
  conditions.Add("(recorded_at, sequence) " + std::string(toward) + " (" + at + ", " + sequence + ")");
}

void AddConditions(const ReviewQuery& query, const Lead& lead, Conditions& conditions) {
  const std::string_view leads = lead.column == nullptr ? std::string_view() : lead.column;
  AddSpan(conditions, query);
  if (leads != "desk_id") AddEqual(conditions, "desk_id = ?::uuid", query.desk_id);
  if (leads != "account_id") AddEqual(conditions, "account_id = ?::text", query.account_id);
  if (leads != "operator_code") AddEqual(conditions, "operator_code = ?::text", query.operator_code);
  if (leads != "actor") AddEqual(conditions, "actor = ?::text", query.actor);
  if (!query.actions.empty() && leads != "action") conditions.Add("action = ANY (?::text[])", TextArray(query.actions));
  if (!query.institution_codes.empty() && leads != "institution_code")
    conditions.Add("institution_code = ANY (?::bpchar[])", TextArray(query.institution_codes));
  if (query.outcome == ReviewQuery::Outcome::kAnswered) conditions.Add("code = 0");
  if (query.outcome == ReviewQuery::Outcome::kRefused || query.code != 0) conditions.Add("code <> 0");
  if (query.code != 0 && leads != "code") conditions.Add("code = ?::int", std::to_string(query.code));
  if (query.not_reviewed && query.reviewed_to > 0) {
    const std::string to = conditions.Name(std::to_string(query.reviewed_to)) + "::bigint";
    // Exactly since when, so that old partitions are left out and a clock that was set back hides nothing.
    conditions.Add(
        "recorded_at >= least((SELECT min(leaf.recorded_at) FROM trail_leaf AS leaf WHERE leaf.leaf_index >= " + to +
        "), (SELECT min(late.recorded_at) FROM audit_event AS late WHERE late.written_by >= (SELECT watermark "
        "FROM trail_head)))");
    conditions.Add(
        "NOT EXISTS (SELECT FROM trail_leaf AS leaf WHERE leaf.sequence = event.sequence AND leaf.leaf_index < " + to +
        ")");
  }
}

// Of a row, its place and what else is asked of it. The rest is read of the rows of a page alone: making ready to read
// all columns of all months costs more than finding a row.
std::string ColumnsAskedFor(const ReviewQuery& query) {
  std::string columns = "recorded_at, sequence";
  const auto add = [&columns](bool asked, const char* column) {
    if (asked) columns += std::string(", ") + column;
  };
  add(!query.desk_id.empty(), "desk_id");
  add(!query.account_id.empty(), "account_id");
  add(!query.operator_code.empty(), "operator_code");
  add(!query.actor.empty(), "actor");
  add(!query.actions.empty(), "action");
  add(!query.institution_codes.empty(), "institution_code");
  add(query.outcome != ReviewQuery::Outcome::kAny || query.code != 0, "code");
  return columns;
}

// The table to read. Of few: all of theirs; OFFSET 0 keeps what else is asked of them apart. A plan that sees a span of
// time as well may take its index instead.
std::string TableSql(const ReviewQuery& query, const PatientPresses& presses, Conditions& conditions) {
  if (!IsOfFew(query)) return "audit_event";
  std::string rows = "SELECT " + ColumnsAskedFor(query) + " FROM audit_event";
  auto add = [&rows, word = " WHERE "](const std::string& condition) mutable {
    rows += std::exchange(word, " AND ") + condition;
  };
  if (!query.press_id.empty()) add("press_id = " + conditions.Name(query.press_id) + "::uuid");
  if (!query.inquiry_id.empty()) add("inquiry_id = " + conditions.Name(query.inquiry_id) + "::text");
  if (!query.of_patient) return "(" + rows + " OFFSET 0)";
  // Around the time of each press, its own months instead of all there are; and none outside of all of theirs.
  std::vector<std::string> times;
  for (const std::int64_t at : presses.at_us) times.push_back(MomentText(at));
  const auto [first, last] = std::minmax_element(times.begin(), times.end());
  const auto moment = [&](const std::string& text) { return conditions.Name(text) + "::timestamptz"; };
  const std::string around = " interval '" + std::to_string(kPressRowsWithin.count()) + " hours'";
  add("recorded_at >= " + moment(times.empty() ? "infinity" : *first) + " -" + around);
  add("recorded_at <= " + moment(times.empty() ? "-infinity" : *last) + " +" + around);
  add("press_id = of_patient.press_id AND recorded_at >= of_patient.at -" + around +
      " AND recorded_at <= of_patient.at +" + around);
  return "(SELECT of_press.* FROM unnest(" + conditions.Name(TextArray(presses.press_ids)) + "::uuid[], " +
         conditions.Name(TextArray(times)) + "::timestamptz[]) AS of_patient(press_id, at) CROSS JOIN LATERAL (" +
         rows + " OFFSET 0) AS of_press OFFSET 0)";
}

// The places of the rows, in order and no more than `most`, which the plan is made for.
std::string PlacesOf(const ReviewQuery& query, const PatientPresses& presses, Conditions& conditions,
                     std::size_t most) {
  const Lead lead = LeadOf(query);
  const std::string table = TableSql(query, presses, conditions);
  AddConditions(query, lead, conditions);
  const std::string direction = query.oldest_first ? "" : " DESC";
  const std::string in_order = "recorded_at" + direction + ", sequence" + direction;
  const std::string limit = " LIMIT " + std::to_string(most);
  if (lead.column == nullptr)
    return "SELECT recorded_at, sequence FROM " + table + " AS event " + conditions.text() + " ORDER BY " + in_order +
           limit;
  const std::string column = lead.column, values = conditions.Name(TextArray(lead.values)) + lead.array;
  conditions.Add(column + " >= one.value AND " + column + " <= one.value");
  return "SELECT rows_of_one.* FROM unnest(" + values +
         ") AS one(value) CROSS JOIN LATERAL (SELECT recorded_at, sequence FROM " + table + " AS event " +
         conditions.text() + " ORDER BY " + column + direction + ", " + in_order + limit +
         ") AS rows_of_one ORDER BY " + in_order + limit;
}

// A plan is made for one number of rows; these are the numbers there are.
std::size_t RoundedUp(std::size_t rows) {
  for (const std::size_t size : {audit::kReviewPageUsual, audit::kReviewPageMax})
    if (rows <= size) return size;
  return audit::kTimelineRowsMax;
}

}  // namespace

// OFFSET 0: as in TableSql.
ReviewSql PressesSql(const ReviewQuery& query) {
  Conditions conditions;
  std::string found;
  const auto add = [&](const std::string& condition, const std::vector<std::string>& hashes) {
    if (hashes.empty()) return;
    found += (found.empty() ? "" : " UNION ALL ") +
             ("(SELECT press_id, recorded_at FROM audit_event WHERE " + condition) +
             conditions.Name(TextArray(hashes)) + "::text[]) OFFSET 0)";
  };
  add("patient_hash = ANY (", query.patient_hashes);
  add("insurance_hash IS NOT NULL AND string_to_array(insurance_hash, ',') && (", query.insurance_hashes);
  if (found.empty()) found = "SELECT press_id, recorded_at FROM audit_event WHERE false";
  const std::string around = " interval '" + std::to_string(kPressRowsWithin.count()) + " hours'";
  const auto moment = [&](const std::string& text, const char* endless) {
    return conditions.Name(text.empty() ? endless : text) + "::timestamptz";
  };
  return {"SELECT press_id, (extract(epoch FROM min(recorded_at)) * 1000000)::bigint FROM (" + found +
              ") AS found WHERE press_id IS NOT NULL AND recorded_at >= " + moment(query.since, "-infinity") + " -" +
              around + " AND recorded_at <= " + moment(query.until, "infinity") + " +" + around +
              " GROUP BY press_id LIMIT " + std::to_string(kPatientPressesMax + 1),
          std::move(conditions).values(), true};
}

ReviewSql PlacesSql(const ReviewQuery& query, const PatientPresses& presses) {
  Conditions conditions;
  const std::string places = PlacesOf(query, presses, conditions, RoundedUp(query.rows) + 1);
  const std::string direction = query.oldest_first ? "" : " DESC";
  const std::string sql = "SELECT (extract(epoch FROM recorded_at) * 1000000)::bigint, sequence FROM (" + places +
                          ") AS place ORDER BY recorded_at" + direction + ", sequence" + direction + " LIMIT " +
                          conditions.Name(std::to_string(query.rows + 1)) + "::bigint";
  return {sql, std::move(conditions).values(), ServedByOnePlan(query)};
}

// The first and the last time leave the other months out before the plan is run.
ReviewSql RowsSql(const ReviewQuery& query, const std::vector<audit::ReviewPlace>& places) {
  std::vector<std::string> times, sequences;
  for (const audit::ReviewPlace& place : places) {
    times.push_back(MomentText(place.recorded_us));
    sequences.push_back(std::to_string(place.sequence));
  }
  const auto [first, last] = std::minmax_element(times.begin(), times.end());
  std::string sql = "SELECT ";
  for (const char* column : kColumns) {
    sql += column == nullptr ? "to_char(event.recorded_at AT TIME ZONE 'Asia/Tokyo', " + std::string(kJapan) + ")"
                             : std::string(column);
    sql += ", ";
  }
  const std::string direction = query.oldest_first ? "" : " DESC";
  sql +=
      "CASE WHEN leaf.leaf_index < $5::bigint THEN 1 END FROM unnest($1::timestamptz[], $2::bigint[]) AS place(at, "
      "number) CROSS JOIN LATERAL (SELECT * FROM audit_event WHERE recorded_at >= $3::timestamptz AND recorded_at <= "
      "$4::timestamptz AND recorded_at = place.at AND sequence = place.number OFFSET 0) AS event LEFT JOIN desk ON "
      "desk.desk_id = event.desk_id LEFT JOIN LATERAL (SELECT leaf_index FROM trail_leaf WHERE trail_leaf.sequence = "
      "event.sequence OFFSET 0) AS leaf ON true ORDER BY event.recorded_at" +
      direction + ", event.sequence" + direction;
  return {sql, {TextArray(times), TextArray(sequences), *first, *last, std::to_string(query.reviewed_to)}, true};
}

ReviewSql CountSql(const ReviewQuery& query, const PatientPresses& presses, std::size_t most) {
  Conditions conditions;
  const std::string rows = PlacesOf(query, presses, conditions, most);
  return {"SELECT count(*) FROM (" + rows + ") AS event", std::move(conditions).values(), false};
}

}  // namespace madoguchi::store
