// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/encodings.h"

#include <gtest/gtest.h>

#include "contract/full_width.h"

namespace madoguchi::eligibility {
namespace {

std::string Utf8(char32_t scalar) {
  std::string text;
  AppendScalar(text, scalar);
  return text;
}

TEST(Encodings, WriteCp932ExactlyOrNotAtAll) {
  EXPECT_EQ(ToCp932("窓口①髙﨑"), "\x91\x8b\x8c\xfb\x87\x40\xfb\xfc\xfa\xb1");
  EXPECT_EQ(ToCp932("ﾏﾄﾞ\\~"), "\xcf\xc4\xde\x5c\x7e");
  EXPECT_EQ(ToCp932(""), "");
  for (const char* outside : {"𠮷", "é", "한", "\u00A5", "\u203E", "\u00A0", "\xFF", "\xE3\x81"}) {
    EXPECT_EQ(ToCp932(outside), std::nullopt);
  }
  // The C library's table drops these without a word.
  for (char32_t tag = 0xE0000; tag < 0xE0080; ++tag) EXPECT_EQ(ToCp932("a" + Utf8(tag)), std::nullopt);
}

TEST(Encodings, WriteTheSevenCharactersOfTwoPlacesAsOne) {
  constexpr char32_t kSeven[][2] = {{0x00A2, 0xFFE0}, {0x00A3, 0xFFE1}, {0x00AC, 0xFFE2}, {0x2014, 0x2015},
                                    {0x2016, 0x2225}, {0x2212, 0xFF0D}, {0x301C, 0xFF5E}};
  for (const auto& [elsewhere, microsoft] : kSeven) {
    ASSERT_TRUE(ToCp932(Utf8(elsewhere)).has_value());
    EXPECT_EQ(ToCp932(Utf8(elsewhere)), ToCp932(Utf8(microsoft)));
    EXPECT_TRUE(InJisX0208(elsewhere));
    EXPECT_TRUE(InJisX0208(microsoft));
  }
}

// Every character there is: what is written reads back the same, but for the seven.
TEST(Encodings, LoseNothingInAnyCharacterOfUnicode) {
  std::size_t written = 0, changed = 0;
  for (char32_t scalar = 0x20; scalar < 0x30000; ++scalar) {
    if (scalar >= 0xD800 && scalar <= 0xDFFF) continue;
    const std::optional<std::string> bytes = ToCp932(Utf8(scalar));
    if (!bytes) continue;
    ++written;
    const Result<std::string> back = FromCp932(*bytes);
    ASSERT_TRUE(back.ok());
    changed += *back == Utf8(scalar) ? 0 : 1;
  }
  EXPECT_EQ(changed, 7u);
  EXPECT_GT(written, 9'000u);
}

TEST(Encodings, NameTheByteThatIsNotCp932) {
  const Result<std::string> read = FromCp932("ab\x81");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kNationalAnswerEncoding);
  EXPECT_NE(read.error().detail.find("byte 2"), std::string::npos);
}

TEST(Encodings, KnowJisX0208) {
  for (const char32_t inside : U"高崎徳あアＡ９　●々〇～ー凜熙") {
    if (inside != 0) {
      EXPECT_TRUE(InJisX0208(inside)) << std::hex << static_cast<unsigned>(inside);
    }
  }
  // Row 13 and the IBM extensions are Microsoft's, JIS X 0212 and 0213 are other standards.
  for (const char32_t outside : U"髙﨑德①Ⅲ㈱Aa1 ｱ｡é𠮷濵\n") {
    if (outside != 0) {
      EXPECT_FALSE(InJisX0208(outside)) << std::hex << static_cast<unsigned>(outside);
    }
  }
}

}  // namespace
}  // namespace madoguchi::eligibility
