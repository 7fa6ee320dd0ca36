// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "madoguchi/v1/result.pb.h"
#include "terminal/agent/result_blocks.h"
#include "terminal/agent/result_page.h"

namespace madoguchi::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Insurance(const v1::QualificationResult& result) {
  Page page;
  ShowInsurance(result, page);
  return page.Take();
}

TEST(ResultPerson, KeepsTheReceivedNameBesideTheOneForClaims) {
  v1::QualificationResult result;
  result.set_name("髙田　德子");
  v1::NameNotes& notes = *result.mutable_name_notes();
  notes.add_outside_jis_x_0208("髙");
  notes.add_outside_jis_x_0208("德");
  notes.set_claim_safe_name("高田　徳子");
  notes.set_claim_safe_from("characters");
  std::string text = Insurance(result);
  EXPECT_THAT(text, HasSubstr("  氏名 / name：髙田　德子\n"));
  EXPECT_THAT(text, HasSubstr("「髙」「德」は請求に使えない文字です"));
  EXPECT_THAT(text, HasSubstr("請求用の氏名：高田　徳子（一般的な置き換え"));
  notes.set_claim_safe_from("mapping");
  EXPECT_THAT(Insurance(result), HasSubstr("請求用の氏名：高田　徳子（この施設で2人が確認"));
}

TEST(ResultPerson, ShowsAProposedNameAsOneThatDoesNotCountYet) {
  v1::QualificationResult result;
  result.set_name("●田　一郎");
  result.mutable_name_notes()->set_proposed_name("丸田　一郎");
  EXPECT_THAT(Insurance(result), HasSubstr("確認待ちの読み替え：丸田　一郎"));
  EXPECT_THAT(Insurance(result), Not(HasSubstr("請求用の氏名：")));
}

TEST(ResultPerson, NamesTheDatesOfMedicalAssistanceAsItDoes) {
  v1::QualificationResult result;
  result.set_card_classification_code("A1");
  result.set_insurer_name("試験福祉事務所");
  result.set_number("1234567");
  result.set_qualification_date("2026-04-01");
  const std::string text = Insurance(result);
  for (const char* line :
       {"■ 資格情報(医療扶助) / medical assistance", "福祉事務所名 / welfare office：試験福祉事務所",
        "受給者番号 / recipient number：1234567", "保護開始(再開)年月日 / assistance since：2026年04月01日"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(ResultPerson, AsksForConsiderationWhereTheBackOfTheCardSaysOtherwise) {
  v1::QualificationResult result;
  Page page;
  ShowBackOfCard(result, page);
  EXPECT_EQ(page.Take(), "");
  result.set_sex_other_code("3");
  result.set_sex_other("未設定");
  ShowBackOfCard(result, page);
  const std::string text = page.Take();
  EXPECT_THAT(
      text,
      HasSubstr(
          "■ 裏面記載情報(医療保険)（要配慮情報） / back of the card, to be handled with care\n  性別 / sex：未設定"));
  EXPECT_THAT(text, HasSubstr("配慮してください"));
}

}  // namespace
}  // namespace madoguchi::agent
