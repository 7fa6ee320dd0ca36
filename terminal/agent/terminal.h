// SPDX-License-Identifier: Apache-2.0
// The program at the desk. Exit status: 0 answered or done, 1 refused, 2 usage, 3 environment.
#pragma once
#include <functional>

#include "terminal/relay/desk_pin.h"

namespace madoguchi::agent {

// What differs between the product and the test program that shows where a PIN would be found if it leaked.
struct TerminalRules {
  relay::PinRule pin_rule;
  bool dumpable =
      false;  // product: no core file, no other process of the same user may look in (prctl PR_SET_DUMPABLE)
  // Only in a test program: gives it the options --stay and --bypass-pin-slot; with the latter this is called with
  // every PIN that was entered.
  std::function<void(ByteView)> leak_on_purpose = {};
};

int RunTerminal(int argc, char** argv, const TerminalRules& rules);

}  // namespace madoguchi::agent
