// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/text.h"

#include <gtest/gtest.h>

namespace madoguchi::cli {
namespace {

TEST(Text, CountsFullWidthCharactersTwice) {
  EXPECT_EQ(Width("W0000001"), 8u);
  EXPECT_EQ(Width("受付1番"), 7u);
  EXPECT_EQ(Width("ﾏﾄﾞｸﾞﾁ"), 6u);  // half-width kana
  EXPECT_EQ(Width("が"), 2u);      // か + combining dakuten
  EXPECT_EQ(Width("𠮷野家"), 6u);
  EXPECT_EQ(Width("葛\xF3\xA0\x84\x80城"), 4u);  // with an ideographic variation selector
}

TEST(Text, IsPaddedToColumnsAndNeverCut) {
  EXPECT_EQ(Padded("受付", 6), "受付  ");
  EXPECT_EQ(Padded("受付端末", 6), "受付端末");
}

TEST(Text, ShowsControlsAndBidiTricksInsteadOfObeyingThem) {
  EXPECT_EQ(Printable("a\x1B[2Jb"), "a<U+001B>[2Jb");
  EXPECT_EQ(Printable("line\nline\ttab"), "line<U+000A>line<U+0009>tab");
  EXPECT_EQ(Printable("gpj.\xE2\x80\xAE"
                      "exe"),
            "gpj.<U+202E>exe");
  EXPECT_EQ(Printable("\xE2\x81\xA6x\xE2\x80\x8B\xEF\xBB\xBF"), "<U+2066>x<U+200B><U+FEFF>");
  EXPECT_EQ(Printable("\xC2\x85"), "<U+0085>");
  EXPECT_EQ(Printable("医療法人●会　窓口"), "医療法人●会　窓口");
}

TEST(Text, ReplacesBytesThatAreNoUtf8) {
  EXPECT_FALSE(IsUtf8("\x8E\xF3\x95t"));     // CP932
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));      // a surrogate
  EXPECT_FALSE(IsUtf8("\xC0\xAF"));          // an overlong '/'
  EXPECT_FALSE(IsUtf8("\xF4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_FALSE(IsUtf8("\xE5\x8F"));          // cut off
  EXPECT_TRUE(IsUtf8("受付𠮷"));
  EXPECT_EQ(Printable("a\xFFz"), "a\xEF\xBF\xBDz");
}

TEST(Text, ShowsTimesAsInJapan) {
  EXPECT_EQ(LocalTime("2026-11-22T12:30:45Z"), "2026-11-22 21:30");
  EXPECT_EQ(LocalTime("2026-12-31T15:00:00Z"), "2027-01-01 00:00");
  EXPECT_EQ(LocalTime("2026-11-22T12:30:45.123456Z"), "2026-11-22 21:30");
  EXPECT_EQ(LocalTime("2026-11-22T00:05:00+09:00"), "2026-11-22 00:05");
  EXPECT_EQ(LocalTime("2026-11-22T12:30:45+08:00"), "2026-11-22T12:30:45+08:00");
  EXPECT_EQ(LocalTime("2026-11-22"), "2026-11-22");
  EXPECT_EQ(LocalTime("2026-13-22T12:30:45Z"), "2026-13-22T12:30:45Z");
  EXPECT_EQ(LocalTime(""), "");
}

TEST(Text, CountsDownInMinutesAndSecondsRoundedUp) {
  EXPECT_EQ(Countdown(std::chrono::milliseconds(1'787'001)), "29 分 48 秒 / 29 min 48 s");
  EXPECT_EQ(Countdown(std::chrono::milliseconds(900)), "1 秒 / 1 s");
}

TEST(Text, QuotesWordsForAShell) {
  EXPECT_EQ(ShellLine({"madoguchi-admin", "account", "note", "W0000001", "院長の 'PC'", ""}),
            "madoguchi-admin account note W0000001 '院長の '\\''PC'\\''' ''");
}

}  // namespace
}  // namespace madoguchi::cli
