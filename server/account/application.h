// SPDX-License-Identifier: Apache-2.0
// Applications (S2, S5–S8): the nouns, and the rules of what may be asked for. Pure. Thread: any.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/result.h"
#include "server/account/application_state.h"
#include "server/account/limits.h"
#include "server/account/problem.h"

namespace madoguchi::account {

inline constexpr std::size_t kApplicantMax = 60;
inline constexpr std::size_t kApplicationReasonMax = 500;
inline constexpr std::size_t kReceiptMax = 100;
inline constexpr std::size_t kFileNameMax = 100;
inline constexpr std::size_t kApplicationsListedMax = 1000;  // the newest

enum class ApplicationKind { kUse, kAdditional, kChange, kEndOfUse, kStartOfOperation };
std::string_view Word(ApplicationKind kind);  // as in the database: "end_of_use"
std::optional<ApplicationKind> ApplicationKindFromWord(std::string_view word);
// Whether it asks for device accounts.
inline bool AsksForDevices(ApplicationKind kind) {
  return kind == ApplicationKind::kUse || kind == ApplicationKind::kAdditional;
}

struct AttachedFile {
  std::string file_name;
  std::string media_type;  // by MediaTypeOf, whatever the name says
  Bytes content;
};
// "application/pdf", "image/png", "image/jpeg" by the first bytes; nothing: none of them.
std::optional<std::string> MediaTypeOf(ByteView content);

struct ApplicationRequest {
  std::string request_id;  // UUID text: the application's id
  std::string institution_code;
  ApplicationKind kind = ApplicationKind::kUse;
  std::string applicant;
  std::string bank_last4;  // secret; empty: proof by attachments
  std::vector<AttachedFile> attachments;
  std::uint32_t staff_count = 0, devices = 0;
  std::string terms_version, effective_on;
  std::string by;  // user id
};

// Made in the real portal.
struct RecordedApplication {
  std::string institution_code;
  ApplicationKind kind = ApplicationKind::kUse;
  std::string applicant;
  std::uint32_t staff_count = 0, devices = 0;
  std::string made_on, answered_on;  // dates; answered_on empty: no answer yet
  bool accepted = false;
  std::string reason, receipt, by;
};

// What the rules need to know of the institution, as it stands in the transaction that will store the application.
struct ApplicationFacts {
  std::string today;                       // ISO date in Japan
  std::string category, category_ends_on;  // empty: not recorded; no end
  std::string ends_on;                     // end of use
  bool use_made = false;                   // an application for use is open, accepted or recorded
  std::uint32_t use_drafted = 0;           // number of another one that is still a draft; 0: none
  std::uint32_t accounts = 0;              // device accounts the institution has, ended ones too
};

// What is wrong with the request in itself. FIELD_INVALID, APPLICATION_TOO_MANY_DEVICES, ATTACHMENT_REFUSED.
Result<void> CheckApplicationFields(const ApplicationRequest& request, Problems& problems);
Result<void> CheckRecordedFields(const RecordedApplication& recorded, const std::string& today, Problems& problems);
// What stands against it at this institution. APPLICATION_NOT_POSSIBLE.
Result<void> CheckApplicationPossible(ApplicationKind kind, const ApplicationFacts& facts, Problems& problems);

struct ApplicationStep {
  std::string at, by, note;  // at: RFC 3339
  ApplicationState state = ApplicationState::kDraft;
};

struct Application {
  std::string application_id;
  std::uint32_t number = 0;
  std::string institution_code;
  ApplicationKind kind = ApplicationKind::kUse;
  ApplicationState state = ApplicationState::kDraft;
  std::string applicant;
  std::uint32_t staff_count = 0, devices = 0;
  std::string terms_version;
  bool proof_by_bank_account = false;
  std::string receipt, reason, effective_on, created_by, created_at, decided_at;
  bool asked = false;  // the national side was spoken to at least once
  std::uint32_t accounts_issued = 0, accounts_in_use = 0, accounts_free = 0;
  std::vector<ApplicationStep> history;
  std::vector<std::string> attachments;  // file names
};

}  // namespace madoguchi::account
