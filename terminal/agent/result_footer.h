// SPDX-License-Identifier: Apache-2.0
// Below the result page: where the result goes, what the desk may still do about it, and where the time went.
#pragma once
#include <string>

#include "terminal/agent/checked.h"

namespace madoguchi::agent {

// Precondition: checked.answer.answer is set.
std::string ResultFooter(const Checked& checked);
// "カード 0.9 秒 · 国 0.4 秒 · 他 0.02 秒 / …": what is neither card nor national service is the third, whoever spent
// it.
std::string LatencyText(const Checked& checked);

}  // namespace madoguchi::agent
