// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/press_message.h"

#include <algorithm>

#include "contract/limits.h"

namespace madoguchi::link {
namespace {

std::string Text(const SecretBytes& secret) {
  return std::string(AsText(secret.view()));
}

static_assert(static_cast<int>(Method::kSight) == v1::SIGHT && static_cast<int>(Method::kPin) == v1::PIN &&
              static_cast<int>(Method::kNumber) == v1::NUMBER);
static_assert(static_cast<int>(Presenter::kHolder) == v1::HOLDER &&
              static_cast<int>(Presenter::kGuardian) == v1::GUARDIAN &&
              static_cast<int>(Presenter::kAssisted) == v1::ASSISTED);
static_assert(static_cast<int>(PhotoCheck::kCompared) == v1::PHOTO_COMPARED &&
              static_cast<int>(PhotoCheck::kNoPhoto) == v1::NO_PHOTO &&
              static_cast<int>(PhotoCheck::kAnother) == v1::PHOTO_IS_ANOTHER);
static_assert(static_cast<int>(InquiryReason::kCardNotBrought) == v1::CARD_NOT_BROUGHT &&
              static_cast<int>(InquiryReason::kCardNotReadable) == v1::CARD_NOT_READABLE &&
              static_cast<int>(InquiryReason::kBeforeTheVisit) == v1::BEFORE_THE_VISIT &&
              static_cast<int>(InquiryReason::kAfterAnOutage) == v1::AFTER_AN_OUTAGE);

}  // namespace

void FillPress(const PressOrder& order, v1::Press& press) {
  const PressFields& fields = order.fields;
  press.set_press_id(std::string(AsText(order.press_id)));
  press.set_method(static_cast<v1::Method>(fields.method));
  if (fields.attestation != Attestation()) {
    press.mutable_attestation()->set_presenter(static_cast<v1::Presenter>(fields.attestation.presenter));
    press.mutable_attestation()->set_photo(static_cast<v1::PhotoCheck>(fields.attestation.photo));
    press.mutable_attestation()->set_looked_ms(static_cast<std::uint32_t>(fields.attestation.looked.count()));
  }
  if (fields.inquiry) {
    v1::NumberInquiry& inquiry = *press.mutable_number_inquiry();
    inquiry.set_insurer_number(Text(fields.inquiry->insurer_number));
    inquiry.set_symbol(Text(fields.inquiry->symbol));
    inquiry.set_number(Text(fields.inquiry->number));
    inquiry.set_branch(Text(fields.inquiry->branch));
    inquiry.set_birthdate(Text(fields.inquiry->birthdate));
    inquiry.set_limit_consent(fields.inquiry->limit_consent);
    inquiry.set_reason(static_cast<v1::InquiryReason>(fields.inquiry->reason));
  }
  if (fields.patient_number) press.set_patient_number(Text(*fields.patient_number));
  if (fields.expected_birthdate) press.set_expected_birthdate(Text(*fields.expected_birthdate));
  press.set_detect_us(order.detect_us);
  press.set_reader_model(order.reader_model);
  const auto remaining = std::min<std::chrono::milliseconds>(order.deadline.remaining(), limits::kCheckDeadline);
  press.set_remaining_ms(static_cast<std::uint32_t>(remaining.count()));
}

}  // namespace madoguchi::link
