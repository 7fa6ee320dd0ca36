// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_review.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/audit/event.h"
#include "server/store/array_literal.h"
#include "server/store/event_statements.h"
#include "server/store/review_ask.h"
#include "server/store/review_sql.h"

namespace madoguchi::store {
namespace {

using audit::ReviewQuery;

constexpr char kTimeFormat[] = R"(YYYY-MM-DD"T"HH24:MI:SS.US"+09:00")";

// Every search asks this. As a range of one word in the order of that index: see review_sql.cpp.
constexpr char kMarks[] = R"(
  SELECT to_char(recorded_at AT TIME ZONE 'Asia/Tokyo', $1), coalesce(actor, ''), coalesce(institution_code, ''), sequence,
         coalesce(detail, '')
  FROM audit_event WHERE action >= $2::text AND action <= $2::text
    AND ($3::bpchar[] = '{}' OR institution_code IS NULL OR institution_code = ANY ($3::bpchar[]))
  ORDER BY action DESC, recorded_at DESC, sequence DESC LIMIT )";
constexpr char kSpan[] = R"(
  WITH wanted AS (SELECT least(CASE WHEN $2::bigint = 0 THEN size ELSE $2::bigint END, size) AS size FROM trail_head)
  SELECT size, coalesce(to_char(first.recorded_at AT TIME ZONE 'Asia/Tokyo', $3), ''),
         coalesce(to_char(last.recorded_at AT TIME ZONE 'Asia/Tokyo', $3), '')
  FROM wanted LEFT JOIN trail_leaf AS first ON first.leaf_index = $1::bigint AND $1::bigint < size
    LEFT JOIN trail_leaf AS last ON last.leaf_index = size - 1)";
constexpr char kBegin[] = R"(
  SELECT coalesce((SELECT to_char(recorded_at AT TIME ZONE 'Asia/Tokyo', $1) FROM audit_event ORDER BY recorded_at, sequence LIMIT 1), ''),
         EXISTS (SELECT FROM trail_tombstone))";
// Of two that save at the same moment, the user's row makes the second wait.
constexpr char kLockUser[] = "SELECT FROM console_user WHERE user_id = $1 FOR NO KEY UPDATE";
constexpr char kSave[] = R"(
  INSERT INTO saved_search (user_id, name, search)
  SELECT $1, $2, decode($3, 'hex')
  WHERE (SELECT count(*) FROM saved_search WHERE user_id = $1 AND name <> $2) < $4::bigint
  ON CONFLICT (user_id, name) DO UPDATE SET search = excluded.search, saved_at = clock_timestamp())";
constexpr char kSearches[] = R"(
  SELECT name, to_char(saved_at AT TIME ZONE 'Asia/Tokyo', $2), encode(search, 'hex') FROM saved_search WHERE user_id = $1
  ORDER BY name LIMIT $3::bigint)";

// Most questions are about what was lately: what a page needs is found there, without the months before.
std::optional<std::int64_t> LatelySince(const ReviewQuery& query) {
  if (query.oldest_first || !query.since.empty() || !query.until.empty() || IsOfFew(query)) return {};
  const std::chrono::microseconds now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
  return (query.after ? query.after->recorded_us : now.count()) - std::chrono::microseconds(kReviewLately).count();
}

// TRAIL_SEARCH_INVALID "since": more than a question can be about.
Result<PatientPresses> FindPresses(pqxx::work& transaction, const ReviewQuery& query) {
  PatientPresses presses;
  if (!query.of_patient) return presses;
  for (const pqxx::row& row : ExecuteReview(transaction, PressesSql(query))) {
    presses.press_ids.emplace_back(row[0].c_str());
    presses.at_us.push_back(row[1].as<std::int64_t>());
  }
  if (presses.press_ids.size() > kPatientPressesMax) return Error{ErrorCode::kTrailSearchInvalid, "since", {}};
  return presses;
}

void Find(pqxx::work& transaction, const ReviewSql& asked, std::vector<audit::ReviewPlace>& places) {
  for (const pqxx::row& row : ExecuteReview(transaction, asked))
    places.push_back({row[0].as<std::int64_t>(), row[1].as<std::int64_t>()});
}

// One more than the page has, when there is one.
Result<std::vector<audit::ReviewPlace>> FindPlaces(pqxx::work& transaction, ReviewQuery query) {
  std::vector<audit::ReviewPlace> places;
  TRY_ASSIGN(const PatientPresses presses, FindPresses(transaction, query));
  if (query.of_patient && presses.press_ids.empty()) return places;
  const std::optional<std::int64_t> lately = LatelySince(query);
  if (!lately) {
    Find(transaction, PlacesSql(query, presses), places);
    return places;
  }
  const std::size_t wanted = query.rows;
  query.since = MomentText(*lately);
  Find(transaction, PlacesSql(query), places);
  if (places.size() > wanted) return places;
  query.until = std::exchange(query.since, {});
  query.rows = wanted - places.size();
  Find(transaction, PlacesSql(query), places);
  return places;
}

Result<audit::ReviewPage> PageOf(pqxx::work& transaction, const ReviewQuery& query) {
  TRY_ASSIGN(std::vector<audit::ReviewPlace> places, FindPlaces(transaction, query));
  audit::ReviewPage page;
  if (places.empty()) return page;
  page.first = places.front();
  if (places.size() > query.rows) {
    places.resize(query.rows);
    page.next = places.back();
  }
  for (const pqxx::row& row : ExecuteReview(transaction, RowsSql(query, places))) {
    audit::ReviewRow& shown = page.rows.emplace_back();
    for (std::size_t field = 0; field < audit::kFields; ++field)
      shown.values[field] = row[static_cast<pqxx::row::size_type>(field)].c_str();
  }
  return page;
}

}  // namespace

Result<audit::ReviewPage> PgReview::Search(const ReviewQuery& query, Deadline deadline) {
  ReviewQuery bounded = query;
  bounded.rows = std::clamp<std::size_t>(query.rows, 1, audit::kTimelineRowsMax);
  return AskTrail(pool_, deadline,
                  [&](pqxx::work& transaction) -> Result<audit::ReviewPage> { return PageOf(transaction, bounded); });
}

Result<std::size_t> PgReview::Count(const ReviewQuery& query, std::size_t most, Deadline deadline) {
  return AskTrail(pool_, deadline, [&](pqxx::work& transaction) -> Result<std::size_t> {
    TRY_ASSIGN(const PatientPresses presses, FindPresses(transaction, query));
    return ExecuteReview(transaction, CountSql(query, presses, most)).at(0)[0].as<std::size_t>();
  });
}

Result<audit::TrailBegin> PgReview::Begin(Deadline deadline) {
  return AskTrail(pool_, deadline, [](pqxx::work& transaction) -> Result<audit::TrailBegin> {
    const pqxx::row row = transaction.exec_params1(kBegin, kTimeFormat);
    return audit::TrailBegin{row[0].c_str(), row[1].as<bool>()};
  });
}

Result<std::vector<audit::ReviewMark>> PgReview::Marks(const std::vector<std::string>& institution_codes,
                                                       Deadline deadline) {
  const ReviewSql asked{kMarks + std::to_string(audit::kReviewMarksMax),
                        {kTimeFormat, audit::action::kAuditReviewed, TextArray(institution_codes)},
                        true};
  return AskTrail(pool_, deadline, [&](pqxx::work& transaction) -> Result<std::vector<audit::ReviewMark>> {
    std::vector<audit::ReviewMark> marks;
    for (const pqxx::row& row : ExecuteReview(transaction, asked))
      marks.push_back({row[0].c_str(), row[1].c_str(), row[2].c_str(), row[3].as<std::int64_t>(), row[4].c_str()});
    return marks;
  });
}

Result<audit::TreeSpan> PgReview::Span(std::int64_t from, std::int64_t size, Deadline deadline) {
  return AskTrail(pool_, deadline, [&](pqxx::work& transaction) -> Result<audit::TreeSpan> {
    const pqxx::row row = transaction.exec_params1(kSpan, from, size, kTimeFormat);
    return audit::TreeSpan{row[0].as<std::int64_t>(), row[1].c_str(), row[2].c_str()};
  });
}

Result<void> PgReview::SaveSearch(const std::string& user_id, const std::string& name, const std::string& search,
                                  const audit::Event& row, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kLockUser, user_id);
    const auto saved = transaction.exec_params(kSave, user_id, name, ToHex(AsBytes(search)),
                                               static_cast<std::int64_t>(audit::kSavedSearchesMax));
    if (saved.affected_rows() == 0) return Error{ErrorCode::kFieldInvalid, "name", {}};
    WriteEvent(transaction, row, owner_);
    return {};
  });
}

Result<std::vector<audit::SavedSearch>> PgReview::Searches(const std::string& user_id, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<audit::SavedSearch>> {
    std::vector<audit::SavedSearch> searches;
    for (const pqxx::row& row : transaction.exec_params(kSearches, user_id, kTimeFormat,
                                                        static_cast<std::int64_t>(audit::kSavedSearchesMax))) {
      const Bytes search = FromHex(row[2].c_str()).value_or(Bytes{});
      searches.push_back({row[0].c_str(), row[1].c_str(), std::string(AsText(search))});
    }
    return searches;
  });
}

Result<void> PgReview::DeleteSearch(const std::string& user_id, const std::string& name, const audit::Event& row,
                                    Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const auto gone =
        transaction.exec_params("DELETE FROM saved_search WHERE user_id = $1 AND name = $2", user_id, name);
    if (gone.affected_rows() == 0) return Error{ErrorCode::kSavedSearchUnknown, "", {}};
    WriteEvent(transaction, row, owner_);
    return {};
  });
}

}  // namespace madoguchi::store
