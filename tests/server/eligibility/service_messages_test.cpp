// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/service_messages.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace madoguchi::eligibility {
namespace {

const Caller kCaller{
    .institution_code = "1311234567", .account_id = "W0000001", .desk_id = "0b0b0b0b-0000-4000-8000-000000000001"};
constexpr char kThirtyTwoZeros[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

TEST(ServiceMessages, AskForAChallengeInTheAgreedShape) {
  const nlohmann::json expected = {{"institution_code", "1311234567"},
                                   {"device_account", "W0000001"},
                                   {"desk", "0b0b0b0b-0000-4000-8000-000000000001"}};
  EXPECT_EQ(nlohmann::json::parse(ChallengeRequest(kCaller)), expected);
}

TEST(ServiceMessages, AskForACheckInTheAgreedShape) {
  const Question question{.caller = kCaller,
                          .press_id = Bytes(16, 0xAB),
                          .method = "pin",
                          .challenge_id = "0c0c0c0c-0000-4000-8000-000000000001",
                          .certificate = {0x30, 0x00},
                          .signature = {0xFF, 0xFE, 0xFD}};
  const nlohmann::json expected = {{"institution_code", "1311234567"},
                                   {"device_account", "W0000001"},
                                   {"desk", "0b0b0b0b-0000-4000-8000-000000000001"},
                                   {"press", "abababab-abab-abab-abab-abababababab"},
                                   {"method", "pin"},
                                   {"challenge_id", "0c0c0c0c-0000-4000-8000-000000000001"},
                                   {"certificate", "MAA="},
                                   {"signature", "//79"}};
  EXPECT_EQ(nlohmann::json::parse(CheckRequest(question)), expected);
  EXPECT_EQ(CheckRequest(question), CheckRequest(question));
}

TEST(ServiceMessages, ReadAChallenge) {
  const auto challenge =
      ReadChallenge(std::string("{\"challenge_id\":\"0c0c0c0c-0000-4000-8000-000000000001\",\"challenge\":\"") +
                    kThirtyTwoZeros + "\",\"expires_in_ms\":120000}");
  ASSERT_TRUE(challenge.ok());
  EXPECT_EQ(challenge->id, "0c0c0c0c-0000-4000-8000-000000000001");
  EXPECT_EQ(challenge->bytes, Bytes(32, 0));
}

TEST(ServiceMessages, RefuseAChallengeOfAnotherShape) {
  const std::string id = "\"challenge_id\":\"0c0c0c0c-0000-4000-8000-000000000001\"";
  const std::string bytes = std::string("\"challenge\":\"") + kThirtyTwoZeros + "\"";
  for (const std::string& body :
       {std::string(), std::string("[]"), std::string("\"x\""), std::string("{"), "{" + id + "}", "{" + bytes + "}",
        "{" + id + ",\"challenge\":\"AAAA\"}", "{" + id + ",\"challenge\":7}", "{" + id + ",\"challenge\":\"????\"}",
        "{\"challenge_id\":\"x\"," + bytes + "}", "{" + id + "," + bytes + "," + std::string(kJsonBytesMax, ' ') + "}",
        std::string(10'000, '[')}) {
    const auto challenge = ReadChallenge(body);
    ASSERT_FALSE(challenge.ok()) << body.substr(0, 60);
    EXPECT_EQ(challenge.error().code, ErrorCode::kNationalAnswerMalformed);
  }
}

struct Row {
  int status;
  const char* type;
  ErrorCode code;
};

// docs/national-service-seam.md, Refusals.
const Row kRows[] = {
    {400, "request_invalid", ErrorCode::kNationalRequestRefused},
    {403, "account_not_usable", ErrorCode::kNationalRefusedAccount},
    {403, "account_not_activated_for_desk", ErrorCode::kNationalRefusedAccount},
    {409, "idempotency_conflict", ErrorCode::kNationalKeyConflict},
    {422, "challenge_invalid", ErrorCode::kNationalRefusedChallenge},
    {422, "certificate_untrusted", ErrorCode::kCertificateUntrusted},
    {422, "certificate_expired", ErrorCode::kCertificateExpired},
    {422, "certificate_revoked", ErrorCode::kCertificateRevoked},
    {422, "signature_invalid", ErrorCode::kNationalRefusedSignature},
    {422, "not_registered_for_insurance", ErrorCode::kNotRegisteredForInsurance},
};

std::string Problem(const std::string& type) {
  return "{\"type\":\"" + type + "\",\"title\":\"x\"}";
}

TEST(ServiceMessages, GiveEachRefusalItsCode) {
  for (const Row& row : kRows) {
    EXPECT_EQ(ReadRefusal(row.status, "application/problem+json", Problem(row.type)).code, row.code) << row.type;
  }
}

TEST(ServiceMessages, TakeAnUnknownRefusalForNoneOfTheOthers) {
  const std::string known = Problem("certificate_revoked");
  EXPECT_EQ(ReadRefusal(422, "text/html", known).code, ErrorCode::kNationalRequestRefused);
  EXPECT_EQ(ReadRefusal(404, "application/problem+json", known).code, ErrorCode::kNationalRequestRefused);
  EXPECT_EQ(ReadRefusal(422, "application/problem+json", Problem("new_word")).code, ErrorCode::kNationalRequestRefused);
  EXPECT_EQ(ReadRefusal(422, "application/problem+json", "{").code, ErrorCode::kNationalRequestRefused);
  EXPECT_EQ(ReadRefusal(422, "application/problem+json", "{\"type\":1}").code, ErrorCode::kNationalRequestRefused);
  EXPECT_EQ(ReadRefusal(422, "application/problem+json", Problem("new_word")).detail.find("new_word"),
            std::string::npos);
}

}  // namespace
}  // namespace madoguchi::eligibility
