// SPDX-License-Identifier: Apache-2.0
#include "contract/full_width.h"

#include <gtest/gtest.h>

namespace madoguchi {
namespace {

TEST(FullWidth, BecomesAsciiWhereItMeansAscii) {
  EXPECT_EQ(FoldFullWidth("Ｗ０００００１２　ａ：－"), "W0000012 a:-");
  EXPECT_EQ(FoldFullWidth("1234‐5678–9012−0ー"), "1234-5678-9012-0-");
}

TEST(FullWidth, LeavesEverythingElse) {
  EXPECT_EQ(FoldFullWidth("辻󠄀 𠮷野 ｱｲｳ abc"), "辻󠄀 𠮷野 ｱｲｳ abc");
  EXPECT_EQ(FoldFullWidth("\xFF\xC0x\xE3\x81"), "\xFF\xC0x\xE3\x81");
  EXPECT_EQ(FoldFullWidth(""), "");
}

TEST(FullWidth, KnowsWhatCannotBeSeen) {
  for (const char32_t scalar :
       {char32_t{0}, U'\n', char32_t{0x1B}, char32_t{0x7F}, char32_t{0x9B}, U'\u202E', U'\u2066', U'\uFEFF'})
    EXPECT_TRUE(IsInvisible(scalar)) << static_cast<unsigned>(scalar);
  for (const char32_t scalar : {U' ', U'\u3000', U'a', U'窓', U'\u00A0', U'\uFFFD', U'\U000E0100'})
    EXPECT_FALSE(IsInvisible(scalar)) << static_cast<unsigned>(scalar);
}

TEST(FullWidth, KnowsWellFormedUtf8) {
  EXPECT_TRUE(IsUtf8("窓口 𠮷 a"));
  for (const char* bad :
       {"\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE3\x81", "\x80"})
    EXPECT_FALSE(IsUtf8(bad));
}

TEST(FullWidth, ReadsOneScalarAtATime) {
  EXPECT_EQ(ScalarAt("𠮷", 0).value, char32_t{0x20BB7});
  EXPECT_EQ(ScalarAt("𠮷", 0).bytes, 4u);
  EXPECT_EQ(ScalarAt("a", 1).bytes, 0u);
}

TEST(FullWidth, WritesOneScalarAtATime) {
  std::string text;
  for (const char32_t scalar : {U'a', U'\u00E9', U'窓', U'𠮷', U'\U0010FFFF'}) AppendScalar(text, scalar);
  EXPECT_EQ(text, "aé窓𠮷\U0010FFFF");
}

}  // namespace
}  // namespace madoguchi
