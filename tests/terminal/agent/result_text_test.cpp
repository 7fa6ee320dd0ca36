// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "madoguchi/v1/result.pb.h"

namespace madoguchi::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ResultText, NamesTheAccountAndItsInstitutionCode) {
  EXPECT_EQ(AccountText("0110000001", "W0000001"), "医療機関コード / institution code：0110000001（W0000001）");
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
  for (const char* line :
       {"確認日 / confirmed on：2026年11月22日", "保険者番号 / insurer number：123456\n",
        "番号 / number：1234567（枝番）2\n", "フリガナ / kana：シケン　ハナコ\n", "氏名 / name：試験　花子\n",
        "生年月日 / birth date：19900230\n", "性別 / sex：女\n", "本人・家族の別 / insured or family：家族\n",
        "被保険者氏名 / insured person：試験　太郎\n"}) {
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
  for (const char* line :
       {"裏面記載情報", "高齢受給者証", "負担割合 / share to pay：2割", "適用区分 / category：ウ",
        "長期入院該当年月日 / long-term stay since：2026年10月01日", "自己負担額 / limit of own payment：10,000円"}) {
    EXPECT_THAT(ResultText(answer), HasSubstr(line));
  }
}

TEST(ResultText, ShowsEveryResultUnderTheNameOfItsKind) {
  v1::EligibilityAnswer answer;
  answer.set_validity_code("1");
  answer.add_results()->set_name("試験　花子");
  EXPECT_THAT(ResultText(answer), Not(HasSubstr("件あります")));
  v1::QualificationResult& aid = *answer.add_results();
  aid.set_card_classification_code("A1");
  aid.set_insurer_number("12131234");
  aid.set_name_other("別名");
  const std::string page = ResultText(answer);
  EXPECT_THAT(page, HasSubstr("【資格情報が 2 件あります / 2 results】"));
  EXPECT_THAT(page, HasSubstr("■ 資格情報(医療保険) / insurance"));
  EXPECT_THAT(page, HasSubstr("■ 資格情報(医療扶助) / medical assistance"));
  EXPECT_THAT(page, HasSubstr("公費負担者番号 / public payer number：12131234"));
  EXPECT_THAT(page, HasSubstr("■ 裏面記載情報(医療扶助)（要配慮情報） / back of the card, to be handled with care"));
}

TEST(ResultText, ShowsCodesWhoseMeaningIsNotKnownAsTheyCame) {
  v1::EligibilityAnswer answer;
  answer.set_validity_code("7");
  answer.add_unknown_elements("NewElement");
  answer.add_results()->set_card_classification_code("Z9");
  const std::string page = ResultText(answer);
  EXPECT_THAT(page, HasSubstr("資格の有効性 / validity：7"));
  EXPECT_THAT(page, HasSubstr("証区分 / certificate：Z9"));
  EXPECT_THAT(page, HasSubstr("項目名 / items：NewElement"));
}

TEST(ResultText, ShowsWhatWasAskedByNumbers) {
  v1::EligibilityAnswer answer;
  answer.set_validity_code("4");
  v1::SearchInfo& search = *answer.mutable_search_info();
  search.set_insurer_number("  138057");
  search.set_number("0042");
  search.set_branch("01");
  const std::string page = ResultText(answer);
  EXPECT_THAT(page, HasSubstr("■ 照会した番号 / numbers asked for\n  保険者番号 / insurer number：138057\n  番号 / "
                              "number：0042（枝番）1\n"));
}

TEST(ResultText, ItsBlocksAreNamedAsTheyAreShown) {
  using Block = link::ResultBlock;
  v1::EligibilityAnswer answer;
  EXPECT_THAT(BlocksOf(answer), testing::ElementsAre(Block::kOutcome));
  answer.mutable_search_info()->set_number("1");
  v1::QualificationResult& first = *answer.add_results();
  EXPECT_THAT(BlocksOf(answer), testing::ElementsAre(Block::kOutcome, Block::kSearch, Block::kInsurance));
  first.mutable_limit_certificate()->set_category_code("01");
  v1::QualificationResult& second = *answer.add_results();
  second.set_sex_other_code("2");
  second.mutable_elderly_recipient_certificate()->set_contribution_ratio_raw("020");
  second.add_specific_diseases_certificates()->set_self_pay_limit("10000");
  second.add_medical_tickets()->set_issue_number("1");
  EXPECT_THAT(BlocksOf(answer),
              testing::ElementsAre(Block::kOutcome, Block::kSearch, Block::kInsurance, Block::kBackOfCard,
                                   Block::kElderly, Block::kLimit, Block::kSpecificDiseases, Block::kTickets));
  const std::string page = ResultText(answer);
  for (const char* heading : {"■ 照会した番号", "■ 資格情報", "■ 裏面記載情報", "■ 高齢受給者証", "■ 限度額適用認定証",
                              "■ 特定疾病療養受療証", "■ 医療券・調剤券"})
    EXPECT_THAT(page, HasSubstr(heading));
}

}  // namespace
}  // namespace madoguchi::agent
