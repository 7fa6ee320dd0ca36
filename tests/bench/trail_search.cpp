// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/trail_search.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <pqxx/pqxx>
#include <stdexcept>
#include <utility>
#include <vector>

#include "server/audit/event.h"
#include "server/audit/review_book.h"
#include "server/store/pg_pool.h"
#include "server/store/pg_review.h"
#include "tests/bench/trail_days.h"

namespace madoguchi::bench {
namespace {

using audit::ReviewQuery;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kAnswerMax{60};
constexpr int kWarmUp = 10;  // of each kind, not counted
constexpr std::size_t kConnections = 1;

// Looks into the trail for what to search for; none of this is measured.
class Picker {
 public:
  Picker(const std::string& url, std::uint64_t seed) : connection_(url), chance_(seed) {
    pqxx::nontransaction transaction(connection_);
    last_ = transaction.exec1("SELECT max(sequence) FROM trail_leaf")[0].as<std::int64_t>();
  }
  // What the first row from a place by chance on, that has the column, has in it.
  std::string Value(const std::string& column, const std::string& condition = "true") {
    pqxx::nontransaction transaction(connection_);
    for (;;) {
      const auto from = static_cast<std::int64_t>(1 + chance_.Below(static_cast<std::uint64_t>(last_)));
      const std::int64_t above = std::min(from + kLookAhead, last_);
      const pqxx::result found = transaction.exec(
          "SELECT " + column + "::text FROM audit_event WHERE recorded_at BETWEEN " + At(from) + " AND " + At(above) +
          " AND (" + condition + ") AND (" + column + ") IS NOT NULL ORDER BY recorded_at, sequence LIMIT 1");
      if (!found.empty()) return found[0][0].as<std::string>();
      if (++misses_ > kMissesMax) throw std::runtime_error("nothing to search for: " + column);
    }
  }
  audit::ReviewPlace Place() {
    pqxx::nontransaction transaction(connection_);
    const pqxx::row found = transaction.exec1(
        "SELECT (extract(epoch FROM recorded_at) * 1000000)::int8, sequence FROM trail_leaf WHERE sequence = " +
        std::to_string(1 + chance_.Below(static_cast<std::uint64_t>(last_))));
    return {found[0].as<std::int64_t>(), found[1].as<std::int64_t>()};
  }
  // A day of the trail as [since, until).
  void Day(ReviewQuery& query) {
    const std::string day = Value("to_char(recorded_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD')");
    query.since = day + "T00:00:00+09:00";
    query.until = day + "T23:59:59.999999+09:00";
  }

 private:
  // When that row was recorded: leaves find a row by its number alone, and the rows of the generator are in order.
  static std::string At(std::int64_t sequence) {
    return "(SELECT recorded_at FROM trail_leaf WHERE sequence = " + std::to_string(sequence) + ")";
  }
  static constexpr std::int64_t kLookAhead = 20'000;
  static constexpr int kMissesMax = 10'000;
  pqxx::connection connection_;
  Chance chance_;
  std::int64_t last_ = 0;
  int misses_ = 0;
};

struct Kind {
  const char* name;
  std::function<void(Picker&, ReviewQuery&)> ask;
};

std::vector<Kind> Kinds() {
  return {
      {"newest rows", [](Picker&, ReviewQuery&) {}},
      {"oldest rows", [](Picker&, ReviewQuery& query) { query.oldest_first = true; }},
      {"a page in the middle", [](Picker& picker, ReviewQuery& query) { query.after = picker.Place(); }},
      {"a day", [](Picker& picker, ReviewQuery& query) { picker.Day(query); }},
      {"a desk", [](Picker& picker, ReviewQuery& query) { query.desk_id = picker.Value("desk_id"); }},
      {"a desk on a day",
       [](Picker& picker, ReviewQuery& query) {
         picker.Day(query);
         query.desk_id = picker.Value("desk_id");
       }},
      {"an account", [](Picker& picker, ReviewQuery& query) { query.account_id = picker.Value("account_id"); }},
      {"an operator", [](Picker& picker, ReviewQuery& query) { query.operator_code = picker.Value("operator_code"); }},
      {"an actor", [](Picker& picker, ReviewQuery& query) { query.actor = picker.Value("actor", "role = 'auditor'"); }},
      {"an event", [](Picker&, ReviewQuery& query) { query.actions = {audit::action::kCheckOutcome}; }},
      {"a rare event", [](Picker&, ReviewQuery& query) { query.actions = {audit::action::kAccountUnlocked}; }},
      {"a family of events",
       [](Picker&, ReviewQuery& query) {
         query.actions = {audit::action::kCheckIntent, audit::action::kCheckOutcome, audit::action::kCheckRefused,
                          audit::action::kCheckTooLate};
       }},
      {"refused", [](Picker&, ReviewQuery& query) { query.outcome = ReviewQuery::Outcome::kRefused; }},
      {"a code", [](Picker& picker, ReviewQuery& query) { query.code = std::stoi(picker.Value("code", "code <> 0")); }},
      {"a code at a desk by an operator",
       [](Picker& picker, ReviewQuery& query) {
         query.code = std::stoi(picker.Value("code", "code <> 0"));
         query.desk_id = picker.Value("desk_id");
         query.operator_code = picker.Value("operator_code");
       }},
      {"a check", [](Picker& picker, ReviewQuery& query) { query.press_id = picker.Value("press_id"); }},
      {"an inquiry", [](Picker& picker, ReviewQuery& query) { query.inquiry_id = picker.Value("inquiry_id"); }},
      {"a patient by number",
       [](Picker& picker, ReviewQuery& query) {
         query.of_patient = true;
         query.patient_hashes = {picker.Value("patient_hash"), picker.Value("patient_hash")};
       }},
      {"a patient by three insurances",
       [](Picker& picker, ReviewQuery& query) {
         query.of_patient = true;
         for (int i = 0; i < 3; ++i) query.insurance_hashes.push_back(picker.Value("insurance_hash"));
       }},
      {"somebody who was never here",
       [](Picker&, ReviewQuery& query) {
         query.of_patient = true;
         query.patient_hashes = {"00000000:none"};
         query.insurance_hashes = {"00000000:none"};
       }},
  };
}

double Of(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

// One trail that is searched, and how long its pages took.
class Searched {
 public:
  Searched(const std::string& url, std::uint64_t seed)
      : pool_(url, kConnections, limit_), review_(pool_), picker_(url, seed) {}

  void Ask(const Kind& kind, bool counted) {
    ReviewQuery query;
    kind.ask(picker_, query);
    const auto started = Clock::now();
    const Result<audit::ReviewPage> page = review_.Search(query, Deadline::In(kAnswerMax));
    const std::chrono::duration<double, std::milli> took = Clock::now() - started;
    if (!page) throw std::runtime_error(std::string(kind.name) + ": " + page.error().detail);
    if (!counted) return;
    milliseconds_.push_back(took.count());
    rows_ += page->rows.size();
  }
  // Of what was counted since the last call.
  nlohmann::json Told() {
    std::vector<double> sorted = std::exchange(milliseconds_, {});
    const auto rows = static_cast<double>(std::exchange(rows_, 0));
    std::sort(sorted.begin(), sorted.end());
    return {{"p50_ms", Of(sorted, 0.5)},
            {"p95_ms", Of(sorted, 0.95)},
            {"max_ms", sorted.back()},
            {"rows_per_page", rows / static_cast<double>(sorted.size())}};
  }

 private:
  store::AnswerLimit limit_{std::chrono::milliseconds(kAnswerMax)};
  store::PgPool pool_;
  store::PgReview review_;
  Picker picker_;
  std::vector<double> milliseconds_;
  std::size_t rows_ = 0;
};

}  // namespace

nlohmann::json Search(const SearchOrder& order) {
  if (order.searches < 1) throw std::runtime_error("--searches: at least 1");
  Searched small(order.small_url, order.seed), large(order.large_url, order.seed);
  nlohmann::json found;
  for (const Kind& kind : Kinds()) {
    for (int i = -kWarmUp; i < order.searches; ++i) {
      small.Ask(kind, i >= 0);
      large.Ask(kind, i >= 0);
    }
    found[kind.name] = {{"small", small.Told()}, {"large", large.Told()}};
  }
  return found;
}

}  // namespace madoguchi::bench
