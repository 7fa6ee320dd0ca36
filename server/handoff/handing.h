// SPDX-License-Identifier: Apache-2.0
// Handing: what is handed on of one check: the answer as received and whose it is. A value; holds personal data: never logged, never
// kept but sealed (outbox.h).
#pragma once
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/result.h"
#include "server/eligibility/answer.h"
#include "server/eligibility/national_service.h"

namespace madoguchi::handoff {

inline constexpr std::size_t kPatientNumberBytesMax = 200;  // 50 characters

struct Handing {
  eligibility::Caller caller;  // institution code, account, desk
  Bytes press_id;              // 16 bytes
  std::string method;          // "pin", "sight" or "number"
  std::string patient_number;  // the facility's own (診察券番号), as entered before the press; empty: none
  eligibility::Answer answer;
  int certificate_days_left = -1;  // -1: no card was read
  // Of each result's name, in their order: what two people of this facility confirmed to be written for it; empty or missing: nothing.
  // What one person proposed does not leave.
  std::vector<std::string> confirmed_names = {};
  std::vector<std::string> number_warnings = {};  // of an inquiry by numbers: words of contract/insurance_number.h
};

// The form that is sealed (outbox.h). Unpack: HANDOFF_KEY_MISSING for bytes that Pack did not make.
std::string Pack(const Handing& handing);
Result<Handing> Unpack(ByteView packed);

}  // namespace madoguchi::handoff
