// SPDX-License-Identifier: Apache-2.0
// Operators (受付担当): who stands at a desk. Staff code and own PIN, with the same rules of locks as log-in; a first
// PIN has to be changed before it signs anybody in; sign-in is at one desk and opens no other; it ends when idle (the
// database's clock; each press counts as use). Also the administrator's side, the roster. Thread: any; calls block up
// to their deadline. Owns nothing.
#pragma once
#include "server/account/log_in.h"
#include "server/account/staff_book.h"

namespace madoguchi::account {

inline constexpr std::size_t kStaffCodeMax = 12;  // digits and capital letters
inline constexpr std::size_t kStaffNameMax = 60;
inline constexpr int kFirstPinDigits = 6;

bool IsStaffCode(std::string_view text);

class Operators {
 public:
  struct Parts {
    StaffBook& book;
    const audit::KeyedHash& hash;
    LockPolicy lock_policy = LockPolicy::kPerSource;
    std::chrono::seconds idle = kOperatorIdleDefault;
  };
  explicit Operators(Parts parts) : parts_(parts) {}

  struct SignedIn {
    bool pin_must_change = false;  // then nobody is signed in
    std::chrono::milliseconds idle{0};
  };
  // OPERATOR_REFUSED (an unknown code is not told apart) · LOG_IN_LOCKED.
  Result<SignedIn> SignIn(const std::string& desk_id, const std::string& staff_code, ByteView pin,
                          LogInRefusal& refusal, Deadline deadline);
  Result<void> SignOut(const std::string& desk_id, Deadline deadline) { return parts_.book.SignOut(desk_id, deadline); }
  // FIELD_INVALID with problems, told before anything is counted.
  Result<void> ChangePin(const std::string& desk_id, const std::string& staff_code, ByteView old_pin, ByteView new_pin,
                         LogInRefusal& refusal, Deadline deadline);

  Result<Roster> List(Deadline deadline);
  // → the first PIN: secret, shown once. FIELD_INVALID with problems · ROSTER_FULL.
  Result<std::string> Add(const std::string& staff_code, const std::string& name, const std::string& by,
                          Problems& problems, Deadline deadline);
  Result<void> Remove(const std::string& staff_code, const std::string& by, Deadline deadline);
  Result<std::string> ResetPin(const std::string& staff_code, const std::string& by, Deadline deadline);

 private:
  PinAttempt AttemptOf(const std::string& desk_id, const std::string& staff_code) const;
  Result<KnownOperator> Prove(const PinAttempt& attempt, ByteView pin, LogInRefusal& refusal, Deadline deadline);
  void ReturnTry(const PinAttempt& attempt);
  Parts parts_;
};

}  // namespace madoguchi::account
