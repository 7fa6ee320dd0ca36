// SPDX-License-Identifier: Apache-2.0
#include "tests/server/handoff/any_handing.h"

#include "server/eligibility/code_tables.h"
#include "tests/server/eligibility/xml_writer.h"

namespace madoguchi::handoff::test {
namespace {

using namespace eligibility;  // NOLINT(google-build-using-namespace)

using Text = std::optional<std::string>;

// Puts likely values over the awkward ones that AnyAnswer makes.
class Likely {
 public:
  explicit Likely(std::mt19937& chance) : chance_(chance) {}

  std::size_t UpTo(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(chance_); }
  bool Mostly() { return UpTo(9) < 7; }

  void Code(Text& text, const CodeTable& table) {
    if (Mostly()) text = std::string(table.rows[UpTo(table.rows.size() - 1)].code);
  }
  void Date(Text& text) {
    if (Mostly()) text = std::to_string(1930 + UpTo(105)) + Two(1 + UpTo(11)) + Two(1 + UpTo(27));
  }
  void Time(Text& text) {
    if (!Mostly()) return;
    Date(text);
    text = text.value_or("20260401") + Two(UpTo(23)) + Two(UpTo(59)) + Two(UpTo(59));
  }
  void Ratio(Text& text) {
    static constexpr const char* kRatios[] = {"000", "010", "020", "030", "100", "035", "3"};
    if (Mostly()) text = kRatios[UpTo(std::size(kRatios) - 1)];
  }
  template <std::size_t N>
  void OneOf(Text& text, const char* const (&values)[N]) {
    if (!Mostly()) return;
    text = values[UpTo(N - 1)];
  }

 private:
  static std::string Two(std::size_t number) {
    return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
  }
  std::mt19937& chance_;
};

#define LIKELY_TEXT(x, element)
#define LIKELY_CODE(x, element, table) likely.Code(to.x##_code, table);
#define LIKELY_DATE(x, element) likely.Date(to.x##_raw);
#define LIKELY_TIME(x, element) likely.Time(to.x##_raw);
#define LIKELY_RATIO(x, element) likely.Ratio(to.x##_raw);
#define LIKELY_ALL(FIELDS) FIELDS(LIKELY_TEXT, LIKELY_CODE, LIKELY_DATE, LIKELY_TIME, LIKELY_RATIO)

void Make(ElderlyRecipientCertificate& to, Likely& likely) {
  LIKELY_ALL(MADOGUCHI_ELDERLY_RECIPIENT_FIELDS)
}

void Make(LimitCertificate& to, Likely& likely) {
  LIKELY_ALL(MADOGUCHI_LIMIT_CERTIFICATE_FIELDS)
}

void Make(SpecificDiseaseCertificate& to, Likely& likely) {
  LIKELY_ALL(MADOGUCHI_SPECIFIC_DISEASE_FIELDS)
  likely.OneOf(to.self_pay_limit, {"10000", "20000", "0", "1000000000", "10,000"});
}

void Make(MedicalTicket& to, Likely& likely) {
  LIKELY_ALL(MADOGUCHI_MEDICAL_TICKET_FIELDS)
  likely.OneOf(to.self_pay_amount, {"0", "1500", ""});
}

void Make(QualificationResult& to, Likely& likely) {
  LIKELY_ALL(MADOGUCHI_QUALIFICATION_FIELDS)
  if (likely.UpTo(1) == 0) to.disqualification_date_raw.reset();
  likely.OneOf(to.insurer_number,
               {"06139992", "  138057", "138057", "39131156", "12131234", "00138057", "0613999Z", "        ", ""});
  likely.OneOf(to.symbol, {"見本１", "１２－３４", "12-34", "ABC", "あいう", "a:b", "見 本　", ""});
  likely.OneOf(to.number, {"１０２４", "1024", "00123456", "１\"２", ""});
  likely.OneOf(to.branch, {"02", "2", "００", "A1", "", " "});
  likely.OneOf(to.name, {"架空　花子", "架空　●子", "髙﨑　德", "KAKUU　TARO　JOHN", "𠮷田　架空"});
  if (to.elderly_recipient_certificate) Make(*to.elderly_recipient_certificate, likely);
  if (to.limit_certificate) Make(*to.limit_certificate, likely);
  for (auto& disease : to.specific_diseases_certificates) Make(disease, likely);
  for (auto& ticket : to.medical_tickets) Make(ticket, likely);
}

}  // namespace

Handing AnyHanding(unsigned seed, bool any_unicode) {
  std::mt19937 chance(seed);
  Likely likely(chance);
  Handing handing;
  handing.caller = {"1311234567", "W0000001", "0f0e0d0c-0b0a-4908-8706-050403020100"};
  for (int i = 0; i < 16; ++i) handing.press_id.push_back(static_cast<std::uint8_t>(likely.UpTo(255)));
  static constexpr const char* kMethods[] = {"pin", "sight", "number"};
  handing.method = kMethods[likely.UpTo(2)];
  if (likely.UpTo(1) == 0) handing.patient_number = "0012" + std::to_string(likely.UpTo(999));
  handing.certificate_days_left = static_cast<int>(likely.UpTo(2000)) - 1;
  Answer& to = handing.answer = eligibility::test::AnyAnswer(chance, any_unicode);
  LIKELY_ALL(MADOGUCHI_HEADER_FIELDS)
  LIKELY_ALL(MADOGUCHI_BODY_FIELDS)
  static constexpr const char* kSegments[] = {"1", "1", "1", "1", "1", "2", "9", ""};
  to.segment_of_result_code = kSegments[likely.UpTo(std::size(kSegments) - 1)];
  if (likely.UpTo(2) == 0) to.validity_code = "1";
  if (!likely.Mostly()) to.validity_code = "7";
  for (QualificationResult& result : to.results) Make(result, likely);
  // What is usual of two results: one person.
  if (to.results.size() > 1 && likely.UpTo(1) == 0) {
    QualificationResult& second = to.results[1] = to.results[0];
    second.card_classification_code = "A1";
    second.insurer_number = "12131234";
    second.symbol.reset();
  }
  if (handing.method == "number" && likely.Mostly()) handing.number_warnings = {"insurer_check_digit", "branch_width"};
  for (const QualificationResult& result : to.results)
    handing.confirmed_names.emplace_back(result.name && likely.UpTo(3) == 0 ? "架空　確子" : "");
  if (!any_unicode) {
    for (QualificationResult& result : to.results) {
      if (result.name && result.name->find("𠮷") != std::string::npos) result.name = "吉田　架空";
    }
  }
  return handing;
}

Handing PlainHanding() {
  Handing handing;
  handing.caller = {"1311234567", "W0000001", "0f0e0d0c-0b0a-4908-8706-050403020100"};
  for (std::uint8_t i = 0; i < 16; ++i) handing.press_id.push_back(static_cast<std::uint8_t>(i * 0x11));
  handing.method = "pin";
  handing.patient_number = "00123";
  handing.certificate_days_left = 1000;
  Answer& answer = handing.answer;
  answer.executed_at_raw = "20261122090000";
  answer.confirmation_date_raw = "20261122";
  answer.reference_classification_code = "1";
  answer.segment_of_result_code = "1";
  answer.processing_status_code = "1";
  answer.validity_code = "1";
  QualificationResult& result = answer.results.emplace_back();
  result.card_classification_code = "01";
  result.insurer_number = "06139992";
  result.symbol = "見本１";
  result.number = "１０２４";
  result.branch = "01";
  result.relationship_code = "1";
  result.name = "架空　花子";
  result.name_kana = "ｶｸｳ ﾊﾅｺ";
  result.sex_code = "2";
  result.birthdate_raw = "19600229";
  result.address = "見本県見本市見本町一丁目１番１号";
  result.postal_code = "000-0000";
  result.qualification_date_raw = "20240401";
  result.valid_from_raw = "20240401";
  result.valid_until_raw = "20330331";
  result.contribution_ratio_raw = "030";
  result.insurer_name = "見本健康保険組合";
  return handing;
}

}  // namespace madoguchi::handoff::test
