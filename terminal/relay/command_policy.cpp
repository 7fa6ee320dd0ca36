// SPDX-License-Identifier: Apache-2.0
#include "terminal/relay/command_policy.h"

#include <algorithm>
#include <array>

namespace madoguchi::relay {
namespace {

constexpr std::array<std::uint8_t, 10> kApplication = {0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};
constexpr std::uint16_t kPinFile = 0x0018;
constexpr std::uint16_t kKeyFile = 0x0017;
// User-authentication certificate, its CA's, token label, availability of the certificates: free to read, no personal
// data.
constexpr std::array<std::uint16_t, 4> kReadableFiles = {0x000A, 0x000B, 0x0006, 0x0008};
constexpr std::uint16_t kOk = 0x9000;
constexpr std::uint16_t kShortAnswerMax = 256;

bool Readable(std::uint16_t file) {
  return std::find(kReadableFiles.begin(), kReadableFiles.end(), file) != kReadableFiles.end();
}

Error Refused(const char* why) {
  return {ErrorCode::kCommandRefusedByPolicy, why, {}};
}

// The commands the policy knows, by their exact header. READ BINARY: offset form only, the bit that would name a short
// file identifier in P1 is clear (ISO 7816-4 §11.3.3).
enum class Command {
  kSelectApplication,
  kSelectFile,
  kReadBinary,
  kVerify,
  kSign,
  kGetChallenge,
  kExternalAuthenticate,
  kOther
};

Command Name(const TransmitStep& step) {
  const auto is = [&step](std::uint8_t cla, std::uint8_t ins, std::uint8_t p1, std::uint8_t p2) {
    return step.cla == cla && step.ins == ins && step.p1 == p1 && step.p2 == p2;
  };
  if (is(0x00, 0xA4, 0x04, 0x0C)) return Command::kSelectApplication;
  if (is(0x00, 0xA4, 0x02, 0x0C)) return Command::kSelectFile;
  if (step.cla == 0x00 && step.ins == 0xB0 && (step.p1 & 0x80) == 0) return Command::kReadBinary;
  if (is(0x00, 0x20, 0x00, 0x80)) return Command::kVerify;
  if (is(0x80, 0x2A, 0x00, 0x80)) return Command::kSign;
  if (is(0x00, 0x84, 0x00, 0x00)) return Command::kGetChallenge;
  if (is(0x00, 0x82, 0x00, 0x00)) return Command::kExternalAuthenticate;
  return Command::kOther;
}

bool NamesApplication(const TransmitStep& step) {
  const auto* name = std::get_if<Bytes>(&step.data);
  return name != nullptr && std::equal(name->begin(), name->end(), kApplication.begin(), kApplication.end());
}

std::optional<std::uint16_t> FileNamed(const TransmitStep& step) {
  const auto* id = std::get_if<Bytes>(&step.data);
  if (id == nullptr || id->size() != 2) return std::nullopt;
  return static_cast<std::uint16_t>((*id)[0] << 8 | (*id)[1]);
}

bool MaySelect(std::optional<std::uint16_t> file) {
  return file && (Readable(*file) || *file == kPinFile || *file == kKeyFile);
}

}  // namespace

void CommandPolicy::Begin(Occasion occasion) {
  occasion_ = occasion;
  challenge_asked_ = false;
  authenticate_sent_ = false;
  pin_sent_ = false;
  proved_ = false;
}

Result<void> CommandPolicy::Admit(const ReadFileStep& step) const {
  if (signed_) return Refused("the card has signed: only power-down is left");
  if (OpeningIsOver()) return Refused("nothing follows the challenge of an opening");
  if (!application_selected_) return Refused("the JPKI application is not selected");
  if (!Readable(step.file_id)) return Refused("this file may not be read");
  return {};
}

Result<void> CommandPolicy::Admit(const TransmitStep& step) const {
  const Command command = Name(step);
  const bool no_data = std::holds_alternative<NoData>(step.data);
  if (signed_) return Refused("the card has signed: only power-down is left");
  if (OpeningIsOver()) return Refused("nothing follows the challenge of an opening");
  if (command == Command::kSelectApplication) {
    if (!NamesApplication(step) || step.expected_bytes != 0)
      return Refused("only the JPKI application may be selected");
    return {};
  }
  if (!application_selected_) return Refused("the JPKI application is not selected");
  switch (command) {
    case Command::kSelectFile:
      if (!MaySelect(FileNamed(step)) || step.expected_bytes != 0) return Refused("this file may not be selected");
      return {};
    case Command::kReadBinary:
      if (!no_data || step.expected_bytes == 0 || step.expected_bytes > kShortAnswerMax)
        return Refused("READ BINARY of another shape");
      if (!current_file_ || !Readable(*current_file_)) return Refused("this file may not be read");
      return {};
    case Command::kVerify:
      if (current_file_ != kPinFile || step.expected_bytes != 0)
        return Refused("VERIFY only of the user-authentication PIN");
      if (no_data) return {};
      if (!std::holds_alternative<PinSlot>(step.data)) return Refused("VERIFY only empty or from the PIN slot");
      if (occasion_ != Occasion::kPinPress) return Refused("no press that is proved by PIN is open");
      if (pin_sent_) return Refused("one VERIFY per press");
      return {};
    case Command::kSign:
      if (!std::holds_alternative<SignedChallenge>(step.data))
        return Refused("the desk itself computes what is signed");
      if (current_file_ != kKeyFile) return Refused("signature only with the user-authentication key");
      if (step.expected_bytes == 0 || step.expected_bytes > kShortAnswerMax)
        return Refused("signature command of another shape");
      if (occasion_ == Occasion::kOpening || !proved_) return Refused("no proof in this press");
      return {};
    case Command::kGetChallenge:
      if (!sight_allowed_ || occasion_ == Occasion::kPinPress) return Refused("GET CHALLENGE is not allowed");
      if (!no_data || step.expected_bytes == 0 || step.expected_bytes > kShortAnswerMax)
        return Refused("GET CHALLENGE of another shape");
      if (authenticate_sent_) return Refused("the proof of this press was sent");
      return {};
    case Command::kExternalAuthenticate:
      if (!sight_allowed_ || occasion_ != Occasion::kSightPress) return Refused("EXTERNAL AUTHENTICATE is not allowed");
      if (!std::holds_alternative<Bytes>(step.data) || step.expected_bytes != 0)
        return Refused("EXTERNAL AUTHENTICATE of another shape");
      // Once per press: no challenge follows one that was answered.
      if (!challenge_waits_) return Refused("the card gave no challenge for it, or it was answered");
      return {};
    case Command::kSelectApplication:
    case Command::kOther:
      break;
  }
  return Refused("a command this desk does not send");
}

void CommandPolicy::Sent(const TransmitStep& step) {
  if (Name(step) == Command::kSign) signed_ = true;
  if (Name(step) == Command::kGetChallenge) challenge_asked_ = true;
  if (Name(step) == Command::kExternalAuthenticate) {
    authenticate_sent_ = true;
    challenge_waits_ = false;
  }
  if (Name(step) == Command::kVerify && std::holds_alternative<PinSlot>(step.data)) pin_sent_ = true;
}

void CommandPolicy::Answered(const TransmitStep& step, std::uint16_t status_word) {
  if (status_word != kOk) return;
  switch (Name(step)) {
    case Command::kSelectApplication:
      application_selected_ = true;
      current_file_.reset();
      challenge_waits_ = false;
      proved_ = false;  // some cards forget the PIN here: what the card may have forgotten, the policy forgets
      break;
    case Command::kSelectFile:
      current_file_ = FileNamed(step);
      break;
    case Command::kVerify:
      proved_ = proved_ || std::holds_alternative<PinSlot>(step.data);
      break;
    case Command::kExternalAuthenticate:
      proved_ = true;
      break;
    case Command::kGetChallenge:
      challenge_waits_ = true;
      break;
    case Command::kReadBinary:
    case Command::kSign:
    case Command::kOther:
      break;
  }
}

}  // namespace madoguchi::relay
