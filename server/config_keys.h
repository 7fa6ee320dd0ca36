// SPDX-License-Identifier: Apache-2.0
// The one list of what a person can set: each key with its help and how its value gets into a Config. Those of the
// hand-off are its own (handoff/settings.cpp). Thread: any, after main began.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "server/config.h"

namespace madoguchi::config {

using KeySetter = std::function<bool(Config&, const std::string&)>;  // false: not a value of this key

struct Key {
  const char* name;
  const char* help;  // with unit, range and default
  KeySetter set;
};

const std::vector<Key>& Keys();

}  // namespace madoguchi::config
