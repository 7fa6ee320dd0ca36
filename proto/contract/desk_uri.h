// SPDX-License-Identifier: Apache-2.0
// The name of a desk in its certificate: one URI SAN (RFC 5280 §4.2.1.6) of this prefix and the desk's UUID in lower case.
#pragma once
#include <string_view>

namespace madoguchi {

inline constexpr std::string_view kDeskUriPrefix = "urn:madoguchi:desk:";

}  // namespace madoguchi
