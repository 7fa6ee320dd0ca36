// SPDX-License-Identifier: Apache-2.0
// Half-width kana (as received) to full-width kana (as the described screens show it). Source: Unicode "Halfwidth and
// Fullwidth Forms", U+FF61–FF9F; a sound mark is joined to the kana before it. A blank becomes the
// ideographic space. Thread: any. No limit of its own: linear in the input.
#pragma once
#include <string>
#include <string_view>

namespace madoguchi {

std::string ToFullWidthKana(std::string_view utf8);

}  // namespace madoguchi
