// SPDX-License-Identifier: Apache-2.0
// What people type or print with a Japanese keyboard, as plain ASCII where it means ASCII: full-width forms
// (U+FF01–FF5E), the ideographic space, and the many dashes and minus signs. Everything else stays. Input: UTF-8; bytes
// that are no UTF-8 stay as they are. Thread: any. No limit of its own: linear in the input.
#pragma once
#include <string>
#include <string_view>

namespace madoguchi {

std::string FoldFullWidth(std::string_view text);
char32_t Folded(char32_t scalar);  // the same for one character

// True of controls, line breaks, and what has no width or turns the order of writing (comes along when text is copied
// from a page, and can make a line look like another).
bool IsInvisible(char32_t scalar);

// True when every byte belongs to a well-formed UTF-8 sequence (RFC 3629: shortest form, no surrogates).
bool IsUtf8(std::string_view text);

// The scalar value at `position` and how many bytes it takes; 0 bytes when it is no well-formed UTF-8.
struct Scalar {
  char32_t value = 0;
  std::size_t bytes = 0;
};
Scalar ScalarAt(std::string_view text, std::size_t position);
// Its UTF-8 behind `text`. Precondition: a scalar value.
void AppendScalar(std::string& text, char32_t scalar);

}  // namespace madoguchi
