// SPDX-License-Identifier: Apache-2.0
#include "contract/card_script.h"

namespace madoguchi {
namespace {

Error Invalid(std::size_t step, const std::string& reason) {
  return {ErrorCode::kScriptInvalid, "step " + std::to_string(step) + ": " + reason, {}};
}

std::string WrongTransmit(const TransmitStep& step) {
  if (step.expected_bytes > 256) return "expected_bytes above 256";
  if (const auto* literal = std::get_if<Bytes>(&step.data)) {
    if (literal->empty()) return "empty literal data";
    if (literal->size() > limits::kLiteralDataBytesMax) return "literal data too long";
  }
  if (const auto* signed_challenge = std::get_if<SignedChallenge>(&step.data)) {
    const std::size_t size = signed_challenge->challenge.size();
    if (size < limits::kChallengeBytesMin || size > limits::kChallengeBytesMax) return "challenge length";
  }
  return {};
}

std::string WrongReadFile(const ReadFileStep& step) {
  if (step.bytes_max == 0 || step.bytes_max > limits::kFileBytesMax) return "bytes_max out of range";
  return {};
}

}  // namespace

Result<void> CheckScript(const CardScript& script) {
  if (script.steps.empty()) return Error{ErrorCode::kScriptInvalid, "no steps", {}};
  if (script.steps.size() > limits::kScriptStepsMax) return Error{ErrorCode::kScriptInvalid, "too many steps", {}};
  for (std::size_t i = 0; i < script.steps.size(); ++i) {
    const Step& step = script.steps[i];
    if (step.accepted.empty()) return Invalid(i, "accepts no status word");
    if (step.accepted.size() > limits::kAcceptedStatusWordsMax) return Invalid(i, "too many accepted status words");
    const auto* transmit = std::get_if<TransmitStep>(&step.action);
    const std::string wrong =
        transmit != nullptr ? WrongTransmit(*transmit) : WrongReadFile(std::get<ReadFileStep>(step.action));
    if (!wrong.empty()) return Invalid(i, wrong);
  }
  return {};
}

Bytes SignatureInput(std::string_view institution_code, ByteView challenge, ByteView press_id) {
  Bytes input;
  const auto append = [&input](ByteView part) { input.insert(input.end(), part.begin(), part.end()); };
  append(AsBytes(kSignatureDomain));
  append(AsBytes(institution_code));
  append(challenge);
  append(press_id);
  return input;
}

}  // namespace madoguchi
