// SPDX-License-Identifier: Apache-2.0
// MethodBook: which ways of checking are allowed where and when, as an administrator wrote it down. Of the rules that
// fit a desk at a moment the most exact one counts: desk before zone before all; among equals the newest. None fits:
// every way that is switched on. store/ implements it (the choice itself is the SQL function methods_allowed, which the
// intent of a press asks); each change is one transaction with its row in the trail. `allowed`: the institution codes
// of whoever asks; empty: all. Rules that are not of one desk concern every institution. Thread: any; calls block up to
// their deadline. Errors besides those named: DATABASE_….
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::check {

inline constexpr int kMethodRulesMax = 200;
inline constexpr std::size_t kZoneCharactersMax = 40;
inline constexpr int kMinutesOfDay = 24 * 60;

struct MethodRule {
  std::int64_t number = 0;    // given by the book
  std::string desk_id;        // UUID text; empty: not for one desk
  std::string zone;           // empty: not for one zone; never together with a desk
  std::vector<int> weekdays;  // 1 Monday … 7 Sunday, each once, ascending; none: every day
  int from_minute = 0;        // of the day in Japan, 0–1439
  int until_minute =
      kMinutesOfDay;  // exclusive, 1–1440; not after from_minute: over midnight, and of the day it begins on
  std::vector<std::string> methods;  // of "pin", "sight", "number", each once; none: no check at all
  std::string desk_name = {}, made_by = {}, made_at = {};  // read only; time RFC 3339 in UTC
};

// A desk as the rules have it at this moment.
struct DeskMethods {
  std::string desk_id, desk_name, zone;
  std::vector<std::string> methods;
};

struct MethodAct {
  std::string by;                    // user of the console
  std::vector<std::string> allowed;  // institution codes
};

class MethodBook {
 public:
  virtual ~MethodBook() = default;
  // By number; those of desks the caller may not see are left out.
  virtual Result<std::vector<MethodRule>> List(const std::vector<std::string>& allowed, Deadline deadline) = 0;
  // The active desks the caller may see, by name.
  virtual Result<std::vector<DeskMethods>> Now(const std::vector<std::string>& allowed, Deadline deadline) = 0;
  // → its number. Precondition: the fields are as said above. FIELD_INVALID (kMethodRulesMax are there) · DESK_UNKNOWN
  // · STATE_NOT_POSSIBLE (the desk is revoked) · INSTITUTION_NOT_ALLOWED.
  virtual Result<std::int64_t> Add(const MethodRule& rule, const MethodAct& act, Deadline deadline) = 0;
  // NOT_FOUND_HERE · INSTITUTION_NOT_ALLOWED.
  virtual Result<void> Remove(std::int64_t number, const MethodAct& act, Deadline deadline) = 0;
  // zone: 1–kZoneCharactersMax characters; empty: in none. Errors as of Add.
  virtual Result<void> SetZone(const std::string& desk_id, const std::string& zone, const MethodAct& act,
                               Deadline deadline) = 0;
};

}  // namespace madoguchi::check
