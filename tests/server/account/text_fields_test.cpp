// SPDX-License-Identifier: Apache-2.0
#include "server/account/text_fields.h"

#include <gtest/gtest.h>

#include "server/account/limits.h"

namespace madoguchi::account {
namespace {

constexpr Field kName{"name", "名称", "The name"};

std::string Said(std::string_view text, std::size_t most = 10, Width width = Width::kAny) {
  Problems problems;
  CheckText(problems, kName, text, most, width);
  return problems.empty() ? "" : problems.front().text_en;
}

TEST(TextFields, RefuseTheMarksThatTurnTheReadingDirectionByName) {
  for (const char* mark : {"\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069",
                           "\u200E", "\u200F", "\u061C"})
    EXPECT_NE(Said(std::string("a") + mark + "b").find("reading direction"), std::string::npos);
}

TEST(TextFields, RefuseControlCharacters) {
  for (const std::string& text : {std::string("a\nb"), std::string("a\0b", 3), std::string("a\x7f"),
                                 std::string("a\u0085"), std::string("\u2028")})
    EXPECT_NE(Said(text).find("control character"), std::string::npos);
}

TEST(TextFields, RefuseWhatIsNoUtf8) {
  for (const char* text :
       {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE3\x81", "\x80", "\xFF"})
    EXPECT_NE(Said(text).find("UTF-8"), std::string::npos);
}

TEST(TextFields, CountCharactersAndNotBytes) {
  EXPECT_EQ(Said("あいうえおかきくけこ"), "");
  EXPECT_NE(Said("あいうえおかきくけこさ").find("at most 10"), std::string::npos);
  EXPECT_EQ(Said("𠮷野家", 3), "");
}

TEST(TextFields, LetQuotesThrough) {
  EXPECT_EQ(Said("O'Neil;--\""), "");
}

TEST(TextFields, TellFullWidthFromHalfWidth) {
  EXPECT_EQ(Said("（医）窓口会", 10, Width::kFull), "");
  EXPECT_NE(Said("(医)窓口会", 10, Width::kFull), "");
  EXPECT_NE(Said("ｱｲｳ", 10, Width::kFull), "");
}

TEST(TextFields, KnowAnAddressFromWhatWouldSmuggleAHeader) {
  for (const char* good : {"a@b.jp", "first.last+tag@sub.example.jp"}) EXPECT_TRUE(IsMail(good, kMailMax)) << good;
  for (const char* bad : {"", "a", "@b.jp", "a@", "a@b@c", "a..b@c.jp", ".a@b.jp", "a@b.jp\r\nBcc: x@y.jp", "a b@c.jp",
                          "<a@b.jp>", "あ@b.jp", "a@-b.jp"})
    EXPECT_FALSE(IsMail(bad, kMailMax)) << bad;
}

TEST(TextFields, KnowTheDaysThatExist) {
  for (const char* good : {"2024-02-29", "2026-12-31"}) EXPECT_TRUE(IsDate(good)) << good;
  for (const char* bad : {"2026-02-29", "2026-13-01", "2026-1-1", "2026/01/01", "1949-12-31", "", "2026-01-01 "})
    EXPECT_FALSE(IsDate(bad)) << bad;
}

}  // namespace
}  // namespace madoguchi::account
