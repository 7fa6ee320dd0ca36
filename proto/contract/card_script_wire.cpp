// SPDX-License-Identifier: Apache-2.0
#include "contract/card_script_wire.h"

namespace madoguchi::wire {
namespace {

Bytes ToBytes(const std::string& text) {
  return {text.begin(), text.end()};
}
std::string FromBytes(ByteView bytes) {
  return std::string(AsText(bytes));
}

Error Invalid(const char* reason) {
  return {ErrorCode::kScriptInvalid, reason, {}};
}
Error AnswersInvalid(const char* reason) {
  return {ErrorCode::kScriptAnswersInvalid, reason, {}};
}

void SetData(const StepData& data, v1::TransmitStep& message) {
  if (const auto* literal = std::get_if<Bytes>(&data)) {
    message.set_literal(FromBytes(*literal));
  } else if (std::holds_alternative<PinSlot>(data)) {
    message.mutable_pin_slot();
  } else if (const auto* signed_challenge = std::get_if<SignedChallenge>(&data)) {
    message.mutable_signed_challenge()->set_challenge(FromBytes(signed_challenge->challenge));
  }
}

StepData GetData(const v1::TransmitStep& message) {
  switch (message.data_case()) {
    case v1::TransmitStep::kLiteral:
      return ToBytes(message.literal());
    case v1::TransmitStep::kPinSlot:
      return PinSlot{};
    case v1::TransmitStep::kSignedChallenge:
      return SignedChallenge{ToBytes(message.signed_challenge().challenge())};
    case v1::TransmitStep::DATA_NOT_SET:
      return NoData{};
  }
  return NoData{};
}

Result<Step> FromMessage(const v1::ScriptStep& message) {
  Step step;
  if (message.has_transmit()) {
    const v1::TransmitStep& transmit = message.transmit();
    if (transmit.header().size() != 4) return Invalid("header is not 4 bytes");
    if (transmit.expected_bytes() > 256) return Invalid("expected_bytes above 256");
    const Bytes header = ToBytes(transmit.header());
    step.action = TransmitStep{header[0], header[1],         header[2],
                               header[3], GetData(transmit), static_cast<std::uint16_t>(transmit.expected_bytes())};
  } else if (message.has_read_file()) {
    const v1::ReadFileStep& read_file = message.read_file();
    if (read_file.file_id() > 0xFFFF || read_file.bytes_max() > limits::kFileBytesMax)
      return Invalid("read_file out of range");
    step.action = ReadFileStep{static_cast<std::uint16_t>(read_file.file_id()),
                               static_cast<std::uint16_t>(read_file.bytes_max()), read_file.der_length()};
  } else {
    return Invalid("a step of a kind this program does not know");
  }
  for (const v1::StatusPattern& pattern : message.accepted()) {
    if (pattern.value() > 0xFFFF || pattern.mask() > 0xFFFF) return Invalid("status word above FFFF");
    step.accepted.push_back({static_cast<std::uint16_t>(pattern.value()), static_cast<std::uint16_t>(pattern.mask())});
  }
  return step;
}

}  // namespace

v1::CardScript ToMessage(const CardScript& script) {
  v1::CardScript message;
  for (const Step& step : script.steps) {
    v1::ScriptStep& added = *message.add_steps();
    if (const auto* transmit = std::get_if<TransmitStep>(&step.action)) {
      v1::TransmitStep& out = *added.mutable_transmit();
      out.set_header(FromBytes(Bytes{transmit->cla, transmit->ins, transmit->p1, transmit->p2}));
      SetData(transmit->data, out);
      out.set_expected_bytes(transmit->expected_bytes);
    } else {
      const auto& read_file = std::get<ReadFileStep>(step.action);
      added.mutable_read_file()->set_file_id(read_file.file_id);
      added.mutable_read_file()->set_bytes_max(read_file.bytes_max);
      added.mutable_read_file()->set_der_length(read_file.der_length);
    }
    for (const StatusPattern& pattern : step.accepted) {
      v1::StatusPattern& out = *added.add_accepted();
      out.set_value(pattern.value);
      out.set_mask(pattern.mask);
    }
  }
  message.set_last(script.last);
  return message;
}

Result<CardScript> FromMessage(const v1::CardScript& message) {
  CardScript script;
  if (static_cast<std::size_t>(message.steps_size()) > limits::kScriptStepsMax) return Invalid("too many steps");
  for (const v1::ScriptStep& step : message.steps()) {
    TRY_ASSIGN(Step added, FromMessage(step));
    script.steps.push_back(std::move(added));
  }
  script.last = message.last();
  TRY_VOID(CheckScript(script));
  return script;
}

v1::ScriptAnswers ToMessage(const ScriptAnswers& answers) {
  v1::ScriptAnswers message;
  for (const StepAnswer& step : answers.steps) {
    v1::StepAnswer& added = *message.add_steps();
    added.set_status_word(step.status_word);
    added.set_data(FromBytes(step.data));
    added.set_microseconds(step.microseconds);
    added.set_apdus(step.apdus);
  }
  if (answers.stopped) message.set_stopped_code(static_cast<int>(*answers.stopped));
  if (answers.tries_left) message.set_tries_left(static_cast<std::uint32_t>(*answers.tries_left));
  message.set_run_us(answers.run_us);
  return message;
}

Result<ScriptAnswers> FromMessage(const v1::ScriptAnswers& message) {
  ScriptAnswers answers;
  if (static_cast<std::size_t>(message.steps_size()) > limits::kScriptStepsMax) return AnswersInvalid("too many steps");
  for (const v1::StepAnswer& step : message.steps()) {
    if (step.status_word() > 0xFFFF) return AnswersInvalid("status word above FFFF");
    if (step.data().size() > limits::kStepDataBytesMax) return AnswersInvalid("step data too long");
    answers.steps.push_back(
        {static_cast<std::uint16_t>(step.status_word()), ToBytes(step.data()), step.microseconds(), step.apdus()});
  }
  if (message.stopped_code() != 0) {
    answers.stopped = FindErrorCode(message.stopped_code());
    if (!answers.stopped) return AnswersInvalid("unknown stopped_code");
  }
  if (message.has_tries_left()) {
    if (message.tries_left() > 15) return AnswersInvalid("tries_left above 15");
    answers.tries_left = static_cast<int>(message.tries_left());
  }
  answers.run_us = message.run_us();
  return answers;
}

}  // namespace madoguchi::wire
