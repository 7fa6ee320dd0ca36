// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "madoguchi/v1/result.pb.h"
#include "terminal/agent/result_page.h"

namespace madoguchi::agent {
namespace {

using testing::HasSubstr;

TEST(ResultBlocks, ShowEveryTicketWithEverythingThatCame) {
  v1::QualificationResult result;
  v1::MedicalTicket& ticket = *result.add_medical_tickets();
  ticket.set_ticket_type("医療券");
  ticket.set_valid_from("2026-11-01");
  ticket.set_treatment_month("202611");
  ticket.set_infection_code("09");
  ticket.set_remarks3("備考の三");
  ticket.set_self_pay_amount("1500");
  result.add_medical_tickets()->set_ticket_type_code("77");
  Page page;
  ShowTickets(result, page);
  const std::string text = page.Take();
  for (const char* line :
       {"■ 医療券 / ticket\n", "有効開始年月日 / valid from：2026年11月01日", "診療年月 / month of treatment：202611",
        "感染症法37条の2 / Infectious Diseases Act 37-2：09", "備考 / remarks：備考の三",
        "本人支払額 / to be paid by the patient：1,500円", "■ 77 / ticket\n"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(ResultBlocks, ShowAtMostWhatWasReceived) {
  const v1::QualificationResult nothing;
  Page page;
  ShowElderly(nothing, page);
  ShowLimit(nothing, page);
  ShowSpecificDiseases(nothing, page);
  ShowTickets(nothing, page);
  EXPECT_EQ(page.Take(), "");
}

TEST(ResultBlocks, ShowUpToThreeSpecificDiseasesEachOnItsOwn) {
  v1::QualificationResult result;
  for (const char* disease : {"一", "二", "三"}) {
    v1::SpecificDiseaseCertificate& one = *result.add_specific_diseases_certificates();
    one.set_disease_category(disease);
    one.set_self_pay_limit("10000");
  }
  Page page;
  ShowSpecificDiseases(result, page);
  const std::string text = page.Take();
  for (const char* disease : {"疾病区分 / disease：一\n  自己負担額 / limit of own payment：10,000円",
                              "疾病区分 / disease：二\n", "疾病区分 / disease：三\n"})
    EXPECT_THAT(text, HasSubstr(disease));
}

}  // namespace
}  // namespace madoguchi::agent
