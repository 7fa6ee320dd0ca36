// SPDX-License-Identifier: Apache-2.0
#include "contract/kana.h"

#include <gtest/gtest.h>

namespace madoguchi {
namespace {

TEST(Kana, BecomesFullWidthWithItsSoundMarksJoined) {
  EXPECT_EQ(ToFullWidthKana("ｼｹﾝ ﾊﾅｺ"), "シケン　ハナコ");
  EXPECT_EQ(ToFullWidthKana("ｶﾞｷﾞﾊﾟﾋﾟﾎﾞﾎﾟｳﾞﾂﾞ"), "ガギパピボポヴヅ");
  EXPECT_EQ(ToFullWidthKana("ｧｨｩｪｫｬｭｮｯｰ･"), "ァィゥェォャュョッー・");
  EXPECT_EQ(ToFullWidthKana("ｱｲｳｴｵﾜｦﾝ"), "アイウエオワヲン");
}

TEST(Kana, KeepsWhatIsNoHalfWidthKana) {
  EXPECT_EQ(ToFullWidthKana("試験●ABC-12"), "試験●ABC-12");
  EXPECT_EQ(ToFullWidthKana(""), "");
}

TEST(Kana, ShowsASoundMarkThatBelongsToNothing) {
  EXPECT_EQ(ToFullWidthKana("ｱﾞ"), "ア゛");
  EXPECT_EQ(ToFullWidthKana("ﾟ"), "゜");
}

TEST(Kana, SurvivesACutCharacter) {
  EXPECT_EQ(ToFullWidthKana("ｶ\xEF\xBE"), "カ\xEF\xBE");
}

}  // namespace
}  // namespace madoguchi
