// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "madoguchi/v1/result.pb.h"

namespace madoguchi::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ResultText, WritesDatesAndMoneyAsTheScreensDo) {
  EXPECT_EQ(JapaneseDate("2023-04-01"), "2023年04月01日");
  EXPECT_EQ(JapaneseDate("20230401"), "20230401");
  EXPECT_EQ(Yen("10000"), "10,000円");
  EXPECT_EQ(Yen("0010000"), "10,000円");
  EXPECT_EQ(Yen("999"), "999円");
  EXPECT_EQ(Yen("1234567"), "1,234,567円");
  EXPECT_EQ(Yen("0"), "0円");
  EXPECT_EQ(Yen("不明"), "不明");
}

TEST(ResultText, NamesTheAccountAndItsInstitutionCode) {
  EXPECT_EQ(AccountText("0110000001", "W0000001"), "医療機関コード：0110000001（W0000001）");
}

TEST(ResultText, ShowsThePersonWithTheLabelsOfTheScreens) {
  v1::EligibilityAnswer answer;
  answer.set_confirmation_date("2026-11-22");
  v1::QualificationResult& result = *answer.add_results();
  result.set_insurer_number("  123456");
  result.set_number("1234567");
  result.set_branch("02");
  result.set_name("試験　花子");
  result.set_name_kana("ｼｹﾝ ﾊﾅｺ");
  result.set_birthdate_raw("19900230");
  result.set_sex_code("2");
  result.set_sex("女");
  result.set_relationship_code("2");
  result.set_relationship("家族");
  result.set_insured_name("試験　太郎");
  const std::string page = ResultText(answer);
  for (const char* line : {"確認日：2026年11月22日", "保険者番号：123456\n", "番号：1234567（枝番）2\n",
                           "フリガナ：シケン　ハナコ\n", "氏名：試験　花子\n", "生年月日：19900230\n", "性別：女\n",
                           "本人・家族の別：家族\n", "被保険者氏名：試験　太郎\n"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
}

TEST(ResultText, ShowsABlockOnlyWhenItWasReceived) {
  v1::EligibilityAnswer answer;
  v1::QualificationResult& result = *answer.add_results();
  for (const char* block : {"裏面記載情報", "高齢受給者証", "限度額適用認定証", "特定疾病療養受療証", "記号",
                            "被保険者氏名", "【この", "【3か月", "【義務", "【医療"}) {
    EXPECT_THAT(ResultText(answer), Not(HasSubstr(block))) << block;
  }
  result.set_name_other("別名");
  result.mutable_elderly_recipient_certificate()->set_contribution_ratio("2割");
  result.mutable_limit_certificate()->set_category("ウ");
  result.mutable_limit_certificate()->set_long_term_from("2026-10-01");
  for (int i = 0; i < 3; ++i) result.add_specific_diseases_certificates()->set_self_pay_limit("10000");
  for (const char* line : {"裏面記載情報", "高齢受給者証", "負担割合：2割", "適用区分：ウ",
                           "長期入院該当年月日：2026年10月01日", "自己負担額：10,000円"}) {
    EXPECT_THAT(ResultText(answer), HasSubstr(line));
  }
}

TEST(ResultText, ShowsTheBanners) {
  v1::EligibilityAnswer answer;
  answer.set_validity_code("3");
  answer.set_card_certificate_days_left(60);
  v1::QualificationResult& result = *answer.add_results();
  result.set_preschool_code("1");
  result.set_card_classification_code("A1");
  for (const char* banner : {"【この資格は無効です】", "【義務教育就学前】", "【3か月以内に証明書が失効します】",
                             "【医療扶助の対象者です。必要な提出書類等により資格確認を行ってください】"}) {
    EXPECT_THAT(ResultText(answer), HasSubstr(banner));
  }
  answer.set_card_certificate_days_left(kCertificateDaysWarning + 1);
  answer.set_validity_code("1");
  EXPECT_THAT(ResultText(answer), Not(HasSubstr("失効")));
  EXPECT_THAT(ResultText(answer), Not(HasSubstr("無効")));
}

TEST(ResultText, MarksACharacterThatCannotBeShownAndReplacesNothing) {
  v1::EligibilityAnswer answer;
  answer.add_results()->set_name("●田　一郎");
  EXPECT_THAT(ResultText(answer), HasSubstr("氏名：●田　一郎  ※●は表示できない文字です"));
}

TEST(ResultText, ShowsACodeWhoseMeaningIsNotKnown) {
  v1::EligibilityAnswer answer;
  answer.add_results()->set_card_classification_code("Z9");
  EXPECT_THAT(ResultText(answer), HasSubstr("証区分：Z9"));
}

}  // namespace
}  // namespace madoguchi::agent
