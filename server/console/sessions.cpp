// SPDX-License-Identifier: Apache-2.0
#include "server/console/sessions.h"

#include <thread>

#include "contract/crypto/digest.h"
#include "contract/crypto/password_hash.h"
#include "contract/crypto/random.h"
#include "contract/log.h"
#include "server/console/mails.h"
#include "server/console/single_use_code.h"
#include "server/console/totp.h"

namespace madoguchi::console {
namespace {

constexpr const char* kComponent = "console";

}  // namespace

Result<LoggedIn> Sessions::LogIn(const Typed& typed, const std::string& console_id, Deadline deadline,
                                 std::chrono::milliseconds& retry_after) {
  const Claim claim = proof_.ClaimOf(typed.user_id);
  TRY_ASSIGN(const Attempt attempt, proof_.Password(claim, typed.password, deadline, retry_after));
  NewSession session;
  session.console_id = console_id;
  session.password_hash = attempt.password_hash;
  if (!attempt.totp_sealed.empty()) {
    TRY_ASSIGN(session.totp_step, proof_.Step(claim, attempt, typed.code));
    const std::string recovery = session.totp_step == 0 ? Normalised(typed.code) : std::string();
    if (!recovery.empty())
      session.recovery_code_hash = CodeHash(seams_.keyed_hash, "recovery", claim.user_id, recovery);
    if (session.totp_step == 0 && recovery.empty()) return proof_.Wrong(claim, attempt, "code", deadline);
  }
  const Bytes token = crypto::RandomBytes(kTokenBytes);
  const crypto::Sha256Digest digest = crypto::Sha256(token);
  session.token_sha256.assign(digest.begin(), digest.end());
  Result<SessionFacts> begun = seams_.book.BeginSession(claim, session, deadline);
  if (!begun.ok() && begun.error().code == ErrorCode::kConsoleLogInRefused)
    return proof_.Wrong(claim, attempt, "code", deadline);
  if (!begun.ok()) return std::move(begun).error();
  return LoggedIn{ToHex(token), std::move(begun).value()};
}

Result<void> Sessions::LogOut(const OwnSession& own, Deadline deadline) {
  return seams_.book.EndSession(own.token_sha256, deadline);
}

Result<void> Sessions::CheckNewPassword(std::string_view password, std::string_view old_password,
                                        const std::string& user_id, account::Problems& problems) const {
  problems = account::CheckPassword(policy_, "new_password", AsBytes(password), AsBytes(old_password), user_id);
  if (account::Refuses(problems)) return Error{ErrorCode::kFieldInvalid, "new_password", {}};
  return {};
}

Result<void> Sessions::ChangePassword(const OwnSession& own, const PasswordChange& change, Deadline deadline,
                                      account::Problems& problems, std::chrono::milliseconds& retry_after) {
  const Claim claim = proof_.ClaimOf(own.user_id);
  TRY_VOID(CheckNewPassword(change.new_password, change.old_password, own.user_id, problems));
  TRY_ASSIGN(const std::string hash,
             crypto::HashPassword(AsBytes(change.new_password), crypto::Slot::kLogIn, deadline));
  TRY_VOID(proof_.Password(claim, change.old_password, deadline, retry_after));
  return seams_.book.ChangePassword(claim, hash, own.token_sha256, deadline);
}

Result<std::string> Sessions::BeginTotp(const OwnSession& own, std::string_view password, Deadline deadline,
                                        std::chrono::milliseconds& retry_after) {
  const Claim claim = proof_.ClaimOf(own.user_id);
  TRY_VOID(proof_.Password(claim, password, deadline, retry_after));
  Bytes secret = crypto::RandomBytes(kTotpSecretBytes);
  const Result<Bytes> sealed = seams_.seal.Close(secret, TotpAbout(own.user_id));
  std::string uri = TotpUri(secret, own.user_id);
  Wipe(secret);
  if (!sealed.ok()) return sealed.error();
  TRY_VOID(seams_.book.KeepNextTotp(claim, *sealed, deadline));
  return uri;
}

Result<std::vector<std::string>> Sessions::ConfirmTotp(const OwnSession& own, std::string_view code,
                                                       Deadline deadline) {
  TRY_ASSIGN(const SessionBook::NextTotp next, seams_.book.LoadNextTotp(own.user_id, deadline));
  TRY_ASSIGN(const SecretBytes secret, seams_.seal.Open(next.sealed, TotpAbout(own.user_id)));
  SessionBook::ConfirmedTotp confirmed{next.sealed, 0, {}};
  TRY_ASSIGN(confirmed.step, TotpStepOf(secret.view(), code, next.now));
  // Nothing can be guessed here: whoever confirms was just shown the secret.
  if (confirmed.step == 0) return Error{ErrorCode::kConsoleLogInRefused, "TOTP code", {}};
  std::vector<std::string> codes;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    codes.push_back(NewSingleUseCode());
    confirmed.recovery_code_hashes.push_back(
        CodeHash(seams_.keyed_hash, "recovery", own.user_id, Normalised(codes.back())));
  }
  TRY_VOID(seams_.book.ConfirmTotp(own.user_id, confirmed, own.token_sha256, deadline));
  return codes;
}

Result<void> Sessions::AskReset(std::string_view user_id, Deadline deadline) {
  const auto answer_at = std::chrono::steady_clock::now() + kResetAnsweredAfter;
  const Claim claim = proof_.ClaimOf(user_id);
  const std::string code = NewSingleUseCode();
  Result<void> asked;
  // An id that is no address has no mail to wait for.
  const Result<account::SealedMail> mail = account::SealMail(seams_.seal, ResetMail(claim.user_id, code));
  if (mail.ok())
    asked = seams_.book.MakeReset(claim.user_id, CodeHash(seams_.keyed_hash, "reset", claim.user_id, Normalised(code)),
                                  *mail, deadline);
  if (!asked.ok()) log::Report(kComponent, "reset_not_sent", asked.error());
  std::this_thread::sleep_until(answer_at);
  return {};
}

Result<void> Sessions::ResetPassword(const Reset& reset, Deadline deadline, account::Problems& problems,
                                     std::chrono::milliseconds& retry_after) {
  const Claim claim = proof_.ClaimOf(reset.user_id, true);
  TRY_VOID(CheckNewPassword(reset.new_password, {}, claim.user_id, problems));
  TRY_ASSIGN(const Attempt attempt, proof_.Begin(claim, deadline, retry_after));
  Result<std::string> hash = crypto::HashPassword(AsBytes(reset.new_password), crypto::Slot::kLogIn, deadline);
  if (!hash.ok()) {
    proof_.TakeBack(claim, deadline);
    return std::move(hash).error();
  }
  const Result<void> used = seams_.book.UseReset(
      claim, CodeHash(seams_.keyed_hash, "reset", claim.user_id, Normalised(reset.code)), *hash, deadline);
  if (!used.ok() && used.error().code == ErrorCode::kConsoleLogInRefused)
    return proof_.Wrong(claim, attempt, "reset code", deadline);
  return used;
}

}  // namespace madoguchi::console
