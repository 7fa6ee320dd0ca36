// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/kept_answers.h"

#include "contract/card_script_wire.h"

namespace madoguchi::link {

Result<KeptAnswers> KeptAnswers::Keep(ScriptAnswers answers) {
  v1::ScriptAnswers message = wire::ToMessage(answers);
  for (StepAnswer& step : answers.steps) Wipe(step.data);
  TRY_ASSIGN(SecretBytes bytes,
             SecretBytes::Make(message.ByteSizeLong() + 1));  // + 1: an empty message is no empty mapping
  const std::span<std::uint8_t> space = bytes.free_space();
  if (!message.SerializeToArray(space.data(), static_cast<int>(space.size()))) {
    return Error{ErrorCode::kInternalError, "answers do not fit the buffer made for them", {}};
  }
  bytes.Grow(message.ByteSizeLong());
  for (v1::StepAnswer& step : *message.mutable_steps()) {
    std::string& data = *step.mutable_data();
    Wipe({reinterpret_cast<std::uint8_t*>(data.data()), data.size()});
  }
  return KeptAnswers(std::move(bytes));
}

Result<ScriptAnswers> KeptAnswers::Read() const {
  v1::ScriptAnswers message;
  if (!message.ParseFromArray(bytes_.view().data(), static_cast<int>(bytes_.size()))) {
    return Error{ErrorCode::kInternalError, "kept answers cannot be read", {}};
  }
  return wire::FromMessage(message);
}

}  // namespace madoguchi::link
