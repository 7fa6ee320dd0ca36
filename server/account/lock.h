// SPDX-License-Identifier: Apache-2.0
// The lock on log-in: five wrong passwords for one account from one source lock that pair for 30 minutes (design §7).
// Pure: the store keeps what is said here and adds the database's time. A try is taken before the password is compared,
// so that parallel guesses never have more than kFailuresMax answered; the right password gives all of them back. A
// lock refuses log-in and never ends a working session. Source: the desk (its certificate says which), the enrolment
// listener as one source, or "*" under the strict policy. Thread: any.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/account/limits.h"
#include "server/audit/trail.h"

namespace madoguchi::account {

using DatabaseTime = std::chrono::sys_time<std::chrono::microseconds>;

// One account as typed, from one source.
struct Tries {
  int taken = 0;  // since the last right password or the end of the last lock; at most kFailuresMax
  std::optional<DatabaseTime> locked_until;  // set when the last try is taken
  bool operator==(const Tries&) const = default;
};

// What became of `tries` by `now`: a lock that ended has given all tries back; one that a clock set back would have
// made longer lasts kLockedFor from now.
Tries At(Tries tries, DatabaseTime now);
// Zero: not locked. Never more than kLockedFor.
std::chrono::microseconds LockedFor(const Tries& tries, DatabaseTime now);
// Nothing: locked, no try is left. The last try locks at once: whoever took it unlocks by being right.
std::optional<Tries> TakeTry(const Tries& tries, DatabaseTime now);
// What may give a try back gets this long beside the call's own deadline, which may be what ran out.
inline constexpr std::chrono::seconds kReturnTryWithin{2};
// The try could not be answered (no slot for a hash, database away): it does not count.
Tries ReturnTry(const Tries& tries, DatabaseTime now);

enum class LockPolicy {
  kPerSource,   // guesses at one desk lock log-in at that desk only
  kPerAccount,  // strict: guesses from anywhere lock the account's log-in everywhere
};
std::string SourceOfDesk(LockPolicy policy, std::string_view desk_id);
std::string SourceOfEnrolment(LockPolicy policy);

// What was typed, as the database knows it: a keyed hash, so that unknown accounts count alike and leave no text
// behind.
std::string TypedAccount(const audit::KeyedHash& hash, std::string_view institution_code, std::string_view account_id);
std::string TypedStaffCode(const audit::KeyedHash& hash, std::string_view staff_code);

}  // namespace madoguchi::account
