// SPDX-License-Identifier: Apache-2.0
// An answered check as one JSON document: names and forms of proto/madoguchi/v1/result.proto, facts of the check in
// front of them. What was typed about the patient is not in it.
#pragma once
#include <string>

#include "terminal/agent/checked.h"

namespace madoguchi::agent {

// Precondition: checked.answer.answer is set.
std::string ResultJson(const Checked& checked);
// A result that is shown again.
std::string ShownAgainJson(ByteView press_id, const v1::EligibilityAnswer& answer, std::chrono::seconds left);

}  // namespace madoguchi::agent
