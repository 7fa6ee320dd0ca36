// SPDX-License-Identifier: Apache-2.0
// What one press at this desk came to. Values.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "terminal/link/events.h"

namespace madoguchi::agent {

// One step of a card script, as it was measured here.
struct StepFigure {
  const char* script;  // "opening", "proof"
  std::string step;    // "sign", "read_file_000a", …
  std::uint32_t microseconds = 0;
  std::uint32_t apdus = 0;
};

struct CardFigures {
  std::uint32_t apdus = 0;                  // opening and proof
  std::chrono::microseconds on_card{0};     // after the press
  std::chrono::microseconds in_scripts{0};  // after the press: script received → answers ready, the card included
  std::uint32_t detect_us = 0;              // card seen → opening answers ready; 0: not measured
  std::vector<StepFigure> steps = {};
};

struct Checked {
  link::CheckAnswer answer;
  link::Welcome welcome;  // of the stream the press began on
  Bytes press_id;
  link::Method method = link::Method::kPin;
  link::Attestation attestation = {};
  CardFigures card = {};
  std::chrono::microseconds total{0};  // press sent to answer received
};

// Where the time between press and answer went; the parts add up to `total`.
struct Phases {
  std::chrono::microseconds card{0}, desk{0}, link{0}, server{0}, database{0}, national{0}, total{0};
};
Phases PhasesOf(const Checked& checked);

}  // namespace madoguchi::agent
