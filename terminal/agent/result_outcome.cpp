// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_outcome.h"

#include <algorithm>

#include "contract/insurance_number.h"
#include "madoguchi/v1/result.pb.h"

namespace madoguchi::agent {
namespace {

constexpr const char* kPreschool = "1";        // OQSCD015
constexpr const char* kMedicalAid = "A1";      // OQSCD010: 医療扶助
constexpr const char* kByInsuranceCard = "2";  // OQSCD002: asked by numbers
constexpr const char* kInvalid = "2";          // OQSCD006, as are the following
constexpr const char* kInvalidButNewer = "3";
constexpr const char* kNone = "4";
constexpr const char* kSeveral = "5";
constexpr const char* kValidUnregistered = "6";

void Substitutes(Page& page) {
  page.Advice(kSubstitutes.ja, kSubstitutes.en);
}

void ShowValidity(const v1::EligibilityAnswer& answer, Page& page) {
  const std::string& code = answer.validity_code();
  const bool by_numbers = answer.reference_classification_code() == kByInsuranceCard || answer.has_search_info();
  if (code == kInvalid) {
    page.Banner("この資格は無効です / this insurance is not valid");
    page.Advice("加入する保険が変わっていないか、患者さんに尋ねてください。",
                "This insurance is not valid. Ask whether the patient's insurance has changed.");
    Substitutes(page);
  } else if (code == kInvalidButNewer) {
    page.Banner("この資格は無効です（新しい資格があります） / this insurance is not valid, there is a newer one");
    page.Advice(
        "下の資格は古いものです。新しい保険の資格確認書などを見せていただき、下の番号では請求しないでください。",
        "What follows is the old insurance. Ask for papers of the new one and do not claim with these numbers.");
    Substitutes(page);
  } else if (code == kNone) {
    page.Banner("該当する資格がありません / no insurance was found");
    page.Advice(
        by_numbers ? "問い合わせは届いています。番号と生年月日に打ち間違いがないか、紙と見比べて照会し直してください。"
                   : "問い合わせは届いています（通信の失敗ではありません）。保険者の登録がまだのことがあります。",
        by_numbers ? "The question arrived. Compare numbers and birth date with the paper and ask again."
                   : "The question arrived (the network did not fail). The insurer may not have registered it yet.");
    Substitutes(page);
  } else if (code == kSeveral) {
    page.Banner("複数の資格が該当しました / several people fit");
    page.Advice("一人に決められないため、結果は表示されません。枝番や記号を足して、もう一度照会してください。",
                "Several people fit, so no result is shown. Ask again with branch and symbol as well.");
  } else if (code == kValidUnregistered) {
    page.Banner(
        "医療扶助は有効ですが、医療券・調剤券がまだ登録されていません / medical assistance is valid, no ticket is "
        "registered yet");
    page.Advice(
        "福祉事務所に確認してください。月の初めは登録前のことがあり、登録のあとに読み直すと券の情報が出ます。",
        "Medical assistance is valid, but no ticket is registered yet. Ask the welfare office; read again once it "
        "is registered, which may be some time into the month.");
  }
}

}  // namespace

const TwoLanguages kSubstitutes = {
    "かわりに使えるもの：資格確認書／資格情報のお知らせ（マイナンバーカードと一緒に）／マイナポータルの資格情報画面"
    "／被保険者資格申立書（書いていただくと、自己負担割合どおりに会計できます）",
    "Instead: an eligibility certificate (資格確認書), the notice of insurance details (資格情報のお知らせ) together "
    "with "
    "the card, the Mynaportal insurance screen, or a signed statement (被保険者資格申立書), with which the usual share "
    "is "
    "charged"};

bool AsksForMore(const v1::EligibilityAnswer& answer) {
  return answer.validity_code() == kSeveral;
}

void ShowOutcome(const v1::EligibilityAnswer& answer, Page& page) {
  const auto any = [&answer](auto condition) {
    return std::any_of(answer.results().begin(), answer.results().end(), condition);
  };
  ShowValidity(answer, page);
  if (answer.results_size() > 1) {
    const std::string count = std::to_string(answer.results_size());
    page.Banner("資格情報が " + count + " 件あります / " + count + " results");
    page.Advice("すべてを確認してください。", "There are several results: look at each of them.");
  }
  if (any([](const auto& result) {
        return result.card_classification_code() == kMedicalAid || result.medical_tickets_size() > 0;
      })) {
    page.Banner(
        "医療扶助の対象者です。必要な提出書類等により資格確認を行ってください / on medical assistance: check the "
        "papers it needs");
  }
  if (any([](const auto& result) { return result.preschool_code() == kPreschool; }))
    page.Banner("義務教育就学前 / before school age");
  if (answer.has_card_certificate_days_left() && answer.card_certificate_days_left() <= kCertificateDaysWarning) {
    const std::string days = std::to_string(answer.card_certificate_days_left());
    page.Banner("証明書はあと " + days + " 日で失効します / The certificate expires in " + days + " days");
    page.Advice("市区町村の窓口で更新できることを、患者さんにお伝えください。",
                "Tell the patient that the municipality renews it.");
  }
  for (const std::string& word : answer.number_warnings()) {
    const NumberWord* text = FindNumberWord(word);
    page.Note(text == nullptr ? word : std::string(text->ja) + " / " + std::string(text->en));
  }
}

}  // namespace madoguchi::agent
