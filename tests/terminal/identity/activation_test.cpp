// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/activation.h"

#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "contract/files.h"
#include "terminal/identity/desk_key.h"
#include "terminal/identity/renewal.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/terminal/identity/activated_desk.h"

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
  EXPECT_EQ(server_.enrolment.finished.size(), 2U) << "what was refused is not asked again";
}

// The program was ended, or the network was gone, between the server's certificate and this desk's disk.
TEST_F(ActivationTest, StartedAgainItTakesUpTheOneWhoseAnswerNeverCame) {
  server_.enrolment.expires_in_ms = 100;
  server_.enrolment.lost_finishes = 1000;
  EXPECT_EQ(Activate(ByToken(), refusal_).error().code, ErrorCode::kServerUnreachable);
  EXPECT_FALSE(Has("desk.pem"));
  server_.enrolment.lost_finishes = 0;
  ASSERT_TRUE(Activate(ByToken(), refusal_).ok());
  EXPECT_EQ(server_.enrolment.begun.size(), 1U) << "the link is used up by now";
  EXPECT_EQ(server_.enrolment.finished.front().SerializeAsString(),
            server_.enrolment.finished.back().SerializeAsString());
  EXPECT_TRUE(FindIdentity(directory_).ok());
  EXPECT_FALSE(Has("activation"));
}

TEST_F(ActivationTest, StartedAgainItBeginsAnewWithAnotherLinkOrWhenTheServerKnowsNoMore) {
  server_.enrolment.expires_in_ms = 100;
  server_.enrolment.lost_finishes = 1000;
  EXPECT_FALSE(Activate(ByToken(), refusal_).ok());
  ActivationOrder other = ByToken();
  other.proof = Secret(std::string(kTokenCharacters, 'b'));
  EXPECT_FALSE(Activate(other, refusal_).ok());
  EXPECT_EQ(server_.enrolment.begun.size(), 2U);
  server_.enrolment.lost_finishes = 0;
  server_.enrolment.finish = Refuse(ErrorCode::kActivationExpired);
  EXPECT_FALSE(Activate(other, refusal_).ok());
  EXPECT_EQ(server_.enrolment.begun.size(), 3U);
}

TEST_F(ActivationTest, StartedAgainItKnowsASheetByItsCodeHoweverThatIsTyped) {
  server_.enrolment.expires_in_ms = 100;
  server_.enrolment.lost_finishes = 1000;
  EXPECT_FALSE(Activate(BySheet(), refusal_).ok());
  server_.enrolment.lost_finishes = 0;
  ActivationOrder issued_anew = BySheet();
  std::get<SheetFields>(issued_anew.proof).activation_code = Secret("1234-5678-9013");
  server_.enrolment.begin = Refuse(ErrorCode::kActivationRefused);
  EXPECT_EQ(Activate(issued_anew, refusal_).error().code, ErrorCode::kActivationRefused);
  ActivationOrder same = BySheet();
  std::get<SheetFields>(same.proof).activation_code = Secret("123456789012");
  EXPECT_TRUE(Activate(same, refusal_).ok());
}

TEST_F(ActivationTest, LetsNoRenewalOfThisDeskInBetween) {
  int locked = -1;
  server_.enrolment.during_finish = [&] { locked = IsHeld(Path("certificate.lock")); };
  ASSERT_TRUE(Activate(ByToken(), refusal_).ok());
  EXPECT_EQ(locked, 1);
}

class AdditionTest : public ActivationTest {
 protected:
  void SetUp() override {
    ActivationTest::SetUp();
    ASSERT_TRUE(Activate(ByToken(), refusal_).ok());
    before_ = Files();
  }
  ActivationOrder Addition() {
    ActivationOrder order = ByToken();
    order.proof = Secret(std::string(kTokenCharacters, 'c'));
    order.adds_account = true;
    return order;
  }
  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory_))
      files[entry.path().filename()] = ReadSmallFile(entry.path()).value();
    return files;
  }
  std::map<std::string, std::string> before_;
};

TEST_F(AdditionTest, ReplacesTheCertificateAndNothingElse) {
  const Result<Connection> added = Activate(Addition(), refusal_);
  ASSERT_TRUE(added.ok()) << added.error().detail;
  std::map<std::string, std::string> after = Files();
  EXPECT_NE(after["desk.pem"], before_["desk.pem"]);
  EXPECT_TRUE(CertificateIsForKey(after["desk.pem"], ReadKey(Path("desk.key")).value()).value());
  after["desk.pem"] = before_["desk.pem"];
  EXPECT_TRUE(after == before_);
}

TEST_F(AdditionTest, OfAnotherDeskSpendsAndChangesNothing) {
  server_.enrolment.begun_desk = "99999999-2222-4333-8444-555555555555";
  EXPECT_EQ(Activate(Addition(), refusal_).error().code, ErrorCode::kActivationForAnotherDesk);
  EXPECT_EQ(server_.enrolment.finished.size(), 1U) << "of the first activation";
  server_.enrolment.begun_desk = server_.enrolment.finished_desk;
  server_.enrolment.finished_desk = "99999999-2222-4333-8444-555555555555";
  EXPECT_EQ(Activate(Addition(), refusal_).error().code, ErrorCode::kServerMessageInvalid);
  std::map<std::string, std::string> after = Files();
  after.erase("activation");
  EXPECT_TRUE(after == before_);
}

TEST_F(AdditionTest, IsTakenUpWhenItsAnswerNeverCameAndTheOldCertificateIsUsedUntilThen) {
  server_.enrolment.expires_in_ms = 100;
  server_.enrolment.lost_finishes = 1000;
  EXPECT_EQ(Activate(Addition(), refusal_).error().code, ErrorCode::kServerUnreachable);
  EXPECT_EQ(ReadSmallFile(FindIdentity(directory_)->certificate).value(), before_["desk.pem"]);
  server_.enrolment.lost_finishes = 0;
  ASSERT_TRUE(Activate(Addition(), refusal_).ok());
  EXPECT_EQ(server_.enrolment.begun.size(), 2U);
  EXPECT_NE(ReadSmallFile(FindIdentity(directory_)->certificate).value(), before_["desk.pem"]);
}

TEST_F(AdditionTest, TakesARenewedPairOverThatWasNotUsedYet) {
  ASSERT_TRUE(Renew(server_.desk_address(), directory_, refusal_).ok());
  const std::string renewed_key = ReadSmallFile(Path("desk.next.key")).value();
  ASSERT_TRUE(Activate(Addition(), refusal_).ok());
  const Result<IdentityFiles> files = FindIdentity(directory_);
  EXPECT_FALSE(files->renewed) << "its certificate was ended by the server";
  EXPECT_TRUE(ReadSmallFile(files->key).value() == renewed_key);
  EXPECT_TRUE(CertificateIsForKey(ReadSmallFile(files->certificate).value(), ReadKey(files->key).value()).value());
}

TEST_F(AdditionTest, NeedsTheRootAndTheIdentityThatAreThere) {
  const TestFacility other;
  ASSERT_TRUE(WriteFileWhole(folder_.File("root.pem"), other.root_pem(), false).ok());
  EXPECT_EQ(Activate(Addition(), refusal_).error().code, ErrorCode::kServerNotTrusted);
  EXPECT_EQ(server_.enrolment.begun.size(), 1U);
  ASSERT_TRUE(DestroyIdentity(directory_).ok());
  EXPECT_EQ(Activate(Addition(), refusal_).error().code, ErrorCode::kDeskIdentityMissing);
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
