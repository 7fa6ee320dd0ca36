// SPDX-License-Identifier: Apache-2.0
// What one press at this desk came to. Values.
#pragma once
#include <chrono>
#include <cstdint>

#include "terminal/link/events.h"

namespace madoguchi::agent {

struct Checked {
  link::CheckAnswer answer;
  link::Welcome welcome;  // of the stream the press began on
  Bytes press_id;
  bool by_sight = false;
  std::uint32_t apdus = 0;             // opening and proof
  std::chrono::microseconds card{0};   // on the card after the press
  std::chrono::microseconds total{0};  // press sent to answer received
};

}  // namespace madoguchi::agent
