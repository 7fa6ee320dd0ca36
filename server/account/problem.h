// SPDX-License-Identifier: Apache-2.0
// Problem: what is wrong with one field of what a person entered, said to that person. Never repeats what was entered.
// Thread: values.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

namespace madoguchi::account {

inline constexpr std::size_t kProblemsMax = 100;  // more are not told

struct Problem {
  std::string field;  // as in the request: "founder"
  std::string text_ja, text_en;
  bool warning = false;  // true: nothing is refused for it
};
using Problems = std::vector<Problem>;

inline bool Refuses(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(), [](const Problem& problem) { return !problem.warning; });
}

}  // namespace madoguchi::account
