// SPDX-License-Identifier: Apache-2.0
// The Japanese encodings next to UTF-8, exactly: what cannot be held is said, never replaced. CP932 and not the
// standard's Shift_JIS: Windows writes ①, 髙 and 﨑, and 0x5C is a backslash. Conversions are the C library's iconv,
// whose results are converted back and compared: it silently drops some characters (U+E0000–E007F) and writes ¥ as \.
// Thread: any, no state. Sources: Microsoft code page 932; JIS X 0208:1997.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "contract/result.h"

namespace madoguchi::eligibility {

// NATIONAL_ANSWER_ENCODING, with the place of the first byte that is not CP932.
Result<std::string> FromCp932(std::string_view bytes);

// Nothing when a character cannot be held. Seven characters of JIS X 0208 (〜 − ‖ — ¢ £ ¬) have two places in Unicode,
// of which Microsoft's table knows one (～ － ∥ ― ￠ ￡ ￢): both are written as the one JIS character.
std::optional<std::string> ToCp932(std::string_view utf8);

// Whether it is a character of JIS X 0208: not ASCII, not half-width kana. The seven count in both places.
bool InJisX0208(char32_t scalar);

}  // namespace madoguchi::eligibility
