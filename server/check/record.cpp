// SPDX-License-Identifier: Apache-2.0
#include "server/check/record.h"

#include <algorithm>

namespace madoguchi::check {
namespace {

// One keyed hash per result, comma-separated: insurer|symbol|number|branch as received.
std::string InsuranceHash(const audit::KeyedHash& keyed_hash, const eligibility::Answer& answer) {
  std::string hashes;
  for (const eligibility::QualificationResult& result : answer.results) {
    const std::string insurance = result.insurer_number.value_or("") + '|' + result.symbol.value_or("") + '|' +
                                  result.number.value_or("") + '|' + result.branch.value_or("");
    if (!hashes.empty()) hashes += ',';
    hashes += keyed_hash.Of(AsBytes(insurance));
  }
  return hashes;
}

}  // namespace

std::string MethodWord(Method method) {
  return method == Method::kPin ? "pin" : "sight";
}

std::string CardHash(const audit::KeyedHash& keyed_hash, const crypto::CertificateFacts& certificate) {
  return keyed_hash.Of(AsBytes(ToHex(certificate.issuer_der) + '|' + ToHex(certificate.serial)));
}

int DaysLeft(std::chrono::system_clock::time_point not_after) {
  const auto left = std::chrono::floor<std::chrono::days>(not_after - std::chrono::system_clock::now());
  return static_cast<int>(std::max<std::chrono::days::rep>(left.count(), 0));
}

audit::CheckIntent IntentOf(const Press& press, const std::string& card_hash,
                            const Result<eligibility::Challenge>& challenge, const std::string& owner) {
  return {.press_id = press.press_id,
          .desk_id = press.caller.desk_id,
          .institution_code = press.caller.institution_code,
          .account_id = press.caller.account_id,
          .method = MethodWord(press.method),
          .owner = owner,
          .card_hash = card_hash,
          .challenge_id = challenge ? challenge->id : std::string{},
          .challenge = challenge ? challenge->bytes : Bytes{},
          .resumes = press.proof.has_value(),
          .certificate_sha256 = press.certificate_sha256,
          .operator_needed = press.operator_needed};
}

audit::CheckOutcome OutcomeOf(const Press& press, std::uint32_t epoch, const Result<CheckResult>& result,
                              const Facts& facts, const audit::KeyedHash& keyed_hash) {
  audit::CheckOutcome outcome;
  outcome.press_id = press.press_id;
  outcome.desk_id = press.caller.desk_id;
  outcome.epoch = epoch;
  outcome.card = facts.card;
  outcome.national = facts.national;
  outcome.total = facts.total;
  outcome.card_trips = facts.card_trips;
  if (!result) {
    outcome.code = static_cast<int>(result.error().code);
    outcome.ends_press = result.error().code != ErrorCode::kDeskGone;
    return outcome;
  }
  const eligibility::Answer& answer = result->answer;
  outcome.segment_of_result_code = answer.segment_of_result_code.value_or("");
  outcome.processing_status_code = answer.processing_status_code.value_or("");
  outcome.processing_code = answer.processing_code.value_or("");
  outcome.validity_code = answer.validity_code.value_or("");
  outcome.insurance_hash = InsuranceHash(keyed_hash, answer);
  outcome.results = static_cast<std::uint32_t>(answer.results.size());
  return outcome;
}

}  // namespace madoguchi::check
