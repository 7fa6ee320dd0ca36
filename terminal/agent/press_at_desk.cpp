// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/press_at_desk.h"

#include <algorithm>
#include <cstdio>

namespace madoguchi::agent {
namespace {

constexpr std::size_t kStepFiguresMax = 4 * limits::kScriptStepsMax;  // of one check

std::string NameOf(const TransmitStep& step) {
  switch (step.ins) {
    case 0xA4:
      return step.p1 == 0x04 ? "select_application" : "select_file";
    case 0xB0:
      return "read_binary";
    case 0x20:
      return std::holds_alternative<PinSlot>(step.data) ? "verify_pin" : "look_at_tries";
    case 0x2A:
      return "sign";
    case 0x84:
      return "get_challenge";
    case 0x82:
      return "external_authenticate";
    default:
      return "other";
  }
}

std::string NameOf(const ReadFileStep& step) {
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "read_file_%04x", static_cast<unsigned>(step.file_id));
  return name.data();
}

void Count(const char* script_name, const CardScript& script, const ScriptAnswers& answers, CardFigures& figures) {
  for (std::size_t i = 0; i < std::min(script.steps.size(), answers.steps.size()); ++i) {
    const StepAnswer& step = answers.steps[i];
    figures.apdus += step.apdus;
    if (figures.steps.size() == kStepFiguresMax) continue;
    figures.steps.push_back({script_name,
                             std::visit([](const auto& action) { return NameOf(action); }, script.steps[i].action),
                             step.microseconds, step.apdus});
  }
}

}  // namespace

PressAtDesk::PressAtDesk(relay::PressAtCard at_card, const CardAtDesk* card) : at_card_(std::move(at_card)) {
  if (card != nullptr) Count("opening", card->opening_script(), card->opening().answers, figures);
}

relay::ScriptRun PressAtDesk::Run(const link::ProofRequest& request, CardAtDesk& card) {
  relay::ScriptRun run;
  if (card.held()) {
    run = card.RunProof(request.script, at_card_);
    card_finished_ = request.script.last;
  } else if (card_finished_) {
    run.answers.stopped = ErrorCode::kCommandRefusedByPolicy;
    run.refused = relay::RefusedStep{};
  } else {
    run.answers.stopped = ErrorCode::kCardRemoved;
  }
  Count("proof", request.script, run.answers, figures);
  for (const StepAnswer& step : run.answers.steps) figures.on_card += std::chrono::microseconds(step.microseconds);
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(Deadline::Clock::now() - request.received);
  run.answers.run_us = static_cast<std::uint32_t>(since.count());
  figures.in_scripts += since;
  return run;
}

}  // namespace madoguchi::agent
