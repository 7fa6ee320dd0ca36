// SPDX-License-Identifier: Apache-2.0
#include "server/account/application.h"

#include <gtest/gtest.h>

namespace madoguchi::account {
namespace {

const Bytes kPdf{'%', 'P', 'D', 'F', '-', '1', '.', '7'};
const Bytes kProgram{0x7F, 'E', 'L', 'F', 2, 1, 1, 0, 0};

ApplicationRequest Good() {
  ApplicationRequest request;
  request.request_id = "0b0c4c1e-6f0f-4d3a-9a3e-1f0a4b1c2d3e";
  request.institution_code = "0111013719";
  request.applicant = "試験　花子";
  request.bank_last4 = "1234";
  request.staff_count = 10;
  request.devices = 20;
  request.terms_version = kTermsVersion;
  request.by = "hanako@example.jp";
  return request;
}

// "<code> <field> <field>…"; "" when all is well.
std::string Said(const ApplicationRequest& request) {
  Problems problems;
  const auto checked = CheckApplicationFields(request, problems);
  std::string said = checked.ok() ? "" : std::string(Describe(checked.error().code).name);
  for (const Problem& problem : problems) said += " " + problem.field;
  return said;
}

TEST(Application, TakesTwentyDevicesWithABankAccountOrWithDocuments) {
  ApplicationRequest request = Good();
  EXPECT_EQ(Said(request), "");
  request.bank_last4.clear();
  request.attachments = {{"通知書.pdf", "", kPdf}};
  EXPECT_EQ(Said(request), "");
}

TEST(Application, RefusesTheTwentyFirstDeviceAndNamesTheAdditionalApplication) {
  ApplicationRequest request = Good();
  request.devices = 21;
  EXPECT_EQ(Said(request), "APPLICATION_TOO_MANY_DEVICES devices");
  Problems problems;
  EXPECT_FALSE(CheckApplicationFields(request, problems).ok());
  EXPECT_NE(problems.front().text_ja.find("追加申請"), std::string::npos);
  EXPECT_NE(problems.front().text_en.find("additional application"), std::string::npos);
}

TEST(Application, NeedsAProofOfTheFacility) {
  ApplicationRequest request = Good();
  request.bank_last4.clear();
  EXPECT_EQ(Said(request), "FIELD_INVALID bank_account_last4");
  request.bank_last4 = "12345";
  EXPECT_EQ(Said(request), "FIELD_INVALID bank_account_last4");
}

TEST(Application, JudgesAttachmentsByTheirContent) {
  ApplicationRequest request = Good();
  request.attachments = {{"notice.pdf", "application/pdf", kProgram}};
  EXPECT_EQ(Said(request), "ATTACHMENT_REFUSED attachments");
  request.attachments = {{"../notice.pdf", "", kPdf}};
  EXPECT_EQ(Said(request), "ATTACHMENT_REFUSED attachments");
  request.attachments = {{"a.pdf", "", kPdf}, {"b.pdf", "", kPdf}, {"c.pdf", "", kPdf}, {"d.pdf", "", kPdf}};
  EXPECT_EQ(Said(request), "ATTACHMENT_REFUSED attachments");
  Bytes large(kAttachmentBytesMax + 1, ' ');
  std::copy(kPdf.begin(), kPdf.end(), large.begin());
  request.attachments = {{"a.pdf", "", large}};
  EXPECT_EQ(Said(request), "ATTACHMENT_REFUSED attachments");
  EXPECT_EQ(MediaTypeOf(Bytes{0xFF, 0xD8, 0xFF, 0xE0}), "image/jpeg");
  EXPECT_EQ(MediaTypeOf(Bytes{0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A, 0}), "image/png");
  EXPECT_EQ(MediaTypeOf(Bytes{}), std::nullopt);
}

TEST(Application, NamesEveryFieldThatIsWrong) {
  ApplicationRequest request;
  request.request_id = "x";
  EXPECT_EQ(Said(request), "FIELD_INVALID request_id applicant bank_account_last4 staff_count terms_version devices");
  request = Good();
  request.kind = ApplicationKind::kEndOfUse;
  EXPECT_EQ(Said(request), "FIELD_INVALID effective_on");
}

std::string Against(ApplicationKind kind, const ApplicationFacts& facts) {
  Problems problems;
  const auto checked = CheckApplicationPossible(kind, facts, problems);
  EXPECT_EQ(checked.ok(), problems.empty());
  std::string said;
  for (const Problem& problem : problems) said += (said.empty() ? "" : " ") + problem.field;
  return said;
}

TEST(Application, NeedsACategoryThatHasNotEnded) {
  const ApplicationFacts good{"2026-11-22", "paper_claims", "2026-11-22", "", false, 0};
  EXPECT_EQ(Against(ApplicationKind::kUse, good), "");
  ApplicationFacts facts = good;
  facts.category.clear();
  EXPECT_EQ(Against(ApplicationKind::kUse, facts), "category");
  facts = good;
  facts.category_ends_on = "2026-11-21";
  EXPECT_EQ(Against(ApplicationKind::kUse, facts), "category_ends_on");
  EXPECT_EQ(Against(ApplicationKind::kEndOfUse, facts), "");
}

TEST(Application, ComesOnceForUseAndThenAsAdditional) {
  ApplicationFacts facts{"2026-11-22", "paper_claims", "", "", false, 0};
  EXPECT_EQ(Against(ApplicationKind::kAdditional, facts), "kind");
  facts.use_made = true;
  EXPECT_EQ(Against(ApplicationKind::kAdditional, facts), "");
  EXPECT_EQ(Against(ApplicationKind::kUse, facts), "kind");
}

TEST(Application, RecordedInThePortalHasDatesThatFit) {
  RecordedApplication recorded{
      "0111013719", ApplicationKind::kUse, "試験", 3, 5, "2026-11-01", "2026-11-10", true, "", "P-1", "a@b.jp"};
  Problems problems;
  EXPECT_TRUE(CheckRecordedFields(recorded, "2026-11-22", problems).ok());
  recorded.answered_on = "2026-10-31";
  EXPECT_FALSE(CheckRecordedFields(recorded, "2026-11-22", problems).ok());
  EXPECT_EQ(problems.back().field, "answered_on");
}

}  // namespace
}  // namespace madoguchi::account
