// SPDX-License-Identifier: Apache-2.0
// From the bytes of an XML answer to UTF-8 that is safe to parse: the encoding is what it says it is, and nothing in it
// makes a parser expand, fetch or process anything. Sources: XML 1.0 §2.2, §2.8, §4.1; RFC 3629;
// reference/eligibility-result.md §1, §3.3. Thread: any, no state.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "contract/result.h"

namespace madoguchi::eligibility {

inline constexpr std::size_t kXmlBytesMax = 4 * 1024 * 1024;  // as received
inline constexpr std::size_t kXmlTagsMax = 65'536;            // 16 results with 32 tickets each have about 45 000
inline constexpr std::size_t kXmlDeclarationBytesMax = 256;

enum class XmlEncoding { kUtf8, kShiftJis };

// XML 1.0 §2.2 Char, without U+007F–009F, which that section discourages and a terminal may obey.
bool IsXmlCharacter(char32_t c);

struct XmlText {
  std::string utf8;
  XmlEncoding declared = XmlEncoding::kUtf8;
};

// UTF-8 (also when nothing is declared) or Shift_JIS, which means CP932 here.
// NATIONAL_ANSWER_TOO_LARGE · NATIONAL_ANSWER_ENCODING · NATIONAL_ANSWER_FORBIDDEN_XML (DTD, entity, processing
// instruction) · NATIONAL_ANSWER_MALFORMED (a character XML does not allow, or too many tags).
Result<XmlText> ReadXmlText(std::string_view received);

}  // namespace madoguchi::eligibility
