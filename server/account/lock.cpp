// SPDX-License-Identifier: Apache-2.0
#include "server/account/lock.h"

#include <algorithm>

namespace madoguchi::account {
namespace {

constexpr char kEverywhere[] = "*";

std::string Typed(const audit::KeyedHash& hash, std::string_view kind, std::string_view first,
                  std::string_view second) {
  std::string text(kind);
  for (const std::string_view part : {first, second}) text.append(1, '|').append(part);
  return hash.Of(AsBytes(text));
}

}  // namespace

Tries At(Tries tries, DatabaseTime now) {
  if (!tries.locked_until) return tries;
  if (*tries.locked_until <= now) return {};
  tries.locked_until = std::min(*tries.locked_until, now + kLockedFor);
  return tries;
}

std::chrono::microseconds LockedFor(const Tries& tries, DatabaseTime now) {
  const Tries current = At(tries, now);
  return current.locked_until ? *current.locked_until - now : std::chrono::microseconds(0);
}

std::optional<Tries> TakeTry(const Tries& tries, DatabaseTime now) {
  Tries current = At(tries, now);
  if (current.locked_until) return std::nullopt;
  if (++current.taken >= kFailuresMax) current.locked_until = now + kLockedFor;
  return current;
}

Tries ReturnTry(const Tries& tries, DatabaseTime now) {
  Tries current = At(tries, now);
  current.taken = std::max(current.taken - 1, 0);
  current.locked_until.reset();
  return current;
}

std::string SourceOfDesk(LockPolicy policy, std::string_view desk_id) {
  return policy == LockPolicy::kPerAccount ? kEverywhere : "desk:" + std::string(desk_id);
}

std::string SourceOfEnrolment(LockPolicy policy) {
  return policy == LockPolicy::kPerAccount ? kEverywhere : "enrolment";
}

std::string TypedAccount(const audit::KeyedHash& hash, std::string_view institution_code, std::string_view account_id) {
  return Typed(hash, "log-in", institution_code, account_id);
}

std::string TypedStaffCode(const audit::KeyedHash& hash, std::string_view staff_code) {
  return Typed(hash, "log-in", "staff", staff_code);
}

}  // namespace madoguchi::account
