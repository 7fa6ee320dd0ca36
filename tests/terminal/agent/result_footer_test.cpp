// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_footer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "madoguchi/v1/result.pb.h"

namespace madoguchi::agent {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

Checked Answered(const v1::EligibilityAnswer& answer = {}) {
  Checked checked;
  checked.press_id = Bytes(16, 0xAB);
  checked.answer.answer = std::make_shared<const v1::EligibilityAnswer>(answer);
  checked.card.on_card = checked.card.in_scripts = milliseconds(900);
  checked.answer.facts.national_us = 400'000;
  checked.total = milliseconds(1'320);
  return checked;
}

TEST(ResultFooter, SaysInOneLineWhereTheTimeWent) {
  EXPECT_EQ(LatencyText(Answered()),
            "カード 0.9 秒 · 国 0.4 秒 · 他 0.02 秒 / card 0.9 s · national service 0.4 s · other 0.02 s");
}

TEST(ResultFooter, CountsEverythingThatIsNeitherCardNorNationalServiceAsOther) {
  Checked checked = Answered();
  checked.total = milliseconds(4'300);
  EXPECT_THAT(LatencyText(checked), HasSubstr("カード 0.9 秒 · 国 0.4 秒 · 他 3.0 秒"));
  checked.total = milliseconds(1'304);
  EXPECT_THAT(LatencyText(checked), HasSubstr("他 0.004 秒"));
}

TEST(ResultFooter, NamesNoCardWhereThereWasNone) {
  Checked checked = Answered();
  checked.method = link::Method::kNumber;
  checked.card = {};
  checked.total = milliseconds(420);
  EXPECT_THAT(LatencyText(checked), Not(HasSubstr("カード")));
  EXPECT_THAT(LatencyText(checked), HasSubstr("国 0.4 秒 · 他 0.02 秒"));
}

TEST(ResultFooter, SaysWhereTheResultGoesOrThatItMustBeTyped) {
  Checked checked = Answered();
  EXPECT_THAT(ResultFooter(checked), Not(HasSubstr("レセコン連携")));
  checked.answer.handoff = {"oqs_folder", "webhook", "channel_of_a_newer_server"};
  EXPECT_THAT(ResultFooter(checked), HasSubstr("OQS フォルダー / OQS folder、Webhook、channel_of_a_newer_server"));
  checked.answer.handoff = {};
  checked.answer.handoff_not_kept = true;
  EXPECT_THAT(ResultFooter(checked), HasSubstr("レセコンには画面を見て入力してください"));
}

TEST(ResultFooter, SaysHowLongTheResultCanBeShownAgainOnlyWhereItCan) {
  Checked checked = Answered();
  EXPECT_THAT(ResultFooter(checked), Not(HasSubstr("show-again")));
  checked.welcome.show_again = std::chrono::seconds(300);
  EXPECT_THAT(ResultFooter(checked), HasSubstr("madoguchi-terminal show-again（300 秒以内"));
}

TEST(ResultFooter, NamesTheCommandThatConfirmsThePerson) {
  Checked checked = Answered();
  checked.answer.birthdate_differs = true;
  checked.answer.handoff = {"pull"};
  const std::string text = ResultFooter(checked);
  EXPECT_THAT(text, HasSubstr("確認のあとに渡します"));
  EXPECT_THAT(text, HasSubstr("confirm --press abababab-abab-abab-abab-abababababab --same-person"));
}

TEST(ResultFooter, AsksForNoConfirmationWhereNothingIsHandedOn) {
  Checked checked = Answered();
  checked.answer.birthdate_differs = true;
  EXPECT_THAT(ResultFooter(checked), HasSubstr("生年月日が予定と違います"));
  EXPECT_THAT(ResultFooter(checked), Not(HasSubstr("madoguchi-terminal confirm")));
}

TEST(ResultFooter, NamesTheCommandForANameThatIsNotSettled) {
  v1::EligibilityAnswer answer;
  answer.add_results();
  v1::NameNotes& notes = *answer.add_results()->mutable_name_notes();
  notes.add_unresolved(0);
  EXPECT_THAT(ResultFooter(Answered(answer)),
              HasSubstr("name propose --press abababab-abab-abab-abab-abababababab --result 2"));
  notes.set_proposed_name("丸田");
  EXPECT_THAT(ResultFooter(Answered(answer)), HasSubstr("name confirm"));
  notes.clear_proposed_name();
  notes.set_claim_safe_name("丸田");
  EXPECT_THAT(ResultFooter(Answered(answer)), Not(HasSubstr("madoguchi-terminal name")));
}

}  // namespace
}  // namespace madoguchi::agent
