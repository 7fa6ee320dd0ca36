// SPDX-License-Identifier: Apache-2.0
// Card script: what the server asks a desk to do with a card in one exclusive PC/SC transaction, and what the desk
// answers. The wire form is proto/madoguchi/v1/card_script.proto; card_script_wire.h translates. Sources: design §4,
// ISO 7816-4 §5.1 (command pairs), reference/jpki-card.md §3.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "contract/bytes.h"
#include "contract/limits.h"
#include "contract/result.h"

namespace madoguchi {

// A status word is accepted when (sw & mask) == value. Wildcards: 63Cx is {0x63C0, 0xFFF0}.
struct StatusPattern {
  std::uint16_t value;
  std::uint16_t mask = 0xFFFF;
  bool Accepts(std::uint16_t status_word) const { return (status_word & mask) == value; }
  bool operator==(const StatusPattern&) const = default;
};

struct NoData {
  bool operator==(const NoData&) const = default;
};
// The desk puts its own PIN here; the bytes are in no message.
struct PinSlot {
  bool operator==(const PinSlot&) const = default;
};
// The desk computes what is signed: see SignatureInput().
struct SignedChallenge {
  Bytes challenge;  // kChallengeBytesMin..kChallengeBytesMax, from the national service
  bool operator==(const SignedChallenge&) const = default;
};
using StepData = std::variant<NoData, Bytes, PinSlot, SignedChallenge>;

struct TransmitStep {
  std::uint8_t cla, ins, p1, p2;
  StepData data;
  std::uint16_t expected_bytes = 0;  // Ne: 0 = no Le field, 1..256 = short Le
  bool operator==(const TransmitStep&) const = default;
};

// SELECT EF, then read it whole: one READ BINARY with extended Le where the reader can, else chunks; 61xx/6Cxx handled.
struct ReadFileStep {
  std::uint16_t file_id;
  std::uint16_t bytes_max;  // 1..kFileBytesMax
  bool der_length = false;  // the content is one DER object: read to its length, filler is left out
  bool operator==(const ReadFileStep&) const = default;
};

struct Step {
  std::variant<TransmitStep, ReadFileStep> action;
  std::vector<StatusPattern> accepted;
  bool operator==(const Step&) const = default;
};

struct CardScript {
  std::vector<Step> steps;  // 1..kScriptStepsMax
  bool last = false;        // power the card down afterwards
  bool operator==(const CardScript&) const = default;
};

// What one step gave. A step that was refused or never ran has no answer.
struct StepAnswer {
  std::uint16_t status_word = 0;   // of the last APDU of the step
  Bytes data;                      // without the status word
  std::uint32_t microseconds = 0;  // on the card, all APDUs of the step
  std::uint32_t apdus = 0;
  bool operator==(const StepAnswer&) const = default;
};

// Always what was done, also when it stopped. `stopped` empty = every step ran and was accepted.
// stopped = CARD_STATUS_UNEXPECTED: the last answer holds the unaccepted status word. Other codes: the next step did
// not run.
struct ScriptAnswers {
  std::vector<StepAnswer> steps;
  std::optional<ErrorCode> stopped;
  std::optional<int> tries_left;  // the desk's own fresh look before VERIFY, 0..3
  std::uint32_t run_us = 0;       // script received → answers ready, at the desk; 0: not measured
  bool operator==(const ScriptAnswers&) const = default;
};

// Limits and shapes of a script that came from outside. SCRIPT_INVALID names the step and the reason.
Result<void> CheckScript(const CardScript& script);

// The domain of every signature Madoguchi asks of a card: 18 ASCII characters and one zero byte.
inline constexpr std::string_view kSignatureDomain{"madoguchi.check.v1\0", 19};
inline constexpr std::size_t kInstitutionCodeLength = 10;  // prefecture 2 + 点数表 1 + code 7, ASCII digits
inline constexpr std::size_t kPressIdBytes = 16;           // UUID

// What is hashed: domain ‖ institution code (10 ASCII digits) ‖ challenge ‖ press id (16 bytes).
// The desk hashes it with SHA-256 and sends DigestInfo to the card (RFC 8017 §9.2). This format is ours: a real
// national service's is not public.
Bytes SignatureInput(std::string_view institution_code, ByteView challenge, ByteView press_id);

}  // namespace madoguchi
