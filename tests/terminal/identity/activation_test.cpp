// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/activation.h"

#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/files.h"
#include "terminal/identity/desk_key.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/terminal/identity/clinic_server.h"

namespace madoguchi::identity {
namespace {

SecretBytes Secret(std::string_view text) {
  SecretBytes secret = SecretBytes::Make(128).value();
  EXPECT_TRUE(secret.Append(AsBytes(text)));
  return secret;
}

class ActivationTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(WriteFileWhole(folder_.File("root.pem"), facility_.root_pem(), false).ok()); }
  ActivationOrder ByToken() {
    return {PinnedRoot::FromFile(server_.enrolment_address(), folder_.File("root.pem")).value(), directory_,
            Secret(std::string(kTokenCharacters, 'a')), ""};
  }
  ActivationOrder BySheet() {
    ActivationOrder order = ByToken();
    order.proof = SheetFields{"0110000001", "W0000001", Secret("password"), Secret("1234-5678-9012")};
    order.desk_name = "1番窓口";
    return order;
  }
  std::string Path(const std::string& name) const { return directory_ + "/" + name; }
  bool Has(const std::string& name) const { return access(Path(name).c_str(), F_OK) == 0; }
  bool IsByKeyOf(const v1::FinishActivationRequest& finish, const v1::BeginActivationRequest& begin,
                 const std::string& activation_id) const {
    std::string message = std::string("madoguchi.activation.v1") + '\0' + activation_id + server_.enrolment.challenge;
    const ByteView der = AsBytes(begin.certificate_request());
    const unsigned char* at = der.data();
    const RequestHandle request(d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size())));
    const DigestHandle digest(EVP_MD_CTX_new());
    EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, X509_REQ_get0_pubkey(request.get()));
    const ByteView signature = AsBytes(finish.signature());
    return EVP_DigestVerify(digest.get(), signature.data(), signature.size(), AsBytes(message).data(),
                            message.size()) == 1;
  }
  const TestFacility facility_;
  TestFolder folder_;
  const std::string directory_ = folder_.File("desk");
  ClinicServer server_{facility_};
  CallRefusal refusal_;
};

TEST_F(ActivationTest, LeavesAWholeIdentityWhoseKeyNeverLeft) {
  const Result<Connection> done = Activate(ByToken(), refusal_);
  ASSERT_TRUE(done.ok()) << done.error().detail;
  EXPECT_EQ(done->desk_name, "1番窓口");
  EXPECT_TRUE(FindIdentity(directory_).ok());
  EXPECT_EQ(ReadConnection(directory_)->server, "desk.example:8443");
  EXPECT_EQ(ReadConnection(directory_)->enrolment_server, server_.enrolment_address());
  EXPECT_EQ(ReadSmallFile(Path("facility-ca.pem")).value(), facility_.root_pem());
  struct stat status {};
  ASSERT_EQ(stat(Path("desk.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_TRUE(CertificateIsForKey(ReadSmallFile(Path("desk.pem")).value(), ReadKey(Path("desk.key")).value()).value());
  ASSERT_EQ(server_.enrolment.begun.size(), 1U);
  EXPECT_EQ(server_.enrolment.begun[0].token().size(), kTokenCharacters);
  EXPECT_TRUE(IsByKeyOf(server_.enrolment.finished[0], server_.enrolment.begun[0], "ceremony-1"));
}

TEST_F(ActivationTest, SendsTheFourFieldsOfASheet) {
  ASSERT_TRUE(Activate(BySheet(), refusal_).ok());
  const v1::IssuedSecrets& sheet = server_.enrolment.begun[0].sheet();
  EXPECT_EQ(sheet.institution_code(), "0110000001");
  EXPECT_EQ(sheet.account_id(), "W0000001");
  EXPECT_TRUE(sheet.password() == "password");
  EXPECT_TRUE(sheet.activation_code() == "1234-5678-9012");
  EXPECT_EQ(server_.enrolment.begun[0].desk_name(), "1番窓口");
}

TEST_F(ActivationTest, AsksAgainWithTheSameWordsWhenTheAnswerWasLost) {
  server_.enrolment.lost_finishes = 2;
  ASSERT_TRUE(Activate(ByToken(), refusal_).ok());
  ASSERT_EQ(server_.enrolment.finished.size(), 3U);
  EXPECT_EQ(server_.enrolment.begun.size(), 1U);
  EXPECT_EQ(server_.enrolment.finished[0].SerializeAsString(), server_.enrolment.finished[2].SerializeAsString());
}

TEST_F(ActivationTest, LeavesNoIdentityWhenItIsRefusedAndUsesTheSameKeyNextTime) {
  server_.enrolment.begin = Refuse(ErrorCode::kLogInLocked, 1'800'000);
  EXPECT_EQ(Activate(BySheet(), refusal_).error().code, ErrorCode::kLogInLocked);
  EXPECT_EQ(refusal_.retry_after, std::chrono::minutes(30));
  server_.enrolment.begin = grpc::Status::OK;
  server_.enrolment.finish = Refuse(ErrorCode::kNationalAccountRefused);
  EXPECT_EQ(Activate(BySheet(), refusal_).error().code, ErrorCode::kNationalAccountRefused);
  EXPECT_EQ(server_.enrolment.finished.size(), 1U) << "a refusal is no lost answer";
  EXPECT_EQ(FindIdentity(directory_).error().code, ErrorCode::kDeskIdentityMissing);
  EXPECT_FALSE(Has("desk.pem") || Has("connection") || Has("facility-ca.pem"));
  const std::string key = ReadSmallFile(Path("desk.key")).value();
  server_.enrolment.finish = grpc::Status::OK;
  ASSERT_TRUE(Activate(BySheet(), refusal_).ok());
  EXPECT_TRUE(ReadSmallFile(Path("desk.key")).value() == key);
}

TEST_F(ActivationTest, DoesNotTakeACertificateForAnotherKey) {
  server_.enrolment.for_another_key = true;
  EXPECT_EQ(Activate(ByToken(), refusal_).error().code, ErrorCode::kServerMessageInvalid);
  EXPECT_FALSE(Has("desk.pem"));
}

TEST_F(ActivationTest, OverwritesNoIdentityAndAsksNobody) {
  ASSERT_TRUE(Activate(ByToken(), refusal_).ok());
  const std::string before = ReadSmallFile(Path("desk.pem")).value();
  EXPECT_EQ(Activate(ByToken(), refusal_).error().code, ErrorCode::kIdentityExists);
  EXPECT_EQ(ReadSmallFile(Path("desk.pem")).value(), before);
  EXPECT_EQ(server_.enrolment.begun.size(), 1U);
}

TEST_F(ActivationTest, SendsNoFieldToAServerOfAnotherFacility) {
  const TestFacility other;
  RecordingServer impostor(other.Server(), {other.root()});
  ActivationOrder order = BySheet();
  order.root = PinnedRoot::FromFile(impostor.address(), folder_.File("root.pem")).value();
  EXPECT_EQ(Activate(order, refusal_).error().code, ErrorCode::kServerNotTrusted);
  impostor.AwaitEnded(1);
  EXPECT_EQ(impostor.application_bytes(), 0U);
}

}  // namespace
}  // namespace madoguchi::identity
