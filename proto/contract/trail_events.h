// SPDX-License-Identifier: Apache-2.0
// The registry of what the trail records, as programs see it. Words, names and mappings live in
// proto/madoguchi/v1/trail_events.proto and nowhere else; the table is generated from it, and the words as constants
// (madoguchi::audit::action) in contract/trail_event_words.h. Thread: any; constant data.
#pragma once
#include <cstdint>
#include <string_view>

#include "contract/trail_event_words.h"

namespace madoguchi::audit {

// RFC 5424 §6.2.1, the severities in use.
enum class Severity : std::uint8_t { kAlert = 1, kWarning = 4, kNotice = 5, kInformational = 6 };

// Profiles of IHE BALP.
enum class Profile : std::uint8_t { kBasic, kPatientQuery, kPrivacyDisclosureSource };

struct TrailEvent {
  int number;             // 1401; the first two digits are the module's block of errors.proto, 24 = app
  std::string_view word;  // audit_event.action: "check.intent"
  std::string_view ja, en;
  Severity severity;
  std::string_view dicom_id;    // EventID, CID 400: "110112"
  std::string_view dicom_type;  // EventTypeCode, CID 401 and 403; empty: none fits
  char act;                     // what it does to what it is about, AuditEvent.action: C R U D E
  Profile profile;
  std::string_view fills;         // columns besides those every row may have: "desk_id,press_id"
  std::string_view reserved_for;  // nobody writes it yet: the issue that will; empty: written
};

// Null: a word that is not of the registry, for instance of a newer server.
const TrailEvent* FindTrailEvent(std::string_view word);
const TrailEvent* FindTrailEvent(int number);

}  // namespace madoguchi::audit
