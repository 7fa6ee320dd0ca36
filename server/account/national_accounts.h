// SPDX-License-Identifier: Apache-2.0
// NationalAccounts: what the national side is told and asked about applications and device accounts. The real contract
// is not public: docs/national-service-seam.md has ours. Two real implementations: the HTTPS one, and
// ManualNationalAccounts for facilities that do all of this in the real portal themselves (every telling call succeeds
// at once and says that nobody was told). Thread: any; calls block up to their deadline. Errors: NATIONAL_UNREACHABLE ·
// NATIONAL_OUTCOME_UNKNOWN (repeat the identical call: same key) · NATIONAL_TLS_REFUSED · NATIONAL_UNAVAILABLE ·
// NATIONAL_ANSWER_MALFORMED · NATIONAL_REQUEST_REFUSED · NATIONAL_ACCOUNT_REFUSED.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::account {

struct NationalApplication {
  std::string application_id;  // UUID: the idempotency key
  std::string institution_code, kind, applicant, bank_last4, terms_version, effective_on;
  std::string moves_to;  // of a change of the institution code: the new one; else empty
  struct Attachment {
    std::string file_name, media_type;
    Bytes content;
  };
  std::vector<Attachment> attachments;
  std::uint32_t staff_count = 0, devices = 0;
};

// Secret: never in a log. Password and activation code as printed on the sheet, the code as 12 digits.
struct IssuedAccount {
  std::string account_id, password, activation_code;
};

struct NationalDecision {
  enum class State { kOpen, kAccepted, kRejected, kWithdrawn } state = State::kOpen;
  std::string reason;                   // of a rejection
  std::vector<IssuedAccount> accounts;  // of an accepted application for use or additional devices
  std::string issued_on;                // date
};

struct NationalBinding {
  std::string institution_code, account_id, desk_id;
  std::string key;  // UUID: the idempotency key of this act
};

class NationalAccounts {
 public:
  virtual ~NationalAccounts() = default;
  virtual bool told() const = 0;  // false: manual mode
  // → the national side's receipt number.
  virtual Result<std::string> Submit(const NationalApplication& application, Deadline deadline) = 0;
  virtual Result<NationalDecision> Poll(const std::string& institution_code, const std::string& receipt,
                                        Deadline deadline) = 0;
  // Takes an undecided application back; asked again, the same. NATIONAL_REQUEST_REFUSED: it is decided already.
  virtual Result<void> Withdraw(const std::string& institution_code, const std::string& receipt, Deadline deadline) = 0;
  // Binds the account to this desk. password and activation_code: SecretBytes' views, not kept.
  virtual Result<void> Activate(const NationalBinding& binding, ByteView password, ByteView activation_code,
                                Deadline deadline) = 0;
  // Ends the binding. → the account's new secrets when the national side issues them at once.
  virtual Result<std::optional<IssuedAccount>> Release(const NationalBinding& binding, Deadline deadline) = 0;
  // How long the account is still locked on the national side; zero: not locked.
  virtual Result<std::chrono::milliseconds> LockedFor(const std::string& institution_code,
                                                      const std::string& account_id, Deadline deadline) = 0;
};

}  // namespace madoguchi::account
