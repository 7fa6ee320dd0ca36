// SPDX-License-Identifier: Apache-2.0
#include "server/check/record.h"

#include <algorithm>
#include <utility>

#include "contract/log.h"
#include "server/audit/subject.h"
#include "server/eligibility/code_tables.h"
#include "server/handoff/names.h"

namespace madoguchi::check {
namespace {

std::string_view TextOf(const std::optional<std::string>& text) {
  return text ? std::string_view(*text) : std::string_view();
}

// Of what was asked about by numbers, also when nothing was found, and of every insurance that was answered.
std::string InsuranceHash(const Press& press, const Result<CheckResult>& result, const audit::KeyedHash& keyed_hash) {
  std::vector<audit::Insurance> insurances;
  if (press.inquiry) {
    const NumberInquiry& typed = *press.inquiry;
    insurances.push_back({typed.insurer_number, typed.symbol, typed.number, typed.branch});
  }
  if (!result) return audit::InsuranceHashes(keyed_hash, insurances);
  for (const eligibility::QualificationResult& one : result->answer.results) {
    insurances.push_back({TextOf(one.insurer_number), TextOf(one.symbol), TextOf(one.number), TextOf(one.branch)});
  }
  return audit::InsuranceHashes(keyed_hash, insurances);
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
  return keyed_hash.Of(AsBytes(audit::CardSubject(certificate.issuer_der, certificate.serial)));
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
  return {
      .press_id = press.press_id,
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
      .looked_seconds = press.attestation.looked_seconds,
      .inquiry_reason = press.inquiry ? press.inquiry->reason : std::string{},
      .patient_hash = patient.empty() ? std::string{} : seams.keyed_hash.Of(AsBytes(audit::PatientSubject(patient))),
      .by_file = press.by_file,
      .source_address = press.source_address,
      .trace_id = press.trace_id,
      .inquiry_id = ToHex(press.press_id)};  // xml_inquiry.h, xml_answer.h: the ArbitraryFileIdentifier
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
  outcome.insurance_hash = InsuranceHash(press, result, keyed_hash);
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
  outcome.results = static_cast<std::uint32_t>(answer.results.size());
  outcome.kept = std::move(kept);
  outcome.person_hashes = handoff::PersonHashes(answer, keyed_hash.First());
  return outcome;
}

}  // namespace madoguchi::check
