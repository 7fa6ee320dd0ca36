// SPDX-License-Identifier: Apache-2.0
// Activation (初期登録): this desk and its device account are bound, and the desk has its certificate afterwards. The
// key is made first and stays here; a lost answer is asked for again, and gives the same: within the ceremony's time,
// and after it by the same activation started again (kept_ceremony.h). A failure leaves the directory without an
// identity and with the key, which the next try uses. A desk that is active already may be given an account of another
// institution code: it stays the same desk with the same key, and its certificate is replaced in one step; until then
// nothing on its disk changes. Source: proto/madoguchi/v1/enrolment_service.proto. Thread: any; blocks.
#pragma once
#include <string>
#include <variant>

#include "contract/deadline.h"
#include "contract/secret_bytes.h"
#include "terminal/identity/call_refusal.h"
#include "terminal/identity/desk_identity.h"
#include "terminal/identity/pinned_root.h"

namespace madoguchi::identity {

inline constexpr std::size_t kTokenCharacters = 64;  // 32 bytes, lower-case hex
inline constexpr std::size_t kInstitutionCodeBytesMax = 10;
inline constexpr std::size_t kAccountIdBytesMax = 16;
inline constexpr std::size_t kPasswordBytesMax = 128;
inline constexpr std::size_t kActivationCodeBytesMax = 32;  // 12 digits and what is typed between them
inline constexpr std::size_t kDeskNameBytesMax = 400;       // 100 characters
inline constexpr std::chrono::seconds kCeremonyWithin{60};
inline constexpr std::chrono::seconds kAskAgainAfter{1};   // a lost answer of FinishActivation
inline constexpr std::chrono::seconds kOneCallWithin{20};  // it may wait for the national service

// The four fields of a settings sheet (S11).
struct SheetFields {
  std::string institution_code, account_id;
  SecretBytes password, activation_code;
};

struct ActivationOrder {
  PinnedRoot root;  // and with it the enrolment listener: nothing can be sent anywhere else
  std::string directory;
  std::variant<SecretBytes, SheetFields> proof;  // the one-time token of a link, or a sheet
  std::string desk_name;                         // with a sheet
  bool adds_account = false;                     // to the identity in the directory, whose root is `root`
};

// IDENTITY_EXISTS (nothing is overwritten) · of an addition DESK_IDENTITY_MISSING and ACTIVATION_FOR_ANOTHER_DESK
// (nothing is spent) · ACTIVATION_REFUSED · ACTIVATION_EXPIRED · ENROLMENT_TOKEN_INVALID · LOG_IN_LOCKED · NATIONAL_… ·
// SERVER_UNREACHABLE · SERVER_NOT_TRUSTED · SERVER_MESSAGE_INVALID · CONFIG_FILE_…
Result<Connection> Activate(const ActivationOrder& order, CallRefusal& refusal);

}  // namespace madoguchi::identity
