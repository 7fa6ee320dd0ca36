// SPDX-License-Identifier: Apache-2.0
// Activation (初期登録, S11): the ceremony that binds a desk to its device accounts and gives it its certificate:
//   begun ─▶ telling ─▶ told ─▶ done      what the national side is told is written down, committed, before it is told
//     └────────┴─────────┴────▶ failed    undone on the national side first, by Heal (also after a restart, by any
//     server)
// The activation codes are spent with the certificate, never before. The same Finish again gives the same answer. Of
// two desks with the same token or sheet one wins. Where the national side is not told (manual mode) begun goes to
// done. Thread: any; calls block on the database, one hash and the national side, up to their deadline. No connection
// is held while one of the other two is waited for. Owns nothing: all parts outlive it.
#pragma once
#include <functional>
#include <string>

#include "contract/crypto/seal.h"
#include "contract/secret_bytes.h"
#include "server/account/activations.h"
#include "server/account/limits.h"
#include "server/account/lock.h"
#include "server/account/national_accounts.h"
#include "server/audit/trail.h"

namespace madoguchi::account {

inline constexpr std::size_t kChallengeBytes = 32;
inline constexpr std::size_t kSignatureBytesMax = 80;  // ECDSA P-256, DER: at most 72
inline constexpr std::chrono::seconds kHealEvery{5};
inline constexpr std::chrono::seconds kHealWithin{10};  // one call to the national side, or one transaction
inline constexpr std::string_view kActivationDomain{"madoguchi.activation.v1\0", 24};

// What the desk's key and the facility CA do; identity/ gives them.
struct ActivationKeys {
  std::function<Result<Bytes>(ByteView request)>
      digest;  // SHA-256 of the request's public key; CERTIFICATE_REQUEST_INVALID
  std::function<bool(ByteView request, ByteView message, ByteView signature)> verify;  // ECDSA P-256 SHA-256, DER
  IssueCertificate issue;
};

// Secret fields as the desk sent them; wiped by whoever owns them.
struct SheetFields {
  std::string institution_code, account_id, desk_name;
  ByteView password, activation_code;  // the code with or without '-'
};

struct Begun {
  std::string activation_id;
  Bytes challenge;
  std::chrono::milliseconds expires_in{0};
  std::string desk_id = {};
};

class Activation {
 public:
  struct Parts {
    Activations& activations;
    NationalAccounts& national;
    const crypto::Seal& seal;
    const audit::KeyedHash& hash;
    ActivationKeys keys;
    LockPolicy lock_policy = LockPolicy::kPerSource;
  };
  explicit Activation(Parts parts) : parts_(std::move(parts)) {}

  // ENROLMENT_TOKEN_INVALID · CERTIFICATE_REQUEST_INVALID (the token is not looked at) · CHANGED_MEANWHILE ·
  // SERVER_BUSY
  Result<Begun> BeginByToken(ByteView token, ByteView request, Deadline deadline);
  // ACTIVATION_REFUSED: one of the fields is wrong, or the code was spent: not told apart, neither in words nor in
  // time. LOG_IN_LOCKED: for how long is in `locked_for`. FIELD_INVALID: the desk's name.
  Result<Begun> BeginBySheet(const SheetFields& fields, ByteView request, std::chrono::milliseconds& locked_for,
                             Deadline deadline);
  // ACTIVATION_EXPIRED · ACTIVATION_REFUSED (signature; or another desk was first) · ENROLMENT_TOKEN_INVALID ·
  // CHANGED_MEANWHILE · NATIONAL_…: after a retryable one or an unknown outcome the same Finish may be sent again
  // within the ceremony's time.
  Result<Activated> Finish(const std::string& activation_id, ByteView signature, Deadline deadline);

  // Ends what ran out of time; undoes what the national side was told. → how many were undone. Called by a thread of
  // the server every few seconds; any number of servers may.
  Result<int> Heal();

 private:
  Result<NewCeremony> NewFor(ByteView request) const;
  Result<Begun> Open(const NewCeremony& ceremony, Deadline deadline);
  void ReturnTry(const TypedSheet& sheet);
  Result<void> Tell(const Ceremony& ceremony, Deadline deadline);
  Result<void> TellOne(const Ceremony& ceremony, const Ceremony::Account& account, Deadline deadline);
  Result<void> Undo(const Ceremony& ceremony);
  Result<void> AfterRefusal(const Ceremony& ceremony, std::size_t told_before, bool first_time, Error refused,
                            Deadline deadline);
  Parts parts_;
};

}  // namespace madoguchi::account
