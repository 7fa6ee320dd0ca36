// SPDX-License-Identifier: Apache-2.0
// Activations: what is kept of the ceremonies of activation (S11), and the steps that have to be all or nothing. store/
// implements it; the order of the steps is activation.h's. Every call is one transaction and returns after its commit.
// Time is the database's. Thread: any; calls block up to their deadline. Errors besides those named: DATABASE_….
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/sealed_sheet.h"

namespace madoguchi::account {

inline constexpr std::size_t kAccountsOfDeskMax = 8;  // one for each institution code
inline constexpr int kOpenCeremoniesOfDeskMax = 5;    // begun and not ended, of one desk or account
inline constexpr std::chrono::seconds kHealAfter{
    5};  // after a ceremony's time, so that nothing of it is still on its way
inline constexpr std::chrono::seconds kHealAgainAfter{
    20};  // when the national side did not answer; also how long a claim lasts
inline constexpr int kHealedAtOnceMax = 20;

// What every ceremony begins with, made by the caller.
struct NewCeremony {
  std::string activation_id, national_key;  // UUID text
  Bytes request;                            // PKCS#10
  Bytes key_sha256;                         // of its public key
  Bytes challenge;                          // 32 bytes
};

// The four fields as the database may know them.
struct TypedSheet {
  std::string institution_code, account_id;  // as typed; of the right form
  std::string account_hash, source;          // account/lock.h
  std::string code_hash;                     // ActivationCodeHash
  Bytes sealed;                              // SealSheet of what was typed; empty when nobody has to be told
  std::string desk_name;
};
struct SheetKnown {
  std::string password_hash;  // empty: no such account, or it has none
  bool code_is_current = false;
};

enum class CeremonyStep { kBegun, kTelling, kTold, kDone, kFailed };

struct Activated {
  std::string certificate_pem, desk_id, desk_name, account_id, institution_code;
};

struct Ceremony {
  struct Account {
    std::string account_id, institution_code;
    bool has_code = false;  // false: it never had secrets (add-desk): the national side is not told
    Bytes sealed;           // typed at the desk, else the sealed sheet; empty: none is left
  };
  std::string activation_id, desk_id, national_key;
  Bytes request, challenge;
  CeremonyStep step = CeremonyStep::kBegun;
  int code = 0;                            // of a failure, also of one that still has to be undone
  std::chrono::milliseconds remaining{0};  // until its time is over
  std::vector<Account> accounts;
  Activated activated;  // kDone
};

struct IssuedCertificate {
  std::string pem;     // leaf first, then the facility root
  std::string serial;  // hex
  Bytes sha256;        // of the leaf's DER
  std::chrono::system_clock::time_point not_after;
};
using IssueCertificate = std::function<Result<IssuedCertificate>(ByteView request, const std::string& desk_id)>;

// What the national side issued anew when a binding was undone.
struct Reissued {
  std::string institution_code, account_id;
  IssuedForms forms;
};

class Activations {
 public:
  virtual ~Activations() = default;
  // ENROLMENT_TOKEN_INVALID (unknown, used, expired, desk revoked, no account for it) · CHANGED_MEANWHILE (an older
  // ceremony is still being undone) · SERVER_BUSY (kOpenCeremoniesOfDeskMax).
  virtual Result<void> BeginByToken(const NewCeremony& ceremony, ByteView token_sha256, Deadline deadline) = 0;

  // The password is verified between these two, without a connection. A try is counted from TakeTry on.
  // LOG_IN_LOCKED: for how long is in `locked_for`.
  virtual Result<SheetKnown> TakeTry(const TypedSheet& sheet, std::chrono::milliseconds& locked_for,
                                     Deadline deadline) = 0;
  virtual Result<void> ReturnTry(const TypedSheet& sheet, Deadline deadline) = 0;  // nothing was verified
  // Always an error: ACTIVATION_REFUSED, or LOG_IN_LOCKED when that was the last try.
  virtual Result<void> WrongFields(const TypedSheet& sheet, std::chrono::milliseconds& locked_for,
                                   Deadline deadline) = 0;
  // Gives the tries back. ACTIVATION_REFUSED (the code was spent meanwhile) · CHANGED_MEANWHILE · SERVER_BUSY.
  virtual Result<void> BeginBySheet(const NewCeremony& ceremony, const TypedSheet& sheet, Deadline deadline) = 0;

  // ACTIVATION_EXPIRED: there is no such ceremony.
  virtual Result<Ceremony> Load(const std::string& activation_id, Deadline deadline) = 0;
  // begun → telling, for one ceremony of an account at a time; → the step it was in. ACTIVATION_EXPIRED ·
  // CHANGED_MEANWHILE (another ceremony is telling) · the code it failed with · ENROLMENT_TOKEN_INVALID,
  // ACTIVATION_REFUSED (another desk was first).
  virtual Result<CeremonyStep> StartTelling(const std::string& activation_id, Deadline deadline) = 0;
  virtual Result<void> NotTold(const std::string& activation_id,
                               Deadline deadline) = 0;  // telling → begun: nothing happened there
  virtual Result<void> Told(const std::string& activation_id, Deadline deadline) = 0;  // telling → told
  // Certificate, accounts active and bound, codes spent, sealed sheets gone, desk logged in, token used, trail: all or
  // nothing. The same call again gives the same certificate. `told`: the national side has them bound. Errors as
  // StartTelling, and `issue`'s.
  virtual Result<Activated> Complete(const std::string& activation_id, bool told, const IssueCertificate& issue,
                                     Deadline deadline) = 0;
  // Ends it with `code`; nothing was bound on the national side.
  virtual Result<void> Fail(const std::string& activation_id, ErrorCode code, Deadline deadline) = 0;
  // No Finish completes it any more; it is to be undone on the national side at once, and then ends with `code`.
  virtual Result<void> GiveUp(const std::string& activation_id, ErrorCode code, Deadline deadline) = 0;

  // Ends the begun ones whose time is over, and claims those that have to be undone (at most kHealedAtOnceMax): nobody
  // else gets them within kHealAgainAfter.
  virtual Result<std::vector<Ceremony>> ClaimUnfinished(Deadline deadline) = 0;
  // Undone on the national side: the ceremony ends; what was issued anew takes the place of the old secrets.
  virtual Result<void> Undone(const std::string& activation_id, const std::vector<Reissued>& reissued,
                              Deadline deadline) = 0;
};

}  // namespace madoguchi::account
