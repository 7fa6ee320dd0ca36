// SPDX-License-Identifier: Apache-2.0
// What the desk sends with a press, as plain values: the way of checking, what the person at the desk states, and what
// was typed for it. Texts about a person lie in locked memory from the keyboard to the end of the press. Source:
// proto/madoguchi/v1/check.proto. Errors of Copy: SECRET_MEMORY_UNAVAILABLE.
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "contract/card_script.h"
#include "contract/deadline.h"
#include "contract/secret_bytes.h"

namespace madoguchi::link {

inline constexpr std::size_t kInquiryFieldBytesMax = 100;  // 20 full-width characters are 60
inline constexpr std::size_t kPatientNumberCharactersMax = 50;
inline constexpr std::size_t kPatientNumberBytesMax = 200;
inline constexpr std::size_t kBirthdateBytes = 8;  // yyyyMMdd
inline constexpr std::size_t kReaderModelBytesMax = 100;

// The numbers are those of v1.Method, v1.Presenter, v1.PhotoCheck and v1.InquiryReason.
enum class Method { kSight = 1, kPin = 2, kNumber = 3 };
enum class Presenter { kNotSaid = 0, kHolder = 1, kGuardian = 2, kAssisted = 3 };
enum class PhotoCheck { kNotLooked = 0, kCompared = 1, kNoPhoto = 2, kAnother = 3 };
enum class InquiryReason { kCardNotBrought = 1, kCardNotReadable = 2, kBeforeTheVisit = 3, kAfterAnOutage = 4 };

// "sight", "pin", "number"
const char* MethodWord(Method method);

struct Attestation {
  Presenter presenter = Presenter::kNotSaid;
  PhotoCheck photo = PhotoCheck::kNotLooked;
  // From the question about photo and face to its answer; 0: it was stated beforehand.
  std::chrono::milliseconds looked{0};
  bool operator==(const Attestation&) const = default;
};

// As typed; the server folds widths and pads. Empty texts: none.
struct NumberInquiry {
  SecretBytes insurer_number, symbol, number, branch, birthdate;
  bool limit_consent = false;
  InquiryReason reason = InquiryReason::kCardNotBrought;
};

// What belongs to the patient of one press. The same for every press of the same patient.
struct PressFields {
  Method method = Method::kPin;
  Attestation attestation = {};
  std::optional<NumberInquiry> inquiry = {};           // with Method::kNumber only
  std::optional<SecretBytes> patient_number = {};      // the facility's own
  std::optional<SecretBytes> expected_birthdate = {};  // yyyyMMdd

  Result<PressFields> Copy() const;
};

struct PressOrder {
  Bytes press_id;  // 16 bytes
  PressFields fields = {};
  ScriptAnswers opening = {};   // none with Method::kNumber
  std::uint32_t detect_us = 0;  // card seen by the reader → opening answers; 0: not measured
  std::string reader_model = {};
  Deadline deadline;  // then the desk gives up
};

}  // namespace madoguchi::link
