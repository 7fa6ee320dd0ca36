// SPDX-License-Identifier: Apache-2.0
#include "contract/kana.h"
#include "madoguchi/v1/result.pb.h"
#include "terminal/agent/result_blocks.h"
#include "terminal/agent/result_page.h"

namespace madoguchi::agent {
namespace {

constexpr const char* kFamily = "2";       // OQSCD009
constexpr const char* kPreschool = "1";    // OQSCD015: a banner says it
constexpr const char* kMedicalAid = "A1";  // OQSCD010: 医療扶助

bool IsMedicalAid(const v1::QualificationResult& result) {
  return result.card_classification_code() == kMedicalAid;
}

std::string Kind(const v1::QualificationResult& result) {
  return IsMedicalAid(result) ? "(医療扶助)" : "(医療保険)";
}

std::string WithoutPadding(const std::string& text) {
  const std::size_t start = text.find_first_not_of(' ');
  return start == std::string::npos ? std::string{} : text.substr(start);
}

// "2" of "02", as on the described screens.
std::string Branch(const std::string& branch) {
  const std::size_t start = branch.find_first_not_of('0');
  return start == std::string::npos ? branch : branch.substr(start);
}

std::string NumberAndBranch(const std::string& number, const std::string& branch) {
  return branch.empty() || number.empty() ? number : number + "（枝番）" + Branch(branch);
}

// What to know before the name is copied. The received name stands above, as it came.
void ShowNameNotes(const v1::NameNotes& notes, Page& page) {
  if (notes.outside_jis_x_0208_size() > 0) {
    std::string outside;
    for (const std::string& character : notes.outside_jis_x_0208()) outside += "「" + character + "」";
    page.Note(outside + "は請求に使えない文字です（JIS X 0208 の外）/ not allowed in claims");
  }
  if (notes.has_claim_safe_name()) {
    const bool confirmed = notes.claim_safe_from() == "mapping";
    page.Note("請求用の氏名：" + notes.claim_safe_name() +
              (confirmed ? "（この施設で2人が確認 / confirmed by two people here）"
                         : "（一般的な置き換え / the usual replacement）"));
  }
  if (notes.has_proposed_name()) {
    page.Note("確認待ちの読み替え：" + notes.proposed_name() +
              "（別の担当者の確認が要ります / waits for another operator）");
  }
}

}  // namespace

void ShowInsurance(const v1::QualificationResult& result, Page& page) {
  const bool aid = IsMedicalAid(result);
  page.Heading("資格情報" + Kind(result) + (aid ? " / medical assistance" : " / insurance"));
  page.Line(aid ? "公費負担者番号 / public payer number" : "保険者番号 / insurer number",
            WithoutPadding(result.insurer_number()));
  page.Line(aid ? "福祉事務所名 / welfare office" : "保険者名 / insurer", result.insurer_name());
  page.Line("記号 / symbol", result.symbol());
  page.Line(aid ? "受給者番号 / recipient number" : "番号 / number", NumberAndBranch(result.number(), result.branch()));
  page.Name("フリガナ / kana", ToFullWidthKana(result.name_kana()));
  page.Name("氏名 / name", result.name(), result.name_kana());
  if (result.has_name_notes()) ShowNameNotes(result.name_notes(), page);
  page.Date("生年月日 / birth date", result.birthdate(), result.birthdate_raw());
  page.Meaning("性別 / sex", result.sex(), result.sex_code());
  page.Line("郵便番号 / postal code", result.postal_code());
  page.Line("住所 / address", result.address());
  page.Meaning("証区分 / certificate", result.card_classification(), result.card_classification_code());
  page.Date("交付年月日 / issued on", result.issuance_date(), result.issuance_date_raw());
  page.Date("有効開始日 / valid from", result.valid_from(), result.valid_from_raw());
  page.Date("有効終了日 / valid until", result.valid_until(), result.valid_until_raw());
  page.Date(aid ? "保護開始(再開)年月日 / assistance since" : "資格取得年月日 / insured since",
            result.qualification_date(), result.qualification_date_raw());
  page.Date(aid ? "保護停止(廃止)年月日 / assistance stopped on" : "資格喪失年月日 / insurance lost on",
            result.disqualification_date(), result.disqualification_date_raw());
  page.Meaning("資格喪失事由 / reason of loss", result.loss_reason(), result.loss_reason_code());
  page.Meaning("負担割合 / share to pay", result.contribution_ratio(), result.contribution_ratio_raw());
  page.Meaning("本人・家族の別 / insured or family", result.relationship(), result.relationship_code());
  if (result.relationship_code() == kFamily) page.Name("被保険者氏名 / insured person", result.insured_name());
  if (result.preschool_code() != kPreschool)
    page.Meaning("未就学区分 / preschool", result.preschool(), result.preschool_code());
  page.Meaning("処方箋発行形態 / form of prescription", result.prescription_issue(), result.prescription_issue_code());
  page.Line("照会番号 / reference number", result.reference_number());
}

bool HasBackOfCard(const v1::QualificationResult& result) {
  return result.has_name_other_kana() || result.has_name_other() || result.has_sex_other_code();
}

void ShowBackOfCard(const v1::QualificationResult& result, Page& page) {
  if (!HasBackOfCard(result)) return;
  page.Heading("裏面記載情報" + Kind(result) + "（要配慮情報） / back of the card, to be handled with care");
  page.Name("氏名カナ / name in kana", ToFullWidthKana(result.name_other_kana()));
  page.Name("氏名 / name", result.name_other(), result.name_other_kana());
  page.Meaning("性別 / sex", result.sex_other(), result.sex_other_code());
  page.Note(
      "券面と異なる記載です。お呼びする名前など、患者さんの希望に配慮してください / differs from the card: mind how "
      "the patient wishes to be called");
}

void ShowSearch(const v1::SearchInfo& search, Page& page) {
  page.Heading("照会した番号 / numbers asked for");
  page.Line("保険者番号 / insurer number", WithoutPadding(search.insurer_number()));
  page.Line("記号 / symbol", search.symbol());
  page.Line("番号 / number", NumberAndBranch(search.number(), search.branch()));
  page.Date("生年月日 / birth date", search.birthdate(), search.birthdate_raw());
  page.Meaning("限度額情報の提供 / limit information", search.limit_consent(), search.limit_consent_code());
}

}  // namespace madoguchi::agent
