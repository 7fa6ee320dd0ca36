// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/patient_entry.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "contract/full_width.h"
#include "terminal/agent/attestation.h"
#include "terminal/agent/number_entry.h"

namespace madoguchi::agent {
namespace {

Error Invalid(const char* field) {
  return {ErrorCode::kFieldInvalid, field, {}};
}

std::size_t Characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// Nothing of an empty entry.
Result<std::optional<SecretBytes>> PatientNumber(SecretBytes typed) {
  if (typed.empty()) return std::optional<SecretBytes>();
  const std::string_view text = AsText(typed.view());
  const bool plain = std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (!plain || !IsUtf8(text) || Characters(text) > link::kPatientNumberCharactersMax) return Invalid("patient-number");
  return std::optional<SecretBytes>(std::move(typed));
}

Result<std::optional<SecretBytes>> Birthdate(const SecretBytes& typed) {
  if (typed.empty()) return std::optional<SecretBytes>();
  TRY_ASSIGN(SecretBytes day, DayOf(typed));
  if (day.empty()) return Invalid("expected-birthdate");
  return std::optional<SecretBytes>(std::move(day));
}

// A line of the descriptor, byte by byte: what follows belongs to the next press.
Result<SecretBytes> ReadLine(int descriptor) {
  TRY_ASSIGN(SecretBytes line, SecretBytes::Make(link::kPatientNumberBytesMax));
  TRY_ASSIGN(SecretBytes byte, SecretBytes::Make(1));
  for (;;) {
    byte.Clear();
    const ssize_t got = read(descriptor, byte.free_space().data(), 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Invalid("--patient-number-fd: cannot be read");
    if (got == 0) return line;
    byte.Grow(1);
    if (byte.view()[0] == '\n') return line;
    if (byte.view()[0] != '\r' && !line.Append(byte.view())) return Invalid("patient-number");
  }
}

}  // namespace

Result<void> PatientEntry::Patient(link::PressFields& fields) {
  if (options_.patient_number_fd >= 0) {
    TRY_ASSIGN(SecretBytes line, ReadLine(options_.patient_number_fd));
    TRY_ASSIGN(fields.patient_number, PatientNumber(std::move(line)));
  } else if (options_.ask_patient || !entry_.typed()) {
    TRY_ASSIGN(SecretBytes typed, entry_.Field("patient_number", "診察券番号(なければ Enter) / patient number, if any",
                                               link::kPatientNumberBytesMax));
    TRY_ASSIGN(fields.patient_number, PatientNumber(std::move(typed)));
  }
  if (!options_.ask_patient && entry_.typed()) return {};
  TRY_ASSIGN(
      const SecretBytes expected,
      entry_.Field("expected_birthdate", "予定の患者さんの生年月日(例 19600229、なければ Enter) / expected birth date",
                   link::kInquiryFieldBytesMax));
  TRY_ASSIGN(fields.expected_birthdate, Birthdate(expected));
  return {};
}

Result<link::PressFields> PatientEntry::Next() {
  link::PressFields fields;
  fields.method = options_.method;
  if (first_) fields.attestation = options_.attestation;
  first_ = false;
  if (fields.method == link::Method::kSight) {
    TRY_ASSIGN(fields.attestation, CompleteAttestation(fields.attestation, !options_.json));
  }
  TRY_VOID(Patient(fields));
  if (fields.method == link::Method::kNumber) {
    TRY_ASSIGN(link::NumberInquiry inquiry, AskNumbers(entry_));
    fields.inquiry.emplace(std::move(inquiry));
  }
  return fields;
}

Result<bool> PatientEntry::AskMore(link::PressFields& fields) {
  if (!fields.inquiry || !entry_.typed() || options_.json) return false;
  TRY_VOID(AskMoreNumbers(entry_, *fields.inquiry));
  return true;
}

}  // namespace madoguchi::agent
