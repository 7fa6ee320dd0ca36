// SPDX-License-Identifier: Apache-2.0
// For tests: a handing of a fictitious person.
#pragma once
#include <string>

#include "contract/crypto/random.h"
#include "server/handoff/handing.h"

namespace madoguchi::handoff::test {

inline constexpr char kName[] = "架空　花子";

inline Handing TestHanding(const std::string& desk_id = "11111111-2222-4333-8444-555555555555") {
  Handing handing;
  handing.caller = {"1311234567", "W0000001", desk_id};
  handing.press_id = crypto::NewUuid();
  handing.method = "pin";
  handing.patient_number = "00123";
  handing.certificate_days_left = 1000;
  handing.answer.executed_at_raw = "20261122090000";
  handing.answer.confirmation_date_raw = "20261122";
  handing.answer.segment_of_result_code = "1";
  handing.answer.processing_status_code = "1";
  handing.answer.validity_code = "1";
  eligibility::QualificationResult& result = handing.answer.results.emplace_back();
  result.insurer_number = "  123456";
  result.number = "12345";
  result.branch = "02";
  result.name = kName;
  result.birthdate_raw = "19600229";
  return handing;
}

}  // namespace madoguchi::handoff::test
