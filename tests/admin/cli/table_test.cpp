// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/table.h"

#include <gtest/gtest.h>

namespace madoguchi::cli {
namespace {

TEST(Table, LinesUpColumnsOfFullWidthAndHalfWidthTexts) {
  EXPECT_EQ(TableText({"ID", "窓口端末", "x"}, {{"W0000001", "受付1", "a"}, {"W0000002", "Reception 2", ""}}),
            "ID        窓口端末     x\n"
            "--------  -----------  -\n"
            "W0000001  受付1        a\n"
            "W0000002  Reception 2\n");
}

TEST(Card, LeavesOutWhatIsEmpty) {
  EXPECT_EQ(CardText({"状態", "備考", "ID"}, {"利用可", "", "W0000001"}), "状態: 利用可\nID  : W0000001\n");
}

TEST(Csv, FollowsRfc4180WithAByteOrderMark) {
  EXPECT_EQ(CsvText({"a", "b"}, {{"1,2", "say \"hi\""}, {"two\nlines", "受付"}}),
            "\xEF\xBB\xBF"
            "a,b\r\n\"1,2\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",受付\r\n");
}

TEST(Csv, TakesTheEffectOfFormulasAway) {
  const std::string text =
      CsvText({"a"}, {{"=1+1"}, {"+SUM(A1)"}, {"-2+3"}, {"@x"}, {"\t=1"}, {"＝1"}, {"-12.5"}, {"+81"}});
  EXPECT_EQ(text,
            "\xEF\xBB\xBF"
            "a\r\n'=1+1\r\n'+SUM(A1)\r\n'-2+3\r\n'@x\r\n'\t=1\r\n'＝1\r\n-12.5\r\n+81\r\n");
}

}  // namespace
}  // namespace madoguchi::cli
