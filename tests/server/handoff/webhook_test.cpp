// SPDX-License-Identifier: Apache-2.0
// The webhook against a real TLS server that asks for our certificate.
#include "server/handoff/webhook.h"

#include <gtest/gtest.h>

#include "contract/crypto/digest.h"
#include "contract/crypto/random.h"
#include "server/handoff/answer_json.h"
#include "server/handoff/signature.h"
#include "tests/server/handoff/test_handing.h"
#include "tests/server/outbound/tls_server.h"

namespace madoguchi::handoff {
namespace {

using outbound::test::Answered;
using outbound::test::Authority;
using outbound::test::Reaction;
using outbound::test::Then;
using outbound::test::TlsServer;

constexpr char kKey[] = "0123456789abcdef0123456789abcdef";

class WebhookTest : public testing::Test {
 protected:
  WebhookTest() { row_.row_id = UuidText(crypto::NewUuid()); }
  Result<Delivery> Post(const std::string& url, std::chrono::seconds within = std::chrono::seconds(10)) {
    Result<SecretBytes> key = SecretBytes::Make(32);
    EXPECT_TRUE(key.ok() && key->Append(AsBytes(kKey)));
    Webhook webhook(url + "/madoguchi", authority_.files(), std::move(*key), {kJsonType, AnswerJson});
    return webhook.Post(row_, handing_, Deadline::In(within));
  }
  int CodeAt(int status) {
    TlsServer receiver(authority_.files(), [status](const outbound::test::Request&, std::size_t) {
      return Answered(status, "text/plain", "a name of a patient");
    });
    const Result<Delivery> posted = Post(receiver.url());
    EXPECT_TRUE(posted || posted.error().detail == "HTTP " + std::to_string(status));
    return posted ? 0 : static_cast<int>(posted.error().code);
  }
  Authority authority_;
  DueRow row_;
  const Handing handing_ = test::TestHanding();
};

std::string HeaderOf(const std::string& head, const std::string& name) {
  const std::size_t begin = head.find(name + ": ");
  if (begin == std::string::npos) return "";
  const std::size_t value = begin + name.size() + 2;
  return head.substr(value, head.find("\r\n", value) - value);
}

TEST_F(WebhookTest, PostsTheResultSignedAndUnderItsRowsId) {
  TlsServer receiver(authority_.files(),
                     [](const outbound::test::Request&, std::size_t) { return Answered(204, "", ""); });
  const Result<Delivery> posted = Post(receiver.url());
  ASSERT_TRUE(posted.ok());
  ASSERT_EQ(receiver.requests().size(), 1U);
  const outbound::test::Request request = receiver.requests()[0];
  EXPECT_EQ(request.body, AnswerJson(handing_));
  EXPECT_EQ(posted->sha256, ToHex(crypto::Sha256(AsBytes(request.body))));
  EXPECT_EQ(HeaderOf(request.head, "Content-Type"), "application/json");
  EXPECT_EQ(HeaderOf(request.head, "Idempotency-Key"), row_.row_id);
  const std::string signature = HeaderOf(request.head, kSignatureHeader);
  const std::int64_t seconds = std::stoll(signature.substr(2));
  EXPECT_NEAR(static_cast<double>(seconds), static_cast<double>(std::time(nullptr)), 60);
  EXPECT_EQ(signature, SignatureOf(AsBytes(kKey), seconds, request.body));
}

TEST_F(WebhookTest, TellsARefusalFromAReceiverThatMayTakeItLater) {
  for (const int status : {200, 201, 202, 299}) EXPECT_EQ(CodeAt(status), 0) << status;
  for (const int status : {408, 425, 429, 500, 503}) EXPECT_EQ(CodeAt(status), 2007) << status;
  for (const int status : {301, 400, 401, 403, 404, 409, 410, 422}) EXPECT_EQ(CodeAt(status), 2008) << status;
}

TEST_F(WebhookTest, TriesLaterWhatNobodyAnswered) {
  EXPECT_EQ(Post(outbound::test::ClosedUrl()).error().code, ErrorCode::kHandoffReceiverUnreachable);
  TlsServer silent(authority_.files(), [](const outbound::test::Request&, std::size_t) {
    return Reaction{"", Then::kStaySilent};
  });
  EXPECT_EQ(Post(silent.url(), std::chrono::seconds(1)).error().code, ErrorCode::kHandoffReceiverUnreachable);
  Authority other("Other Root");
  TlsServer stranger(other.files(), [](const outbound::test::Request&, std::size_t) { return Answered(200, "", ""); });
  EXPECT_EQ(Post(stranger.url()).error().code, ErrorCode::kHandoffReceiverUnreachable);
  EXPECT_TRUE(stranger.requests().empty());
}

}  // namespace
}  // namespace madoguchi::handoff
