// SPDX-License-Identifier: Apache-2.0
// One key as an answer, from the keyboard (/dev/tty). Thread: one.
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "contract/result.h"

namespace madoguchi::agent {

inline constexpr std::chrono::seconds kChosenWithin{300};

// What else goes on while a person thinks: `look` is called when `events` is readable, and once a second.
struct Meanwhile {
  int events = -1;
  std::function<void()> look = [] {};
};

// The key that was pressed, one of `keys` (return is '\n'); other keys do nothing. Nothing: there is no keyboard, it
// was cancelled (escape, end of input), or no key came in time.
std::optional<char> AskKey(std::string_view question, std::string_view keys, const Meanwhile& meanwhile = {});

}  // namespace madoguchi::agent
