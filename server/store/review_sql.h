// SPDX-License-Identifier: Apache-2.0
// A question about the trail as one statement. Only what was asked for stands in it, so that each filter finds its
// index; a page is read in the order (recorded_at, sequence), which the partitions of audit_event have by themselves,
// and goes on behind a row instead of counting from the start. Over years of partitions, making the plan takes far
// longer than the search: what one plan serves well, whatever is asked for, is marked, and its plan is kept. Thread:
// any; pure.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "server/audit/review_book.h"

namespace madoguchi::store {

// Rows about a press that was a patient's lie this close to the one that names the patient: a press is forgotten after
// a week, and what its desk reports late comes when that desk is connected again.
inline constexpr std::chrono::hours kPressRowsWithin{31 * 24};
inline constexpr std::size_t kPatientPressesMax = 10'000;  // of the people of one search, in its span of time

struct ReviewSql {
  std::string sql;
  std::vector<std::string> values;  // of $1, $2, …
  bool one_plan = false;            // serves all values well: ExecuteReview keeps it
};

// Whether it asks for one person, check or inquiry: few rows, whatever else is asked.
bool IsOfFew(const audit::ReviewQuery& query);
// "2026-11-23T11:15:01.123456Z"
std::string MomentText(std::int64_t microseconds);

// The presses that were about a person, found by any of their numbers and any key.
struct PatientPresses {
  std::vector<std::string> press_ids;  // UUID text
  std::vector<std::int64_t> at_us;     // of each, when a row first said so: microseconds since 1970
};

// A query of_patient is asked in two steps: its presses, then the rows about them. At most kPatientPressesMax + 1:
// press id, microseconds since 1970.
ReviewSql PressesSql(const audit::ReviewQuery& query);
// Where the rows stand, in the order asked for, at most `rows` + 1: microseconds since 1970, sequence. `presses`: of a
// query of_patient.
ReviewSql PlacesSql(const audit::ReviewQuery& query, const PatientPresses& presses = {});
// What stands at these places, at least one, in the same order: audit::Field after audit::Field.
ReviewSql RowsSql(const audit::ReviewQuery& query, const std::vector<audit::ReviewPlace>& places);

// One number: how many rows, at most `most`.
ReviewSql CountSql(const audit::ReviewQuery& query, const PatientPresses& presses, std::size_t most);

}  // namespace madoguchi::store
