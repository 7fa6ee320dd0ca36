// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_blocks.h"

#include "madoguchi/v1/result.pb.h"
#include "terminal/agent/result_page.h"

namespace madoguchi::agent {

void ShowElderly(const v1::QualificationResult& result, Page& page) {
  if (!result.has_elderly_recipient_certificate()) return;
  const v1::ElderlyRecipientCertificate& elderly = result.elderly_recipient_certificate();
  page.Heading("高齢受給者証 / elderly recipient certificate");
  page.Date("交付年月日 / issued on", elderly.issued_on(), elderly.issued_on_raw());
  page.Date("有効開始日 / valid from", elderly.valid_from(), elderly.valid_from_raw());
  page.Date("有効終了日 / valid until", elderly.valid_until(), elderly.valid_until_raw());
  page.Meaning("負担割合 / share to pay", elderly.contribution_ratio(), elderly.contribution_ratio_raw());
}

void ShowLimit(const v1::QualificationResult& result, Page& page) {
  if (!result.has_limit_certificate()) return;
  const v1::LimitCertificate& limit = result.limit_certificate();
  page.Heading("限度額適用認定証 / limit certificate");
  page.Meaning("証区分 / certificate", limit.classification(), limit.classification_code());
  page.Meaning("適用区分 / category", limit.category(), limit.category_code());
  page.Date("交付年月日 / issued on", limit.issued_on(), limit.issued_on_raw());
  page.Date("有効開始年月日 / valid from", limit.valid_from(), limit.valid_from_raw());
  page.Date("有効終了年月日 / valid until", limit.valid_until(), limit.valid_until_raw());
  page.Date("長期入院該当年月日 / long-term stay since", limit.long_term_from(), limit.long_term_from_raw());
}

void ShowSpecificDiseases(const v1::QualificationResult& result, Page& page) {
  for (const v1::SpecificDiseaseCertificate& disease : result.specific_diseases_certificates()) {
    page.Heading("特定疾病療養受療証 / certificate of a specific disease");
    page.Meaning("疾病区分 / disease", disease.disease_category(), disease.disease_category_code());
    page.Date("交付年月日 / issued on", disease.issued_on(), disease.issued_on_raw());
    page.Date("有効開始年月日 / valid from", disease.valid_from(), disease.valid_from_raw());
    page.Date("有効終了年月日 / valid until", disease.valid_until(), disease.valid_until_raw());
    page.Line("自己負担額 / limit of own payment", Yen(disease.self_pay_limit()));
  }
}

void ShowTickets(const v1::QualificationResult& result, Page& page) {
  for (const v1::MedicalTicket& ticket : result.medical_tickets()) {
    const std::string& kind = ticket.ticket_type().empty() ? ticket.ticket_type_code() : ticket.ticket_type();
    page.Heading((kind.empty() ? "医療券・調剤券" : kind) + " / ticket");
    page.Date("有効開始年月日 / valid from", ticket.valid_from(), ticket.valid_from_raw());
    page.Date("有効終了年月日 / valid until", ticket.valid_until(), ticket.valid_until_raw());
    page.Line("交付番号 / ticket number", ticket.issue_number());
    page.Line("診療年月 / month of treatment", ticket.treatment_month());
    page.Meaning("診療別 / kind of treatment", ticket.treatment_type(), ticket.treatment_type_code());
    page.Line("指定医療機関コード / designated institution code", ticket.designated_institution_code());
    page.Line("指定医療機関 / designated institution", ticket.designated_institution_name());
    page.Meaning("指定医療機関との一致 / designated here", ticket.designated_institution_flag(),
                 ticket.designated_institution_flag_code());
    page.Line("処方箋発行医療機関コード / prescriber code", ticket.prescriber_institution_code());
    page.Line("処方箋発行医療機関 / prescriber", ticket.prescriber_institution_name());
    for (const std::string* injury : {&ticket.injury_name1(), &ticket.injury_name2(), &ticket.injury_name3()})
      page.Line("傷病名 / disease", *injury);
    page.Meaning("単独・併用 / alone or combined", ticket.single_or_combined(), ticket.single_or_combined_code());
    page.Line("本人支払額 / to be paid by the patient", Yen(ticket.self_pay_amount()));
    page.Meaning("社会保険 / social insurance", ticket.social_insurance(), ticket.social_insurance_code());
    page.Meaning("社会保険との整合 / agrees with the insurance", ticket.consistency(), ticket.consistency_code());
    page.Meaning("感染症法37条の2 / Infectious Diseases Act 37-2", ticket.infection(), ticket.infection_code());
    page.Meaning("後期高齢者医療 / medical care for the elderly", ticket.elderly_medical_care(),
                 ticket.elderly_medical_care_code());
    page.Meaning("都道府県費 / prefectural expenses", ticket.prefectural_expenses(),
                 ticket.prefectural_expenses_code());
    page.Line("地区担当者 / district contact", ticket.district_contact_name());
    page.Line("取扱担当者 / handling contact", ticket.handling_contact_name());
    for (const std::string* remark : {&ticket.remarks1(), &ticket.remarks2(), &ticket.remarks3()})
      page.Line("備考 / remarks", *remark);
  }
}

}  // namespace madoguchi::agent
