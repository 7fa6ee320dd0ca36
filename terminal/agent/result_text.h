// SPDX-License-Identifier: Apache-2.0
// The result page (資格確認結果) as text, with the labels its users know. Source: reference/system-described.md S17;
// blocks appear only when they were received; nothing is replaced or invented.
#pragma once
#include <string>
#include <vector>

#include "terminal/link/screen_report.h"

namespace madoguchi::agent {

// For which of the desk's accounts the check was made: the line above the page.
std::string AccountText(const std::string& institution_code, const std::string& account_id);

}  // namespace madoguchi::agent

namespace madoguchi::v1 {
class EligibilityAnswer;
}

namespace madoguchi::agent {

std::string ResultText(const v1::EligibilityAnswer& answer);
// Which blocks of the page this answer has; in this order.
std::vector<link::ResultBlock> BlocksOf(const v1::EligibilityAnswer& answer);

}  // namespace madoguchi::agent
