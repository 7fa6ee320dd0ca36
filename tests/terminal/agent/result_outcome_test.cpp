// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "madoguchi/v1/result.pb.h"

namespace madoguchi::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Outcome(const v1::EligibilityAnswer& answer) {
  Page page;
  ShowOutcome(answer, page);
  return page.Take();
}

v1::EligibilityAnswer Of(const char* validity) {
  v1::EligibilityAnswer answer;
  answer.set_validity_code(validity);
  return answer;
}

TEST(ResultOutcome, SaysOfEveryValidityWhatTheDeskDoesNext) {
  EXPECT_EQ(Outcome(Of("1")), "");
  EXPECT_THAT(Outcome(Of("2")), HasSubstr("【この資格は無効です / this insurance is not valid】"));
  EXPECT_THAT(Outcome(Of("3")), HasSubstr("新しい資格があります"));
  EXPECT_THAT(Outcome(Of("3")), HasSubstr("古いもの"));
  EXPECT_THAT(Outcome(Of("4")), HasSubstr("通信の失敗ではありません"));
  EXPECT_THAT(Outcome(Of("5")), HasSubstr("枝番や記号を足して"));
  EXPECT_THAT(Outcome(Of("6")), HasSubstr("福祉事務所に確認"));
}

TEST(ResultOutcome, OffersWhatMayBeUsedInsteadAndNeverTheFullPrice) {
  for (const char* validity : {"2", "3", "4"}) {
    const std::string text = Outcome(Of(validity));
    for (const char* paper : {"資格確認書", "資格情報のお知らせ（マイナンバーカードと一緒に）", "被保険者資格申立書"})
      EXPECT_THAT(text, HasSubstr(paper)) << validity;
    EXPECT_THAT(text, Not(HasSubstr("10割"))) << validity;
  }
}

TEST(ResultOutcome, AsksForMoreOnlyWhenSeveralFit) {
  for (const char* validity : {"1", "2", "3", "4", "6", "", "9"}) EXPECT_FALSE(AsksForMore(Of(validity)));
  EXPECT_TRUE(AsksForMore(Of("5")));
}

TEST(ResultOutcome, TellsNumbersThatWereMistypedFromACardThatIsNotRegisteredYet) {
  v1::EligibilityAnswer by_numbers = Of("4");
  by_numbers.set_reference_classification_code("2");
  EXPECT_THAT(Outcome(by_numbers), HasSubstr("打ち間違い"));
  EXPECT_THAT(Outcome(Of("4")), Not(HasSubstr("打ち間違い")));
}

TEST(ResultOutcome, CountsTheDaysUntilTheCertificateExpires) {
  v1::EligibilityAnswer answer = Of("1");
  answer.set_card_certificate_days_left(41);
  EXPECT_THAT(Outcome(answer), HasSubstr("証明書はあと 41 日で失効します / The certificate expires in 41 days"));
  answer.set_card_certificate_days_left(kCertificateDaysWarning + 1);
  EXPECT_EQ(Outcome(answer), "");
}

TEST(ResultOutcome, ShowsTheBannersOfThePersonOnTopOfAnyValidity) {
  for (const char* validity : {"1", "2", "4"}) {
    v1::EligibilityAnswer answer = Of(validity);
    v1::QualificationResult& result = *answer.add_results();
    result.set_preschool_code("1");
    result.set_card_classification_code("A1");
    EXPECT_THAT(Outcome(answer),
                HasSubstr("【医療扶助の対象者です。必要な提出書類等により資格確認を行ってください / on medical "
                          "assistance: check the papers it needs】\n【義務教育就学前 / before school age】"));
  }
}

TEST(ResultOutcome, SaysWhatWasUnusualAboutTheNumbers) {
  v1::EligibilityAnswer answer = Of("1");
  answer.add_number_warnings("insurer_check_digit");
  answer.add_number_warnings("word_of_a_newer_server");
  EXPECT_THAT(Outcome(answer), HasSubstr("検証番号"));
  EXPECT_THAT(Outcome(answer), HasSubstr("word_of_a_newer_server"));
}

}  // namespace
}  // namespace madoguchi::agent
