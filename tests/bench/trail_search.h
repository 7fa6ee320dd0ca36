// SPDX-License-Identifier: Apache-2.0
// How long a page of 50 rows takes, for each thing the review can ask for: the server's own search (store::PgReview),
// asked with values that seeded chance picks out of the trail itself; in a small and a large trail in turns, so that
// whatever else the machine does happens to both. Thread: one. Errors: std::exception.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace madoguchi::bench {

struct SearchOrder {
  std::string small_url, large_url;  // as the server's role
  std::uint64_t seed = 1;
  int searches = 0;  // of each kind
};

// {"<kind>": {"small": …, "large": …}}, each {"p50_ms", "p95_ms", "max_ms", "rows_per_page"}
nlohmann::json Search(const SearchOrder& order);

}  // namespace madoguchi::bench
