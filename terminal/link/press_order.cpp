// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/press_order.h"

#include <algorithm>

namespace madoguchi::link {
namespace {

Result<SecretBytes> CopyOf(const SecretBytes& text) {
  TRY_ASSIGN(SecretBytes copy, SecretBytes::Make(std::max<std::size_t>(text.size(), 1)));
  if (!copy.Append(text.view())) return Error{ErrorCode::kInternalError, "a copy does not fit", {}};
  return copy;
}

Result<std::optional<SecretBytes>> CopyOf(const std::optional<SecretBytes>& text) {
  if (!text) return std::optional<SecretBytes>();
  TRY_ASSIGN(SecretBytes copy, CopyOf(*text));
  return std::optional<SecretBytes>(std::move(copy));
}

}  // namespace

const char* MethodWord(Method method) {
  switch (method) {
    case Method::kSight:
      return "sight";
    case Method::kPin:
      return "pin";
    case Method::kNumber:
      return "number";
  }
  return "";
}

Result<PressFields> PressFields::Copy() const {
  PressFields copy;
  copy.method = method;
  copy.attestation = attestation;
  if (inquiry) {
    TRY_ASSIGN(SecretBytes insurer_number, CopyOf(inquiry->insurer_number));
    TRY_ASSIGN(SecretBytes symbol, CopyOf(inquiry->symbol));
    TRY_ASSIGN(SecretBytes number, CopyOf(inquiry->number));
    TRY_ASSIGN(SecretBytes branch, CopyOf(inquiry->branch));
    TRY_ASSIGN(SecretBytes birthdate, CopyOf(inquiry->birthdate));
    copy.inquiry.emplace(NumberInquiry{std::move(insurer_number), std::move(symbol), std::move(number),
                                       std::move(branch), std::move(birthdate), inquiry->limit_consent,
                                       inquiry->reason});
  }
  TRY_ASSIGN(copy.patient_number, CopyOf(patient_number));
  TRY_ASSIGN(copy.expected_birthdate, CopyOf(expected_birthdate));
  return copy;
}

}  // namespace madoguchi::link
