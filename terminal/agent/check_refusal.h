// SPDX-License-Identifier: Apache-2.0
// How a check that was not answered is shown: the catalogue's texts, the other ways of checking that the desk may use,
// and a card that is not registered for insurance use as a page of its own. JSON: error.other_methods, and with
// NOT_REGISTERED_FOR_INSURANCE error.ways_to_register and error.substitutes. Sources: errors.proto,
// reference/eligibility-result.md §2. Prints as error_output.h.
#pragma once
#include <string>
#include <vector>

#include "contract/error.h"
#include "terminal/link/press_order.h"

namespace madoguchi::agent {

// Which of `allowed` may help after `code` of a check by `used`.
std::vector<link::Method> OtherMethods(ErrorCode code, link::Method used, const std::vector<link::Method>& allowed);

std::string CheckRefusalText(const Error& error, const std::vector<link::Method>& others);
std::string CheckRefusalJson(const Error& error, const std::vector<link::Method>& others);
// Prints and gives the exit status. allowed: what the server said that this desk may use.
int ShowCheckRefusal(const Error& error, link::Method used, const std::vector<link::Method>& allowed, bool json);

}  // namespace madoguchi::agent
