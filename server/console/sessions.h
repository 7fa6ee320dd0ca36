// SPDX-License-Identifier: Apache-2.0
// Sessions: what a user does for themself: log in and out, choose a password, set up TOTP, have the password reset by
// mail. Thread: any; every call blocks on the database, some on a hash slot. Errors: as Proof, and FIELD_INVALID with
// problems · STATE_NOT_POSSIBLE · CHANGED_MEANWHILE.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "server/account/password_policy.h"
#include "server/console/proof.h"

namespace madoguchi::console {

inline constexpr int kRecoveryCodes = 10;
// The answer to a wish for a reset leaves at this time after it came, whether there is such a user or not.
inline constexpr std::chrono::milliseconds kResetAnsweredAfter{250};

struct LoggedIn {
  std::string token;  // 64 hex digits. Secret
  SessionFacts session;
};

// Whose session it is that acts.
struct OwnSession {
  std::string user_id;
  ByteView token_sha256;
};

class Sessions {
 public:
  // All outlive it.
  struct Seams {
    SessionBook& book;
    const audit::KeyedHash& keyed_hash;
    const crypto::Seal& seal;
  };
  Sessions(const Seams& seams, const account::PasswordPolicy& policy)
      : seams_(seams), proof_(seams.book, seams.keyed_hash, seams.seal), policy_(policy) {}

  struct Typed {
    std::string_view user_id, password, code;
  };
  Result<LoggedIn> LogIn(const Typed& typed, const std::string& console_id, Deadline deadline,
                         std::chrono::milliseconds& retry_after);
  Result<void> LogOut(const OwnSession& own, Deadline deadline);

  struct PasswordChange {
    std::string_view old_password, new_password;
  };
  Result<void> ChangePassword(const OwnSession& own, const PasswordChange& change, Deadline deadline,
                              account::Problems& problems, std::chrono::milliseconds& retry_after);
  // → otpauth://… Secret.
  Result<std::string> BeginTotp(const OwnSession& own, std::string_view password, Deadline deadline,
                                std::chrono::milliseconds& retry_after);
  // → the recovery codes. Secret.
  Result<std::vector<std::string>> ConfirmTotp(const OwnSession& own, std::string_view code, Deadline deadline);

  // Always the same, also in time.
  Result<void> AskReset(std::string_view user_id, Deadline deadline);
  struct Reset {
    std::string_view user_id, code, new_password;
  };
  Result<void> ResetPassword(const Reset& reset, Deadline deadline, account::Problems& problems,
                             std::chrono::milliseconds& retry_after);

  const Proof& proof() const { return proof_; }

 private:
  Result<void> CheckNewPassword(std::string_view password, std::string_view old_password, const std::string& user_id,
                                account::Problems& problems) const;
  const Seams seams_;
  const Proof proof_;
  const account::PasswordPolicy policy_;
};

}  // namespace madoguchi::console
