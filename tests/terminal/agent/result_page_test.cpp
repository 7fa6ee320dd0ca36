// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_page.h"

#include <gtest/gtest.h>

namespace madoguchi::agent {
namespace {

TEST(ResultPage, WritesDatesAndMoneyAsTheScreensDo) {
  EXPECT_EQ(JapaneseDate("2023-04-01"), "2023年04月01日");
  EXPECT_EQ(JapaneseDate("20230401"), "20230401");
  EXPECT_EQ(Yen("10000"), "10,000円");
  EXPECT_EQ(Yen("0010000"), "10,000円");
  EXPECT_EQ(Yen("999"), "999円");
  EXPECT_EQ(Yen("1234567"), "1,234,567円");
  EXPECT_EQ(Yen("0"), "0円");
  EXPECT_EQ(Yen("不明"), "不明");
}

TEST(ResultPage, LeavesOutLinesWithoutAValueAndShowsWhatItDoesNotKnow) {
  Page page;
  page.Line("記号", "");
  page.Meaning("証区分", "", "Z9");
  page.Date("有効開始日", "", "99999999");
  EXPECT_EQ(page.Take(), "  証区分：Z9\n  有効開始日：99999999\n");
}

TEST(ResultPage, WritesNoLineAndMovesNoCursorForWhatWasReceived) {
  Page page;
  page.Line("氏名", "試験\n  資格：有効\x1B[2J\u202E\u009B");
  page.Banner("無効\r有効");
  page.Note("\xFF");
  EXPECT_EQ(page.Take(), "  氏名：試験\uFFFD  資格：有効\uFFFD[2J\uFFFD\uFFFD\n【無効\uFFFD有効】\n    ※\uFFFD\n");
}

TEST(ResultPage, MarksACharacterThatCouldNotBeSentWithTheKanaBesideAndReplacesNothing) {
  Page page;
  page.Name("氏名", "●田　一郎", "ﾏﾙﾀ ｲﾁﾛｳ");
  const std::string text = page.Take();
  EXPECT_NE(text.find("  氏名：●田　一郎\n"), std::string::npos);
  EXPECT_NE(text.find("●は表示できない文字です（フリガナ：マルタ　イチロウ）"), std::string::npos);
  page.Name("氏名", "丸田　一郎", "ﾏﾙﾀ ｲﾁﾛｳ");
  EXPECT_EQ(page.Take(), "  氏名：丸田　一郎\n");
}

}  // namespace
}  // namespace madoguchi::agent
