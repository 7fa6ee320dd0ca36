// SPDX-License-Identifier: Apache-2.0
// Proof: whether somebody is who they say, by password, TOTP, recovery or reset code, counted: five wrong ones in a
// row, 30 minutes. An id that nobody has costs the same time, is counted and answered alike. Thread: any; blocks on the
// database and on one of the two hash slots. Errors: CONSOLE_LOG_IN_REFUSED · CONSOLE_LOG_IN_LOCKED · SERVER_BUSY
// (nothing was counted then).
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "contract/crypto/seal.h"
#include "server/audit/trail.h"
#include "server/console/session_book.h"

namespace madoguchi::console {

class Proof {
 public:
  // All outlive the proof.
  Proof(SessionBook& book, const audit::KeyedHash& keyed_hash, const crypto::Seal& seal)
      : book_(book), keyed_hash_(keyed_hash), seal_(seal) {}

  // The id as typed becomes lower case; one that is too long is nobody's.
  Claim ClaimOf(std::string_view typed_user_id, bool of_reset = false) const;
  // An attempt whose password was right: whoever holds it ends it with one of the calls of SessionBook, or by Wrong.
  Result<Attempt> Password(const Claim& claim, std::string_view password, Deadline deadline,
                           std::chrono::milliseconds& retry_after) const;
  // An attempt that is counted as wrong from now on. CONSOLE_LOG_IN_LOCKED.
  Result<Attempt> Begin(const Claim& claim, Deadline deadline, std::chrono::milliseconds& retry_after) const;
  // Nothing was compared.
  void TakeBack(const Claim& claim, Deadline deadline) const;
  // Counts a wrong second factor or reset code. → CONSOLE_LOG_IN_REFUSED, or what kept it from being counted.
  Error Wrong(const Claim& claim, const Attempt& attempt, const char* why, Deadline deadline) const;
  // The unused step of this TOTP code; 0: a wrong one, or used.
  Result<std::int64_t> Step(const Claim& claim, const Attempt& attempt, std::string_view code) const;
  // A fresh TOTP code of somebody who has a session, used up. CONSOLE_LOG_IN_REFUSED · CONSOLE_LOG_IN_LOCKED.
  Result<void> FreshTotp(const Claim& claim, std::string_view code, Deadline deadline,
                         std::chrono::milliseconds& retry_after) const;

 private:
  SessionBook& book_;
  const audit::KeyedHash& keyed_hash_;
  const crypto::Seal& seal_;
};

// What a sealed TOTP secret is sealed about.
std::string TotpAbout(const std::string& user_id);

}  // namespace madoguchi::console
