// SPDX-License-Identifier: Apache-2.0
#include "server/desk/press_wire.h"

#include <algorithm>
#include <optional>

#include "contract/card_script_wire.h"
#include "server/audit/subject.h"

namespace madoguchi::desk {
namespace {

Error MessageInvalid(const char* reason) {
  return {ErrorCode::kMessageInvalid, reason, {}};
}

std::optional<check::Method> MethodFrom(v1::Method method) {
  switch (method) {
    case v1::PIN:
      return check::Method::kPin;
    case v1::SIGHT:
      return check::Method::kSight;
    case v1::NUMBER:
      return check::Method::kNumber;
    default:
      return std::nullopt;
  }
}

// Words of the trail. An enumeration value of a newer desk is refused, not guessed.
Result<check::Attestation> ReadAttestation(const v1::Attestation& message) {
  constexpr const char* kPresenters[] = {"", "holder", "guardian", "assisted"};
  constexpr const char* kPhotos[] = {"", "compared", "none", "another"};
  if (!v1::Presenter_IsValid(message.presenter())) return MessageInvalid("attestation.presenter");
  if (!v1::PhotoCheck_IsValid(message.photo())) return MessageInvalid("attestation.photo");
  check::Attestation attestation{kPresenters[message.presenter()], kPhotos[message.photo()]};
  if (message.looked_ms() > 0) {
    const auto looked = std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(message.looked_ms()));
    attestation.looked_seconds = static_cast<int>(std::min(looked, kLookedMax).count());
  }
  return attestation;
}

Result<check::NumberInquiry> ReadInquiry(const v1::NumberInquiry& message) {
  // A receipt computer asks by file, never through a desk.
  constexpr const char* kReasons[] = {"", "card_not_brought", "card_not_readable", "before_the_visit",
                                      "after_an_outage"};
  for (const std::string* field :
       {&message.insurer_number(), &message.symbol(), &message.number(), &message.branch(), &message.birthdate()}) {
    if (field->size() > kInquiryFieldBytesMax) return MessageInvalid("a field of number_inquiry is too long");
  }
  if (message.reason() <= v1::INQUIRY_REASON_UNSPECIFIED || message.reason() > v1::AFTER_AN_OUTAGE)
    return MessageInvalid("number_inquiry.reason");
  return check::NumberInquiry{message.insurer_number(),  message.symbol(),    message.number(),
                              message.branch(),          message.birthdate(), message.limit_consent(),
                              kReasons[message.reason()]};
}

bool IsDate(const std::string& text) {
  return text.size() == 8 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsPrintable(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace

Result<check::Press> ReadPress(const v1::Press& message, const DeskRecord& record) {
  if (message.press_id().size() != kPressIdBytes) return MessageInvalid("press_id is not 16 bytes");
  const std::optional<check::Method> method = MethodFrom(message.method());
  if (!method) return MessageInvalid("method");
  if (message.has_number_inquiry() != (method == check::Method::kNumber)) return MessageInvalid("number_inquiry");
  check::Press press;
  press.press_id = {message.press_id().begin(), message.press_id().end()};
  press.method = *method;
  press.caller = {record.institution_code, record.account_id, record.desk_id};
  TRY_ASSIGN(press.attestation, ReadAttestation(message.attestation()));
  if (message.has_number_inquiry()) {
    if (message.has_opening() || message.has_proof()) return MessageInvalid("a card with an inquiry by numbers");
    TRY_ASSIGN(press.inquiry, ReadInquiry(message.number_inquiry()));
  }
  TRY_ASSIGN(press.opening, wire::FromMessage(message.opening()));
  if (message.has_proof()) {
    TRY_ASSIGN(press.proof, wire::FromMessage(message.proof()));
  }
  if (message.patient_number().size() > handoff::kPatientNumberBytesMax || !IsPrintable(message.patient_number()))
    return MessageInvalid("patient_number");
  if (!message.expected_birthdate().empty() && !IsDate(message.expected_birthdate()))
    return MessageInvalid("expected_birthdate");
  if (message.reader_model().size() > kReaderModelBytesMax) return MessageInvalid("reader_model");
  press.patient_number = audit::PlainPatientNumber(message.patient_number());
  press.expected_birthdate = message.expected_birthdate();
  return press;
}

v1::Method MethodOf(const std::string& word) {
  if (word == "pin") return v1::PIN;
  if (word == "sight") return v1::SIGHT;
  return word == "number" ? v1::NUMBER : v1::METHOD_UNSPECIFIED;
}

}  // namespace madoguchi::desk
