// SPDX-License-Identifier: Apache-2.0
// Releases: an account that was released here is released on the national side too, at once or, when that side cannot
// be reached, later: Tick repeats it with the same key until it is confirmed. Also the other things about accounts that
// time brings: ends of locks, idle operators. Thread: any; calls block up to their deadline; several servers may Tick
// at once. Owns nothing.
#pragma once
#include "contract/crypto/seal.h"
#include "server/account/national_accounts.h"
#include "server/account/release_book.h"
#include "server/audit/trail.h"

namespace madoguchi::account {

inline constexpr std::chrono::seconds kReleaseWithin{10};  // of one call to the national side
inline constexpr std::chrono::seconds kTickEvery{10};

class Releases {
 public:
  struct Parts {
    ReleaseBook& book;
    NationalAccounts& national;
    const crypto::Seal& seal;
    const audit::KeyedHash& hash;
  };
  explicit Releases(Parts parts) : parts_(parts) {}

  // → true: nothing of these accounts is left to be told; false: it is repeated later, or (manual mode) people do it in
  // the real portal. Never fails: what was released here is released, whatever becomes of the telling.
  bool TellNow(const std::vector<std::string>& account_ids, Deadline deadline);
  // Everything that is due. Called every kTickEvery by a thread of the server. The first error, after all was tried.
  Result<void> Tick(Deadline deadline);

 private:
  Result<void> Tell(const DueRelease& release, Deadline deadline);
  Parts parts_;
};

// The idempotency key of one release: the same for each repetition. UUID text.
std::string KeyOfRelease(const audit::KeyedHash& hash, const DueRelease& release);

}  // namespace madoguchi::account
