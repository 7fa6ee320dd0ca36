// SPDX-License-Identifier: Apache-2.0
// What a verification found, as a person reads it.
#pragma once
#include <string>

#include "contract/trail/finding.h"

namespace madoguchi::cli {

struct FindingText {
  std::string ja, en;  // a line each, Printable
};
FindingText TextOf(const trail::Finding& finding);

}  // namespace madoguchi::cli
