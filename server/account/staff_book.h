// SPDX-License-Identifier: Apache-2.0
// StaffBook: the roster of operators (受付担当) and who is signed in where. store/ implements it; the order of the
// steps is operators.h's. Every call is one short transaction, with its row in the trail (by staff code, never by
// name). Time is the database's. Thread: any; calls block up to their deadline. Errors besides those named: DATABASE_….
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::account {

struct StaffRow {
  std::string staff_code, name;
  bool active = false, pin_must_change = false;
  std::string locked_until;  // RFC 3339; empty: not locked
};
struct Roster {
  std::vector<StaffRow> staff;  // by staff code; those who were removed, last
  std::uint32_t most = 0;       // staff count of the newest accepted or recorded application; none: kStaffMax
};

// One PIN typed at a desk.
struct PinAttempt {
  std::string desk_id, staff_code;   // of the right form
  std::string account_hash, source;  // lock.h
};
struct KnownOperator {
  std::string pin_hash;  // empty: no such operator, or removed
  bool pin_must_change = false;
};

class StaffBook {
 public:
  virtual ~StaffBook() = default;
  // hash_of: lock.h's TypedStaffCode, to find the locks.
  virtual Result<Roster> List(const std::function<std::string(const std::string& staff_code)>& hash_of,
                              Deadline deadline) = 0;
  // ROSTER_FULL · FIELD_INVALID (the code was given out before: one code is one person for ever).
  virtual Result<void> Add(const StaffRow& row, const std::string& pin_hash, const std::string& by,
                           Deadline deadline) = 0;
  // Signed out everywhere. NOT_FOUND_HERE.
  virtual Result<void> Remove(const std::string& staff_code, const std::string& by, Deadline deadline) = 0;
  // Signed out everywhere, and their lock ends. NOT_FOUND_HERE.
  virtual Result<void> ResetPin(const std::string& staff_code, const std::string& account_hash,
                                const std::string& pin_hash, const std::string& by, Deadline deadline) = 0;

  virtual Result<KnownOperator> TakeTry(const PinAttempt& attempt, std::chrono::milliseconds& locked_for,
                                        Deadline deadline) = 0;
  virtual Result<void> ReturnTry(const PinAttempt& attempt, Deadline deadline) = 0;
  // Always an error: OPERATOR_REFUSED, or LOG_IN_LOCKED when that was the last try.
  virtual Result<void> Wrong(const PinAttempt& attempt, std::chrono::milliseconds& locked_for, Deadline deadline) = 0;
  // The PIN was right: gives the tries back. Whoever was signed in at this desk is signed out. OPERATOR_REFUSED:
  // removed meanwhile.
  virtual Result<void> SignIn(const PinAttempt& attempt, std::chrono::seconds idle, Deadline deadline) = 0;
  // The PIN was right, but is the first one: gives the tries back, signs nobody in.
  virtual Result<void> MustChange(const PinAttempt& attempt, Deadline deadline) = 0;
  // CHANGED_MEANWHILE.
  virtual Result<void> ChangePin(const PinAttempt& attempt, const std::string& old_hash, const std::string& new_hash,
                                 Deadline deadline) = 0;
  virtual Result<void> SignOut(const std::string& desk_id, Deadline deadline) = 0;  // also when nobody is signed in
};

}  // namespace madoguchi::account
