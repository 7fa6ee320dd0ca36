// SPDX-License-Identifier: Apache-2.0
#include "server/console/proof.h"

#include "contract/crypto/password_hash.h"
#include "contract/log.h"
#include "server/console/totp.h"

namespace madoguchi::console {
namespace {

constexpr const char* kComponent = "console";
constexpr std::size_t kTypedIdMax = 254;

}  // namespace

std::string TotpAbout(const std::string& user_id) {
  return std::string("totp") + '\0' + user_id;
}

Claim Proof::ClaimOf(std::string_view typed_user_id, bool of_reset) const {
  std::string user_id(typed_user_id.substr(0, kTypedIdMax));
  for (char& c : user_id)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const std::string input = std::string(of_reset ? "console-reset" : "console") + '\0' + user_id;
  const std::string hash = keyed_hash_.Of(AsBytes(input));
  // What PostgreSQL would not take as text is nobody's id.
  const bool plain =
      user_id.size() <= kUserIdMax &&
      user_id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.@!#$%&'*+/=?^_`{|}~-") == std::string::npos;
  return {plain ? user_id : std::string(), hash, of_reset};
}

Result<Attempt> Proof::Begin(const Claim& claim, Deadline deadline, std::chrono::milliseconds& retry_after) const {
  TRY_ASSIGN(Attempt attempt, book_.BeginAttempt(claim, deadline));
  if (attempt.locked_for.count() > 0) {
    retry_after = attempt.locked_for;
    return Error{ErrorCode::kConsoleLogInLocked, "", {}};
  }
  return attempt;
}

void Proof::TakeBack(const Claim& claim, Deadline deadline) const {
  const Result<void> taken_back = book_.TakeBackAttempt(claim, deadline);
  if (!taken_back.ok()) log::Report(kComponent, "attempt_not_taken_back", taken_back.error());
}

Error Proof::Wrong(const Claim& claim, const Attempt& attempt, const char* why, Deadline deadline) const {
  Result<void> counted = book_.FailAttempt(claim, attempt, deadline);
  if (!counted.ok()) return std::move(counted).error();
  return {ErrorCode::kConsoleLogInRefused, why, {}};
}

Result<Attempt> Proof::Password(const Claim& claim, std::string_view password, Deadline deadline,
                                std::chrono::milliseconds& retry_after) const {
  TRY_ASSIGN(Attempt attempt, Begin(claim, deadline, retry_after));
  Result<bool> right = false;
  if (attempt.known) {
    right = crypto::VerifyPassword(attempt.password_hash, AsBytes(password), crypto::Slot::kLogIn, deadline);
  } else {
    const Result<void> nobody = crypto::VerifyNobody(AsBytes(password), crypto::Slot::kLogIn, deadline);
    if (!nobody.ok()) right = nobody.error();
  }
  if (!right.ok()) {
    TakeBack(claim, deadline);
    return std::move(right).error();
  }
  if (!*right) return Wrong(claim, attempt, "user or password", deadline);
  return attempt;
}

Result<std::int64_t> Proof::Step(const Claim& claim, const Attempt& attempt, std::string_view code) const {
  if (attempt.totp_sealed.empty()) return std::int64_t{0};
  TRY_ASSIGN(const SecretBytes secret, seal_.Open(attempt.totp_sealed, TotpAbout(claim.user_id)));
  TRY_ASSIGN(const std::int64_t step, TotpStepOf(secret.view(), code, attempt.now));
  return step > attempt.totp_last_step ? step : 0;
}

Result<void> Proof::FreshTotp(const Claim& claim, std::string_view code, Deadline deadline,
                              std::chrono::milliseconds& retry_after) const {
  TRY_ASSIGN(const Attempt attempt, Begin(claim, deadline, retry_after));
  TRY_ASSIGN(const std::int64_t step, Step(claim, attempt, code));
  if (step == 0) return Wrong(claim, attempt, "TOTP code", deadline);
  const Result<void> used = book_.UseTotpStep(claim, step, deadline);
  if (!used.ok() && used.error().code == ErrorCode::kConsoleLogInRefused)
    return Wrong(claim, attempt, "TOTP code used before", deadline);
  return used;
}

}  // namespace madoguchi::console
