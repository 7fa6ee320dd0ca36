// SPDX-License-Identifier: Apache-2.0
// Half-width kana (as received) to full-width kana (as the described screens show it). Source: Unicode "Halfwidth and
// Fullwidth Forms", U+FF61–FF9F; a sound mark is joined to the kana before it.
#pragma once
#include <string>
#include <string_view>

namespace madoguchi::agent {

std::string ToFullWidthKana(std::string_view utf8);

}  // namespace madoguchi::agent
