// SPDX-License-Identifier: Apache-2.0
#include "server/identity/enrolment_service.h"

#include <gmock/gmock.h>

#include "contract/crypto/digest.h"
#include "madoguchi/v1/check.pb.h"
#include "server/audit/event.h"
#include "server/identity/x509.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/identity/test_request.h"

namespace madoguchi::identity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kDeskId = "11111111-2222-4333-8444-555555555555";

// One token, good once.
class OneToken final : public TokenBook {
 public:
  explicit OneToken(const Bytes& token) : digest_(crypto::Sha256(token)) {}
  Result<Enrolled> Redeem(ByteView token_sha256, Deadline) override {
    const bool right = !used && std::equal(token_sha256.begin(), token_sha256.end(), digest_.begin(), digest_.end());
    if (!right) return Error{ErrorCode::kEnrolmentTokenInvalid, "test", {}};
    used = true;
    return Enrolled{kDeskId, "窓口1"};
  }
  bool used = false;

 private:
  const crypto::Sha256Digest digest_;
};

class EventTrail final : public audit::Trail {
 public:
  Result<audit::IntentReceipt> RecordIntent(const audit::CheckIntent&, Deadline) override { return Down(); }
  Result<void> RecordOutcome(const audit::CheckOutcome&, Deadline) override { return Down(); }
  Result<void> RecordEvent(const audit::Event& event, Deadline) override {
    if (down) return Down();
    actions.push_back(event.action);
    details += event.detail + "\n";
    return {};
  }
  bool down = false;
  std::vector<std::string> actions;
  std::string details;

 private:
  static Error Down() { return {ErrorCode::kTrailUnavailable, "test", {}}; }
};

class EnrolmentServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(FacilityCa::Create(folder_.File("identity"), "correct horse battery", {{"localhost"}, {}}).ok());
    ca_ = FacilityCa::Load(folder_.File("identity"), "correct horse battery").value();
    service_ = std::make_unique<EnrolmentService>(*ca_, tokens_, trail_);
  }
  grpc::Status Enrol(const std::string& token, const Bytes& der) {
    v1::EnrolRequest request;
    request.set_token(token);
    request.set_certificate_request(std::string(AsText(der)));
    return service_->Enrol(nullptr, &request, &response_);
  }
  static ErrorCode CodeOf(const grpc::Status& status) {
    v1::Refusal refusal;
    refusal.ParseFromString(status.error_details());
    return FindErrorCode(refusal.code()).value_or(ErrorCode::kInternalError);
  }

  TestFolder folder_;
  const Bytes token_ = Bytes(32, 0xA5);
  const std::string token_hex_ = ToHex(token_);
  const Bytes request_ = MakeRequest().der;
  OneToken tokens_{token_};
  EventTrail trail_;
  std::unique_ptr<FacilityCa> ca_;
  std::unique_ptr<EnrolmentService> service_;
  v1::EnrolResponse response_;
};

TEST_F(EnrolmentServiceTest, GivesACertificateForATokenAndRecordsIt) {
  ASSERT_TRUE(Enrol(token_hex_, request_).ok());
  EXPECT_EQ(response_.desk_id(), kDeskId);
  EXPECT_EQ(response_.desk_name(), "窓口1");
  EXPECT_TRUE(CertificateFromPem(response_.certificate_pem()));
  EXPECT_THAT(trail_.actions, ElementsAre(audit::action::kIdentityEnrolled));
}

TEST_F(EnrolmentServiceTest, TakesATokenOnce) {
  ASSERT_TRUE(Enrol(token_hex_, request_).ok());
  const grpc::Status again = Enrol(token_hex_, request_);
  EXPECT_EQ(again.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(CodeOf(again), ErrorCode::kEnrolmentTokenInvalid);
  EXPECT_TRUE(response_.certificate_pem().empty());
}

TEST_F(EnrolmentServiceTest, RefusesATokenOfAnotherShape) {
  for (const std::string& token : {std::string(), token_hex_ + "00", std::string(64, 'g'), token_hex_.substr(2)}) {
    EXPECT_EQ(CodeOf(Enrol(token, request_)), ErrorCode::kEnrolmentTokenInvalid);
  }
  EXPECT_FALSE(tokens_.used);
}

TEST_F(EnrolmentServiceTest, KeepsTheTokenWhenTheRequestIsBad) {
  const grpc::Status refused = Enrol(token_hex_, RequestSignedByAnotherKey());
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf(refused), ErrorCode::kCertificateRequestInvalid);
  EXPECT_FALSE(tokens_.used);
  EXPECT_THAT(trail_.actions, ElementsAre(audit::action::kIdentityTokenRefused));
}

TEST_F(EnrolmentServiceTest, GivesNothingThatIsNotInTheTrail) {
  trail_.down = true;
  const grpc::Status refused = Enrol(token_hex_, request_);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(response_.certificate_pem().empty());
}

TEST_F(EnrolmentServiceTest, RepeatsTheTokenNowhere) {
  testing::internal::CaptureStderr();
  static_cast<void>(Enrol(token_hex_, request_));
  const grpc::Status refused = Enrol(token_hex_, request_);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), Not(HasSubstr(token_hex_)));
  EXPECT_THAT(trail_.details + refused.error_message(), Not(HasSubstr(token_hex_)));
}

}  // namespace
}  // namespace madoguchi::identity
