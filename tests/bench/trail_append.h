// SPDX-License-Identifier: Apache-2.0
// How fast rows come into the trail: through the server's writer with many callers at once, each doing what a check
// does (intent, outcome, what follows), against plain INSERT … SELECT unnest of exactly the same rows, those of their
// presses among them, in turns, in one run. Both commit as a clinic's database does. What the writer does beside the
// rows (the rules of desks and accounts, the end of a press) is inside its time. Thread: one, which starts the callers.
// Errors: std::exception.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace madoguchi::bench {

inline constexpr int kPlainRowsPerCommit = 100;  // as many as the writer takes at most

struct AppendOrder {
  std::string owner_url;
  std::string server_url;
  std::uint64_t seed = 1;
  int rows = 0;    // of one round
  int rounds = 0;  // one more is made first and not counted
  int callers = 0;
};

// {"events": …, "checks": …}, each {"writer_rows_per_s", "plain_rows_per_s", "ratio" (medians), "rows_per_commit"}
nlohmann::json Append(const AppendOrder& order);

}  // namespace madoguchi::bench
