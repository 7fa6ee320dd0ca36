// SPDX-License-Identifier: Apache-2.0
#include "contract/kana.h"

#include <array>
#include <cstdint>

namespace madoguchi {
namespace {

constexpr unsigned kFirst = 0xFF61, kVoiced = 0xFF9E, kSemiVoiced = 0xFF9F;
// The full-width form of U+FF61 … U+FF9D, in their order.
constexpr std::u16string_view kFullWidth =
    u"。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリ"
    u"ルレロワン";
static_assert(kFullWidth.size() == kVoiced - kFirst);
// Voiced is the next code point, semi-voiced the one after it; ウ alone jumps to ヴ.
constexpr std::u16string_view kTakesVoiced = u"カキクケコサシスセソタチツテトハヒフヘホ";
constexpr std::u16string_view kTakesSemiVoiced = u"ハヒフヘホ";

void Append(std::string& out, unsigned code_point) {  // U+0800 … U+FFFF
  out += static_cast<char>(0xE0 | code_point >> 12);
  out += static_cast<char>(0x80 | (code_point >> 6 & 0x3F));
  out += static_cast<char>(0x80 | (code_point & 0x3F));
}

// A code point of three UTF-8 bytes at `at`, or 0.
unsigned ThreeByteAt(std::string_view text, std::size_t at) {
  if (at + 3 > text.size() || (static_cast<unsigned char>(text[at]) & 0xF0U) != 0xE0U) return 0;
  return (static_cast<unsigned char>(text[at]) & 0x0FU) << 12 |
         (static_cast<unsigned char>(text[at + 1]) & 0x3FU) << 6 | (static_cast<unsigned char>(text[at + 2]) & 0x3FU);
}

unsigned Joined(char16_t kana, unsigned mark) {
  if (mark == kVoiced && kana == u'ウ') return u'ヴ';
  if (mark == kVoiced && kTakesVoiced.find(kana) != std::u16string_view::npos) return kana + 1U;
  if (mark == kSemiVoiced && kTakesSemiVoiced.find(kana) != std::u16string_view::npos) return kana + 2U;
  return 0;
}

}  // namespace

std::string ToFullWidthKana(std::string_view utf8) {
  std::string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const unsigned code_point = ThreeByteAt(utf8, at);
    if (utf8[at] == ' ') {
      out += "　";
      ++at;
    } else if (code_point == kVoiced || code_point == kSemiVoiced) {  // a mark that stands alone
      Append(out, code_point == kVoiced ? 0x309B : 0x309C);
      at += 3;
    } else if (code_point >= kFirst && code_point < kVoiced) {
      const char16_t kana = kFullWidth[code_point - kFirst];
      const unsigned joined = Joined(kana, ThreeByteAt(utf8, at + 3));
      Append(out, joined != 0 ? joined : kana);
      at += joined != 0 ? 6 : 3;
    } else {
      out += utf8[at];
      ++at;
    }
  }
  return out;
}

}  // namespace madoguchi
