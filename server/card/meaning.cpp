// SPDX-License-Identifier: Apache-2.0
#include "server/card/meaning.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "server/card/scripts.h"

namespace madoguchi::card {
namespace {

constexpr std::size_t kTokenLabelBytes = 32;  // space-padded ASCII (reference/jpki-card.md §2)
constexpr std::size_t kSignatureBytesMax = 512;
// What a desk may give as its reason to stop, besides the card's own codes.
constexpr std::array kDeskReasons = {ErrorCode::kCommandRefusedByPolicy, ErrorCode::kScriptInvalid,
                                     ErrorCode::kSecretMemoryUnavailable};

bool DeskMaySay(ErrorCode code) {
  return static_cast<int>(code) / 100 == 12 ||
         std::find(kDeskReasons.begin(), kDeskReasons.end(), code) != kDeskReasons.end();
}

std::string Where(std::size_t step, std::uint16_t status_word) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "step %zu answered %04X", step, static_cast<unsigned>(status_word));
  return text.data();
}

bool Accepted(const Step& step, std::uint16_t status_word) {
  return std::any_of(step.accepted.begin(), step.accepted.end(),
                     [status_word](const StatusPattern& pattern) { return pattern.Accepts(status_word); });
}

Error FromStatusWord(std::size_t step, std::uint16_t status_word) {
  return {ErrorCode::kCardStatusUnexpected, Where(step, status_word), {}};
}

// Do these answers belong to this script, and did each step that ran end as the script wanted?
Result<void> CheckAnswers(const CardScript& script, const ScriptAnswers& answers) {
  if (answers.steps.size() > script.steps.size())
    return Error{ErrorCode::kScriptAnswersInvalid, "more answers than steps", {}};
  for (std::size_t i = 0; i < answers.steps.size(); ++i) {
    if (!Accepted(script.steps[i], answers.steps[i].status_word))
      return FromStatusWord(i, answers.steps[i].status_word);
  }
  if (answers.stopped) {
    if (!DeskMaySay(*answers.stopped))
      return Error{ErrorCode::kScriptAnswersInvalid, "a reason a desk cannot have", {}};
    return Error{*answers.stopped, "reported by the desk at step " + std::to_string(answers.steps.size()),
                 answers.tries_left};
  }
  if (answers.steps.size() < script.steps.size())
    return Error{ErrorCode::kScriptAnswersInvalid, "answers are missing", {}};
  return {};
}

bool LabelIs(std::string_view label, std::string_view name) {
  return label.substr(0, name.size()) == name && label.find_first_not_of(' ', name.size()) == std::string_view::npos;
}

Result<void> CheckToken(ByteView token) {
  if (token.size() < kTokenLabelBytes) return Error{ErrorCode::kCardAnswerInvalid, "token information too short", {}};
  const std::string_view label = AsText(token.first(kTokenLabelBytes));
  if (LabelIs(label, "JPKIAPICCTOKEN2")) return {};
  if (LabelIs(label, "JPKIAPICCTOKEN"))
    return Error{ErrorCode::kResidentRegisterCard, "token label of a 住基カード", {}};
  if (LabelIs(label, "JPKIAPGPSETOKEN") || LabelIs(label, "JPKIAPIOSTOKEN")) {
    return Error{ErrorCode::kPhoneNotSupported, "token label of a phone", {}};
  }
  return Error{ErrorCode::kNotAMyNumberCard, "unknown token label", {}};
}

PinState MeaningOfTries(std::uint16_t status_word) {
  if (status_word == 0x6A88) return PinState::kDisabled;
  const bool blocked = status_word == 0x63C0 || status_word == 0x6984 || status_word == 0x6983;
  return blocked ? PinState::kBlocked : PinState::kUsable;
}

Result<Bytes> Signature(const StepAnswer& answer) {
  if (answer.data.empty() || answer.data.size() > kSignatureBytesMax)
    return Error{ErrorCode::kCardAnswerInvalid, "signature length", {}};
  return answer.data;
}

}  // namespace

Result<Holder> ReadOpening(const ScriptAnswers& answers, const SightProof& sight) {
  if (!answers.steps.empty() && answers.steps[kSelectApplication].status_word == 0x6A82) {
    return Error{ErrorCode::kNotAMyNumberCard, "no JPKI application", {}};
  }
  CardScript opening = OpeningScript();
  sight.AddToOpening(opening);
  TRY_VOID(CheckAnswers(opening, answers));
  TRY_VOID(CheckToken(answers.steps[kReadToken].data));
  return Holder{answers.steps[kReadCertificate].data, MeaningOfTries(answers.steps[kLookAtTries].status_word)};
}

Result<Bytes> ReadPinProof(const ScriptAnswers& answers) {
  if (answers.steps.size() > kVerifyPin) {
    const std::uint16_t verify = answers.steps[kVerifyPin].status_word;
    if (verify == 0x63C0 || verify == 0x6984 || verify == 0x6983)
      return Error{ErrorCode::kPinBlocked, Where(kVerifyPin, verify), 0};
    if ((verify & 0xFFF0) == 0x63C0) return Error{ErrorCode::kPinWrong, Where(kVerifyPin, verify), verify & 0x000F};
  }
  TRY_VOID(CheckAnswers(PinProofScript(Bytes(limits::kChallengeBytesMin)), answers));
  return Signature(answers.steps[kSign]);
}

Result<Bytes> ReadSightProof(const ScriptAnswers& answers) {
  if (!answers.steps.empty() && answers.steps[kAuthenticate].status_word != 0x9000) {
    return Error{ErrorCode::kSightRefusedByCard, Where(kAuthenticate, answers.steps[kAuthenticate].status_word), {}};
  }
  TRY_VOID(CheckAnswers(SightScript(Bytes(1), Bytes(limits::kChallengeBytesMin)), answers));
  return Signature(answers.steps[kSignBySight]);
}

}  // namespace madoguchi::card
