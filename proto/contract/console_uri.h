// SPDX-License-Identifier: Apache-2.0
// The name of a console in its certificate: one URI SAN (RFC 5280 §4.2.1.6) of this prefix and the console's UUID in lower case.
#pragma once
#include <string_view>

namespace madoguchi {

inline constexpr std::string_view kConsoleUri = "urn:madoguchi:console:";

}  // namespace madoguchi
