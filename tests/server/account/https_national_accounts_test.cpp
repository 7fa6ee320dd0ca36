// SPDX-License-Identifier: Apache-2.0
#include "server/account/https_national_accounts.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/server/outbound/tls_server.h"

namespace madoguchi::account {
namespace {

using outbound::test::Answered;
using outbound::test::Authority;
using outbound::test::Reaction;
using outbound::test::Request;
using outbound::test::Then;
using outbound::test::TlsServer;

const NationalBinding kBinding{"1311234567", "W0000001", "6f9c0a52-0000-4000-8000-000000000001",
                               "0b0c4c1e-6f0f-4d3a-9a3e-1f0a4b1c2d3e"};

class HttpsNationalAccountsTest : public testing::Test {
 protected:
  static Deadline Soon() { return Deadline::In(std::chrono::seconds(10)); }
  int Activate(const std::string& url) {
    HttpsNationalAccounts national(url, authority_.files());
    const auto done = national.Activate(kBinding, AsBytes("Abcd2345"), AsBytes("123456789012"), Soon());
    return done.ok() ? 0 : static_cast<int>(done.error().code);
  }
  int ActivateAnswered(int status, const std::string& type, const std::string& body) {
    const TlsServer server(authority_.files(),
                           [&](const Request&, std::size_t) { return Answered(status, type, body); });
    return Activate(server.url());
  }
  int ActivateRefused(const std::string& type) {
    return ActivateAnswered(403, "application/problem+json", R"({"type":")" + type + R"(","title":"x"})");
  }
  const Authority authority_;
};

TEST_F(HttpsNationalAccountsTest, BindsAnAccountUnderItsKey) {
  const TlsServer server(authority_.files(), [](const Request&, std::size_t) {
    return Answered(200, "application/json", R"({"state":"activated"})");
  });
  EXPECT_EQ(Activate(server.url()), 0);
  const Request request = server.requests().at(0);
  EXPECT_EQ(request.path, "/v1/accounts/activate");
  EXPECT_NE(request.head.find("Idempotency-Key: " + kBinding.key), std::string::npos);
  EXPECT_NE(request.body.find(R"("activation_code":"123456789012")"), std::string::npos);
}

TEST_F(HttpsNationalAccountsTest, RepeatsTheIdenticalRequestWhenItsAnswerWasLost) {
  const TlsServer server(authority_.files(), [](const Request&, std::size_t ordinal) {
    return ordinal == 1 ? Reaction{"", Then::kClose} : Answered(200, "application/json", R"({"state":"activated"})");
  });
  EXPECT_EQ(Activate(server.url()), 0);
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.requests()[0].body, server.requests()[1].body);
}

TEST_F(HttpsNationalAccountsTest, TellsAQuestionThatStayedOpenFromOneThatWasNeverAsked) {
  const TlsServer silent(authority_.files(), [](const Request&, std::size_t) { return Reaction{"", Then::kClose}; });
  EXPECT_EQ(Activate(silent.url()), static_cast<int>(ErrorCode::kNationalOutcomeUnknown));
  EXPECT_EQ(ActivateAnswered(503, "text/plain", "x"), static_cast<int>(ErrorCode::kNationalOutcomeUnknown));
  EXPECT_EQ(ActivateAnswered(429, "text/plain", "x"), static_cast<int>(ErrorCode::kNationalUnavailable));
  EXPECT_EQ(Activate(outbound::test::ClosedUrl()), static_cast<int>(ErrorCode::kNationalUnreachable));
}

TEST_F(HttpsNationalAccountsTest, GivesEachRefusalItsCode) {
  for (const char* type : {"activation_refused", "account_locked", "account_bound_elsewhere", "account_not_usable"})
    EXPECT_EQ(ActivateRefused(type), static_cast<int>(ErrorCode::kNationalAccountRefused)) << type;
  EXPECT_EQ(ActivateRefused("idempotency_conflict"), static_cast<int>(ErrorCode::kNationalKeyConflict));
  EXPECT_EQ(ActivateRefused("request_invalid"), static_cast<int>(ErrorCode::kNationalRequestRefused));
  EXPECT_EQ(ActivateAnswered(200, "text/html", "<p>"), static_cast<int>(ErrorCode::kNationalAnswerMalformed));
}

TEST_F(HttpsNationalAccountsTest, AnotherAuthorityIsNotTold) {
  const Authority other("Other Root");
  const TlsServer server(other.files(),
                         [](const Request&, std::size_t) { return Answered(200, "application/json", "{}"); });
  EXPECT_EQ(Activate(server.url()), static_cast<int>(ErrorCode::kNationalTlsRefused));
}

TEST_F(HttpsNationalAccountsTest, TellsOfEveryCallWhenItBeginsAndWhenItHasEnded) {
  const TlsServer server(authority_.files(), [](const Request& request, std::size_t) {
    if (request.path == "/v1/accounts/activate") return Reaction{.bytes = {}, .then = Then::kClose};
    return Answered(404, "application/problem+json", R"({"type":"application_unknown","title":"x"})");
  });
  std::vector<NationalCall> told;
  HttpsNationalAccounts national(server.url(), authority_.files(),
                                 [&](const NationalCall& call) { told.push_back(call); });
  EXPECT_FALSE(national.Activate(kBinding, AsBytes("Abcd2345"), AsBytes("123456789012"), Soon()).ok());
  EXPECT_FALSE(national.Poll("1311234567", "R-000001", Soon()).ok());
  ASSERT_EQ(told.size(), 4u);
  EXPECT_FALSE(told[0].ended);
  EXPECT_TRUE(told[1].ended);
  EXPECT_EQ(told[0].call_id, told[1].call_id);
  EXPECT_EQ(told[1].kind, "account");
  EXPECT_EQ(told[1].key, kBinding.key);
  EXPECT_EQ(told[1].account_id + " " + told[1].desk_id, kBinding.account_id + " " + kBinding.desk_id);
  EXPECT_EQ(told[1].outcome, "unknown");
  EXPECT_EQ(told[1].code, static_cast<int>(ErrorCode::kNationalOutcomeUnknown));
  EXPECT_EQ(told[1].attempts, kNationalAttemptsMax);
  EXPECT_EQ(told[3].kind, "application");
  EXPECT_EQ(told[3].outcome, "refused");
  EXPECT_EQ(told[3].status, 404);
  EXPECT_EQ(told[3].institution_code, "1311234567");
}

TEST_F(HttpsNationalAccountsTest, AnAnswerNobodyCanReadIsNotRecordedAsAnswered) {
  const TlsServer server(authority_.files(),
                         [](const Request&, std::size_t) { return Answered(200, "application/json", "{}"); });
  std::vector<NationalCall> told;
  HttpsNationalAccounts national(server.url(), authority_.files(),
                                 [&](const NationalCall& call) { told.push_back(call); });
  EXPECT_EQ(national.Release(kBinding, Soon()).error().code, ErrorCode::kNationalAnswerMalformed);
  EXPECT_EQ(national.Poll("1311234567", "R-000001", Soon()).error().code, ErrorCode::kNationalAnswerMalformed);
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(told[1].outcome, "unknown");
  EXPECT_EQ(told[1].code, static_cast<int>(ErrorCode::kNationalAnswerMalformed));
  EXPECT_EQ(told[3].outcome, "failed") << "it changes nothing";
}

TEST_F(HttpsNationalAccountsTest, AQuestionThatChangesNothingIsNeverUnknown) {
  const TlsServer server(authority_.files(),
                         [](const Request&, std::size_t) { return Answered(503, "text/plain", "x"); });
  std::vector<NationalCall> told;
  HttpsNationalAccounts national(server.url(), authority_.files(),
                                 [&](const NationalCall& call) { told.push_back(call); });
  EXPECT_EQ(national.Poll("1311234567", "R-000001", Soon()).error().code, ErrorCode::kNationalUnavailable);
  EXPECT_EQ(national.LockedFor("1311234567", "W0000001", Soon()).error().code, ErrorCode::kNationalUnavailable);
  EXPECT_EQ(national.Withdraw("1311234567", "R-000001", Soon()).error().code, ErrorCode::kNationalOutcomeUnknown);
  ASSERT_EQ(told.size(), 6u);
  EXPECT_EQ(told[1].outcome, "failed");
  EXPECT_EQ(told[3].outcome, "failed");
  EXPECT_EQ(told[5].outcome, "unknown");
}

}  // namespace
}  // namespace madoguchi::account
