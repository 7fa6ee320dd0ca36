// SPDX-License-Identifier: Apache-2.0
// Who had which right at a moment, from the rows of the trail alone: the tables of users, staff, desks and accounts are
// not asked, so what comes out can be proven with the trail. What was given before the oldest row is known only as far
// as later rows speak of it. Thread: one. Memory: one entry per user, operator, desk and account.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "server/audit/review_row.h"

namespace madoguchi::audit {

inline constexpr std::size_t kRightsRowsMax = 50'000;  // rows that one question folds
inline constexpr std::size_t kRightsMax = 20'000;      // told at once

struct Right {
  std::string kind;  // "user" "operator" "desk" "account"
  std::string who, name, right, institution_codes, at_desk, since, given_by;
  std::int64_t sequence = 0;
  bool before_trail = false;  // no row says what gave it
};

class Rights {
 public:
  static std::vector<std::string> Words();  // of the rows to be added
  // In the order of the trail.
  void Add(const ReviewRow& row);
  // Those that stand after the last row; by kind, then by whom.
  std::vector<Right> Standing() const;

 private:
  struct Entry {
    Right right;
    bool stands = false;
  };
  Entry& At(const std::string& kind, const std::string& who);
  void Give(const ReviewRow& row, const std::string& kind, const std::string& who, const std::string& right);
  void Take(const std::string& kind, const std::string& who);
  void GiveBack(const ReviewRow& row, const std::string& kind, const std::string& who);
  std::map<std::pair<std::string, std::string>, Entry> entries_;
};

// The value of `name` in a detail like "user=ada@x role=auditor"; empty: not there.
std::string DetailValue(const std::string& detail, const std::string& name);

}  // namespace madoguchi::audit
