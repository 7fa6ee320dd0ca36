// SPDX-License-Identifier: Apache-2.0
#include "server/account/log_in.h"

#include <algorithm>

#include "contract/crypto/password_hash.h"
#include "contract/log.h"

namespace madoguchi::account {
namespace {

using crypto::Slot;

constexpr const char* kComponent = "account";

// As long for an account that is not there as for one that is.
Result<bool> Compare(const std::string& password_hash, ByteView password, Deadline deadline) {
  if (!password_hash.empty()) return crypto::VerifyPassword(password_hash, password, Slot::kLogIn, deadline);
  TRY_VOID(crypto::VerifyNobody(password, Slot::kLogIn, deadline));
  return false;
}

std::string Bounded(const std::string& typed) {
  return typed.substr(0, kTypedIdBytesMax);
}

}  // namespace

LogInAttempt DeskLogIn::AttemptOf(const std::string& desk_id, const std::string& institution_code,
                                  const std::string& account_id) const {
  LogInAttempt attempt;
  attempt.desk_id = desk_id;
  attempt.institution_code = Bounded(institution_code);
  attempt.account_id = Bounded(account_id);
  attempt.account_hash = TypedAccount(parts_.hash, attempt.institution_code, attempt.account_id);
  attempt.source = SourceOfDesk(parts_.lock_policy, desk_id);
  return attempt;
}

void DeskLogIn::ReturnTry(const LogInAttempt& attempt) {
  const Result<void> returned = parts_.log_ins.ReturnTry(attempt, Deadline::In(kReturnTryWithin));
  if (!returned) log::Report(kComponent, "try_not_returned", returned.error());
}

Result<KnownAccount> DeskLogIn::Prove(const LogInAttempt& attempt, ByteView password, LogInRefusal& refusal,
                                      Deadline deadline) {
  TRY_ASSIGN(KnownAccount known, parts_.log_ins.TakeTry(attempt, refusal.locked_for, deadline));
  const Result<bool> right = password.size() > kPasswordBytesMax
                                 ? Compare({}, password.first(kPasswordBytesMax), deadline)
                                 : Compare(known.password_hash, password, deadline);
  if (!right) {
    ReturnTry(attempt);
    return right.error();
  }
  if (!*right) {
    TRY_VOID(parts_.log_ins.Wrong(attempt, refusal.locked_for, deadline));
    return Error{ErrorCode::kInternalError, "a wrong password was not refused", {}};
  }
  return known;
}

Result<DeskAccountFacts> DeskLogIn::LogIn(const std::string& desk_id, const std::string& institution_code,
                                          const std::string& account_id, ByteView password, LogInRefusal& refusal,
                                          Deadline deadline) {
  const LogInAttempt attempt = AttemptOf(desk_id, institution_code, account_id);
  TRY_VOID(Prove(attempt, password, refusal, deadline));
  TRY_VOID(parts_.log_ins.LogIn(attempt, deadline));
  return parts_.log_ins.AccountOf(desk_id, attempt.institution_code, deadline);
}

Result<void> DeskLogIn::ChangePassword(const std::string& desk_id, const std::string& institution_code,
                                       ByteView old_password, ByteView new_password, ByteView new_password_again,
                                       LogInRefusal& refusal, Deadline deadline) {
  if (!std::equal(new_password.begin(), new_password.end(), new_password_again.begin(), new_password_again.end()))
    return Error{ErrorCode::kPasswordsDiffer, "", {}};
  TRY_ASSIGN(const DeskAccountFacts account, parts_.log_ins.AccountOf(desk_id, Bounded(institution_code), deadline));
  refusal.problems =
      CheckPassword(parts_.password_policy, "new_password", new_password, old_password, account.account_id);
  if (Refuses(refusal.problems)) return Error{ErrorCode::kPasswordTooWeak, "", {}};
  const LogInAttempt attempt = AttemptOf(desk_id, account.institution_code, account.account_id);
  TRY_ASSIGN(const KnownAccount known, Prove(attempt, old_password, refusal, deadline));
  const Result<std::string> new_hash = crypto::HashPassword(new_password, Slot::kLogIn, deadline);
  if (!new_hash) {
    ReturnTry(attempt);
    return new_hash.error();
  }
  return parts_.log_ins.ChangePassword(attempt, known.password_hash, *new_hash, deadline);
}

Result<bool> DeskLogIn::Deregister(const std::string& desk_id, const std::string& institution_code, ByteView password,
                                   LogInRefusal& refusal, Deadline deadline) {
  TRY_ASSIGN(const DeskAccountFacts account, parts_.log_ins.AccountOf(desk_id, Bounded(institution_code), deadline));
  const LogInAttempt attempt = AttemptOf(desk_id, account.institution_code, account.account_id);
  TRY_VOID(Prove(attempt, password, refusal, deadline));
  TRY_ASSIGN(const std::vector<std::string> released,
             parts_.log_ins.Deregister(attempt, institution_code.empty(), deadline));
  return parts_.releases.TellNow(released, deadline);
}

Result<std::chrono::milliseconds> DeskLogIn::LockLeft(const std::string& desk_id, const DeskAccountFacts& account,
                                                      Deadline deadline) {
  const LogInAttempt attempt = AttemptOf(desk_id, account.institution_code, account.account_id);
  return parts_.log_ins.LockLeft(attempt.account_hash, attempt.source, deadline);
}

}  // namespace madoguchi::account
