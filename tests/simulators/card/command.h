// SPDX-License-Identifier: Apache-2.0
// One command APDU taken apart: the seven cases of ISO 7816-4 §5.1 (1, 2S, 3S, 4S, 2E, 3E, 4E).
#pragma once
#include <cstdint>
#include <optional>

#include "contract/bytes.h"

namespace madoguchi::simulators {

struct Command {
  std::uint8_t cla, ins, p1, p2;
  ByteView data;             // of the bytes it was parsed from
  std::size_t expected = 0;  // Ne, 1..65536; 0 = no Le field
  bool extended = false;
};

// Nothing when the bytes are none of the seven cases.
std::optional<Command> ParseCommand(ByteView bytes);

}  // namespace madoguchi::simulators
