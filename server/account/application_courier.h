// SPDX-License-Identifier: Apache-2.0
// ApplicationCourier: carries applications to the national side and its answers back: submits, polls with longer and
// longer pauses, and on acceptance seals what was issued and has everything stored in one transaction. It keeps nothing
// itself: a server that dies in the middle is continued by another, with the same idempotency key. Thread: Tick from
// one thread per process; several processes may Tick at once. Owns nothing. Errors: 17xx; what
// fails is logged and tried again, never lost; a submission that the national side does not take is a rejection.
#pragma once
#include <chrono>

#include "contract/crypto/seal.h"
#include "server/account/application_book.h"
#include "server/account/national_accounts.h"
#include "server/audit/trail.h"

namespace madoguchi::account {

inline constexpr std::chrono::seconds kNationalCallWithin{20};
inline constexpr int kApplicationsPerRound = 20;

struct CourierPauses {
  std::chrono::milliseconds first{2'000};  // after the submission, doubled for each answer "not yet"
  std::chrono::milliseconds most{30 * 60'000};
};

class ApplicationCourier {
 public:
  struct Parts {
    ApplicationBook& book;
    NationalAccounts& national;
    const crypto::Seal& seal;
    const audit::KeyedHash& hash;
  };
  explicit ApplicationCourier(Parts parts, CourierPauses pauses = {}) : parts_(parts), pauses_(pauses) {}
  // Everything that is due, at most kApplicationsPerRound. → true: nothing more is due now.
  Result<bool> Tick(Deadline deadline);

 private:
  Result<void> Submit(const DueApplication& due, Deadline deadline);
  Result<void> Ask(const DueApplication& due, Deadline deadline);
  Result<void> Accept(const DueApplication& due, NationalDecision& decision, Deadline deadline);
  std::chrono::milliseconds Pause(const DueApplication& due) const;
  const Parts parts_;
  const CourierPauses pauses_;
};

// "bank" 00 application id: what the last four digits are sealed under.
std::string AboutBank(const std::string& application_id);

}  // namespace madoguchi::account
