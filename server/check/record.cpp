// SPDX-License-Identifier: Apache-2.0
#include "server/check/record.h"

#include <algorithm>
#include <utility>

#include "contract/log.h"
#include "server/eligibility/code_tables.h"
#include "server/handoff/names.h"

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
  switch (method) {
    case Method::kPin:
      return "pin";
    case Method::kSight:
      return "sight";
    case Method::kNumber:
      break;
  }
  return "number";
}

std::string CardHash(const audit::KeyedHash& keyed_hash, const crypto::CertificateFacts& certificate) {
  return keyed_hash.Of(AsBytes(ToHex(certificate.issuer_der) + '|' + ToHex(certificate.serial)));
}

int DaysLeft(std::chrono::system_clock::time_point not_after) {
  const auto left = std::chrono::floor<std::chrono::days>(not_after - std::chrono::system_clock::now());
  return static_cast<int>(std::max<std::chrono::days::rep>(left.count(), 0));
}

void Count(const ScriptAnswers& answers, Facts& facts) {
  std::chrono::microseconds card{0};
  for (const StepAnswer& step : answers.steps) card += std::chrono::microseconds(step.microseconds);
  facts.card_trips += 1;
  facts.card += card;
  facts.desk += std::max(std::chrono::microseconds(answers.run_us) - card, std::chrono::microseconds(0));
}

bool BirthdateDiffers(const Press& press, const eligibility::Answer& answer) {
  if (press.expected_birthdate.empty()) return false;
  return std::any_of(answer.results.begin(), answer.results.end(), [&](const eligibility::QualificationResult& result) {
    return result.birthdate_raw.value_or("") != press.expected_birthdate;
  });
}

std::vector<audit::KeptRow> KeepForLater(const Press& press, Result<CheckResult>& result,
                                         const handoff::Outbox& outbox) {
  // What a receipt computer asked for by file is its answer there, and nobody else's.
  if (!result || press.by_file || !outbox.channels().any()) return {};
  std::vector<std::string> confirmed_names;
  for (const eligibility::KnownName& name : result->names) confirmed_names.push_back(name.confirmed.value_or(""));
  Result<std::vector<audit::KeptRow>> rows =
      outbox.Keep({press.caller, press.press_id, MethodWord(press.method), press.patient_number, result->answer,
                   result->certificate_days_left.value_or(-1), std::move(confirmed_names), result->number_warnings},
                  result->birthdate_differs);
  if (!rows) {
    log::Report("check", "result_not_kept", rows.error(), {{"press", UuidText(press.press_id)}});
    result->handoff_not_kept = true;
    return {};
  }
  result->handoff = outbox.channels().names();
  return std::move(rows).value();
}

audit::CheckIntent IntentOf(const Press& press, const std::string& card_hash, const eligibility::Challenge& challenge,
                            const Seams& seams) {
  const std::string& patient = press.patient_number;
  return {.press_id = press.press_id,
          .desk_id = press.caller.desk_id,
          .institution_code = press.caller.institution_code,
          .account_id = press.caller.account_id,
          .method = MethodWord(press.method),
          .owner = seams.owner,
          .card_hash = card_hash,
          .challenge_id = challenge.id,
          .challenge = challenge.bytes,
          // An inquiry by numbers asks the identical question again: nothing of it is spent.
          .resumes = press.proof.has_value() || press.method == Method::kNumber,
          .certificate_sha256 = press.certificate_sha256,
          .operator_needed = press.operator_needed,
          .presenter = press.attestation.presenter,
          .photo_check = press.attestation.photo_check,
          .inquiry_reason = press.inquiry ? press.inquiry->reason : std::string{},
          .patient_hash = patient.empty() ? std::string{} : seams.keyed_hash.Of(AsBytes("patient|" + patient)),
          .by_file = press.by_file};
}

audit::CheckOutcome OutcomeOf(const Press& press, std::uint32_t epoch, const Result<CheckResult>& result,
                              const Facts& facts, std::vector<audit::KeptRow> kept,
                              const audit::KeyedHash& keyed_hash) {
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
  outcome.segment_of_result_code = eligibility::PlainCode(answer.segment_of_result_code);
  outcome.processing_status_code = eligibility::PlainCode(answer.processing_status_code);
  outcome.processing_code = eligibility::PlainCode(answer.processing_code);
  outcome.validity_code = eligibility::PlainCode(answer.validity_code);
  outcome.insurance_hash = InsuranceHash(keyed_hash, answer);
  outcome.results = static_cast<std::uint32_t>(answer.results.size());
  outcome.kept = std::move(kept);
  outcome.person_hashes = handoff::PersonHashes(answer, keyed_hash);
  return outcome;
}

}  // namespace madoguchi::check
