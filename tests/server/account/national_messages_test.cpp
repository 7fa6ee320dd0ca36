// SPDX-License-Identifier: Apache-2.0
#include "server/account/national_messages.h"

#include <gtest/gtest.h>

namespace madoguchi::account {
namespace {

constexpr char kAccount[] = R"({"account":"W0000001","password":"Abcd2345","activation_code":"123456789012"})";

std::string Accepted(const std::string& accounts) {
  return R"({"state":"accepted","issued_on":"2026-11-22","accounts":[)" + accounts + "]}";
}

int CodeOf(const std::string& text) {
  const auto decision = ReadDecision(text);
  return decision.ok() ? 0 : static_cast<int>(decision.error().code);
}

TEST(NationalMessages, ReadADecision) {
  const auto decision = ReadDecision(Accepted(kAccount));
  ASSERT_TRUE(decision.ok());
  EXPECT_EQ(decision->state, NationalDecision::State::kAccepted);
  ASSERT_EQ(decision->accounts.size(), 1U);
  EXPECT_EQ(decision->accounts[0].account_id, "W0000001");
  EXPECT_EQ(ReadDecision(R"({"state":"open"})")->state, NationalDecision::State::kOpen);
  EXPECT_EQ(ReadDecision(R"({"state":"withdrawn"})")->state, NationalDecision::State::kWithdrawn);
  EXPECT_EQ(ReadDecision(R"({"state":"rejected","reason":"書類"})")->reason, "書類");
}

TEST(NationalMessages, TakeNothingOfAnotherShape) {
  std::string many;
  for (int i = 10; i < 31; ++i)
    many += (many.empty() ? "" : ",") + (R"({"account":"W00000)" + std::to_string(i) +
                                         R"(","password":"Abcd2345","activation_code":"123456789012"})");
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{"), std::string(R"({"state":"done"})"),
        std::string(R"({"state":7})"), std::string(R"({"state":"rejected"})"),
        std::string(R"({"state":"rejected","reason":"a\u202eb"})"),
        std::string(R"({"state":"accepted","accounts":[]})"), Accepted(std::string(kAccount) + "," + kAccount),
        Accepted(many), Accepted("7"),
        Accepted(R"({"account":"W000001","password":"x","activation_code":"123456789012"})"),
        Accepted(R"({"account":"W0000001","password":"","activation_code":"123456789012"})"),
        Accepted(R"({"account":"W0000001","password":"x","activation_code":"1234-5678-9012"})"),
        std::string(5000, '[')})
    EXPECT_EQ(CodeOf(text), static_cast<int>(ErrorCode::kNationalAnswerMalformed)) << text.substr(0, 60);
}

TEST(NationalMessages, ReadReceiptsReleasesAndLocks) {
  EXPECT_EQ(*ReadReceipt(R"({"receipt":"R-000001"})"), "R-000001");
  EXPECT_FALSE(ReadReceipt(R"({"receipt":""})").ok());
  EXPECT_FALSE(ReadReceipt(R"({"receipt":"a\nb"})").ok());
  EXPECT_TRUE(ReadReleased(std::string(R"({"state":"released","account":)") + kAccount + "}")->has_value());
  EXPECT_FALSE(ReadReleased(R"({"state":"released","account":null})")->has_value());
  EXPECT_FALSE(ReadReleased(R"({"state":"kept"})").ok());
  EXPECT_EQ(ReadLock(R"({"locked_for_ms":1800000})")->count(), 1800000);
  EXPECT_FALSE(ReadLock(R"({"locked_for_ms":-1})").ok());
  EXPECT_FALSE(ReadLock(R"({"locked_for_ms":86400001})").ok());
}

TEST(NationalMessages, KnowARefusalByItsType) {
  EXPECT_EQ(RefusalType("application/problem+json", R"({"type":"activation_refused","title":"x"})"),
            "activation_refused");
  EXPECT_EQ(RefusalType("application/json", R"({"type":"activation_refused"})"), "");
  EXPECT_EQ(RefusalType("application/problem+json", "no json"), "");
}

TEST(NationalMessages, EscapeWhatPeopleWrite) {
  NationalApplication application;
  application.applicant = "O'Neil \"花子\"";
  application.attachments = {{"a.pdf", "application/pdf", {'%'}}};
  const std::string text = SubmitText(application);
  EXPECT_NE(text.find(R"("applicant":"O'Neil \"花子\"")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("content":"JQ==")"), std::string::npos) << text;
}

}  // namespace
}  // namespace madoguchi::account
