// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_text.h"

#include <algorithm>
#include <string_view>

#include "madoguchi/v1/result.pb.h"
#include "terminal/agent/kana.h"

namespace madoguchi::agent {
namespace {

constexpr std::string_view kMissingCharacter = "●";
constexpr const char* kPreschool = "1";    // OQSCD015
constexpr const char* kFamily = "2";       // OQSCD009
constexpr const char* kMedicalAid = "A1";  // OQSCD010: 医療扶助

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// One page: lines of label and value; lines without a value are left out.
class Page {
 public:
  void Heading(const std::string& text) { text_ += "\n■ " + text + "\n"; }
  void Banner(const std::string& text) { text_ += "【" + text + "】\n"; }
  void Line(const std::string& label, const std::string& value) {
    if (!value.empty()) text_ += "  " + label + "：" + value + "\n";
  }
  void Name(const std::string& label, const std::string& value) {
    const bool marked = value.find(kMissingCharacter) != std::string::npos;
    Line(label, marked ? value + "  ※●は表示できない文字です" : value);
  }
  // `iso` when the received text is a date, else as it was received.
  void Date(const std::string& label, const std::string& iso, const std::string& raw) {
    Line(label, iso.empty() ? raw : JapaneseDate(iso));
  }
  // The meaning of a code, or the code when its meaning is not known.
  void Meaning(const std::string& label, const std::string& meaning, const std::string& code) {
    Line(label, meaning.empty() ? code : meaning);
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string WithoutPadding(const std::string& text) {
  const std::size_t start = text.find_first_not_of(' ');
  return start == std::string::npos ? std::string{} : text.substr(start);
}

// "2" of "02", as on the described screens.
std::string Branch(const std::string& branch) {
  const std::size_t start = branch.find_first_not_of('0');
  return start == std::string::npos ? branch : branch.substr(start);
}

std::string NumberAndBranch(const v1::QualificationResult& result) {
  if (!result.has_branch() || result.number().empty()) return result.number();
  return result.number() + "（枝番）" + Branch(result.branch());
}

void ShowBanners(const v1::EligibilityAnswer& answer, Page& page) {
  const auto any = [&answer](auto condition) {
    return std::any_of(answer.results().begin(), answer.results().end(), condition);
  };
  if (answer.validity_code() == "2" || answer.validity_code() == "3") page.Banner("この資格は無効です");
  if (any([](const auto& result) {
        return result.card_classification_code() == kMedicalAid || result.medical_tickets_size() > 0;
      })) {
    page.Banner("医療扶助の対象者です。必要な提出書類等により資格確認を行ってください");
  }
  if (any([](const auto& result) { return result.preschool_code() == kPreschool; })) page.Banner("義務教育就学前");
  if (answer.has_card_certificate_days_left() && answer.card_certificate_days_left() <= kCertificateDaysWarning) {
    page.Banner("3か月以内に証明書が失効します");
  }
}

void ShowInsurance(const v1::QualificationResult& result, Page& page) {
  page.Heading("資格情報");
  page.Line("保険者番号", WithoutPadding(result.insurer_number()));
  page.Line("保険者名", result.insurer_name());
  page.Line("記号", result.symbol());
  page.Line("番号", NumberAndBranch(result));
  page.Name("フリガナ", ToFullWidthKana(result.name_kana()));
  page.Name("氏名", result.name());
  page.Date("生年月日", result.birthdate(), result.birthdate_raw());
  page.Meaning("性別", result.sex(), result.sex_code());
  page.Meaning("証区分", result.card_classification(), result.card_classification_code());
  page.Date("有効開始日", result.valid_from(), result.valid_from_raw());
  page.Date("有効終了日", result.valid_until(), result.valid_until_raw());
  page.Date("資格取得年月日", result.qualification_date(), result.qualification_date_raw());
  page.Date("資格喪失年月日", result.disqualification_date(), result.disqualification_date_raw());
  page.Meaning("資格喪失事由", result.loss_reason(), result.loss_reason_code());
  page.Meaning("負担割合", result.contribution_ratio(), result.contribution_ratio_raw());
  page.Meaning("本人・家族の別", result.relationship(), result.relationship_code());
  if (result.relationship_code() == kFamily) page.Name("被保険者氏名", result.insured_name());
}

void ShowBackOfCard(const v1::QualificationResult& result, Page& page) {
  if (!result.has_name_other_kana() && !result.has_name_other() && !result.has_sex_other_code()) return;
  page.Heading("裏面記載情報");
  page.Name("氏名カナ", ToFullWidthKana(result.name_other_kana()));
  page.Name("氏名", result.name_other());
  page.Meaning("性別", result.sex_other(), result.sex_other_code());
}

void ShowElderly(const v1::QualificationResult& result, Page& page) {
  if (!result.has_elderly_recipient_certificate()) return;
  const v1::ElderlyRecipientCertificate& elderly = result.elderly_recipient_certificate();
  page.Heading("高齢受給者証");
  page.Date("有効開始日", elderly.valid_from(), elderly.valid_from_raw());
  page.Date("有効終了日", elderly.valid_until(), elderly.valid_until_raw());
  page.Meaning("負担割合", elderly.contribution_ratio(), elderly.contribution_ratio_raw());
}

void ShowLimit(const v1::QualificationResult& result, Page& page) {
  if (!result.has_limit_certificate()) return;
  const v1::LimitCertificate& limit = result.limit_certificate();
  page.Heading("限度額適用認定証");
  page.Meaning("証区分", limit.classification(), limit.classification_code());
  page.Meaning("適用区分", limit.category(), limit.category_code());
  page.Date("有効開始年月日", limit.valid_from(), limit.valid_from_raw());
  page.Date("有効終了年月日", limit.valid_until(), limit.valid_until_raw());
  page.Date("長期入院該当年月日", limit.long_term_from(), limit.long_term_from_raw());
}

void ShowSpecificDiseases(const v1::QualificationResult& result, Page& page) {
  for (const v1::SpecificDiseaseCertificate& disease : result.specific_diseases_certificates()) {
    page.Heading("特定疾病療養受療証");
    page.Meaning("疾病区分", disease.disease_category(), disease.disease_category_code());
    page.Date("交付年月日", disease.issued_on(), disease.issued_on_raw());
    page.Date("有効開始年月日", disease.valid_from(), disease.valid_from_raw());
    page.Date("有効終了年月日", disease.valid_until(), disease.valid_until_raw());
    page.Line("自己負担額", Yen(disease.self_pay_limit()));
  }
}

void ShowTickets(const v1::QualificationResult& result, Page& page) {
  for (const v1::MedicalTicket& ticket : result.medical_tickets()) {
    page.Heading(ticket.ticket_type().empty() ? "医療扶助" : ticket.ticket_type());
    page.Date("有効開始年月日", ticket.valid_from(), ticket.valid_from_raw());
    page.Date("有効終了年月日", ticket.valid_until(), ticket.valid_until_raw());
    page.Line("交付番号", ticket.issue_number());
    page.Meaning("診療別", ticket.treatment_type(), ticket.treatment_type_code());
    page.Line("指定医療機関", ticket.designated_institution_name());
    page.Line("傷病名", ticket.injury_name1());
    page.Line("傷病名", ticket.injury_name2());
    page.Line("傷病名", ticket.injury_name3());
    page.Line("本人支払額", Yen(ticket.self_pay_amount()));
  }
}

}  // namespace

std::string JapaneseDate(const std::string& iso) {
  const bool shaped = iso.size() == 10 && iso[4] == '-' && iso[7] == '-';
  if (!shaped || !IsDigits(iso.substr(0, 4)) || !IsDigits(iso.substr(5, 2)) || !IsDigits(iso.substr(8, 2))) return iso;
  return iso.substr(0, 4) + "年" + iso.substr(5, 2) + "月" + iso.substr(8, 2) + "日";
}

std::string Yen(const std::string& digits) {
  if (!IsDigits(digits)) return digits;
  std::string amount = digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  for (std::size_t at = amount.size(); at > 3; at -= 3) amount.insert(at - 3, ",");
  return amount + "円";
}

std::string AccountText(const std::string& institution_code, const std::string& account_id) {
  return "医療機関コード：" + institution_code + "（" + account_id + "）";
}

std::string ResultText(const v1::EligibilityAnswer& answer) {
  Page page;
  page.Banner("資格確認結果");
  ShowBanners(answer, page);
  page.Date("確認日", answer.confirmation_date(), answer.confirmation_date_raw());
  page.Meaning("資格の有効性", answer.validity(), answer.validity_code());
  page.Line("お知らせ", answer.processing_message());
  for (const v1::QualificationResult& result : answer.results()) {
    ShowInsurance(result, page);
    ShowBackOfCard(result, page);
    ShowElderly(result, page);
    ShowLimit(result, page);
    ShowSpecificDiseases(result, page);
    ShowTickets(result, page);
  }
  return page.Take();
}

}  // namespace madoguchi::agent
