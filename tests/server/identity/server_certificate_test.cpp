// SPDX-License-Identifier: Apache-2.0
#include "server/identity/server_certificate.h"

#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <future>

#include "contract/crypto/server_pair.h"
#include "contract/files.h"
#include "server/identity/x509.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::identity {
namespace {

constexpr const char* kPassphrase = "correct horse battery";
constexpr std::chrono::hours kSixtyDays{24 * 60};

class ServerCertificateTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        FacilityCa::Create(directory_, kPassphrase, {{"localhost", "madoguchi.example"}, {"127.0.0.1", "::1"}}).ok());
    ca_ = FacilityCa::Load(directory_, kPassphrase).value();
  }
  Result<bool> RenewAfter(std::chrono::hours time) {
    return RenewServerCertificate(*ca_, directory_, std::chrono::system_clock::now() + time);
  }
  bool IsPair() const { return crypto::IsKeyOf(*ReadSmallFile(files_.server_key), *ReadSmallFile(files_.server)); }

  TestFolder folder_;
  const std::string directory_ = folder_.File("identity");
  const IdentityFiles files_{directory_};
  std::unique_ptr<FacilityCa> ca_;
};

TEST_F(ServerCertificateTest, IsLeftAloneBeforeTwoThirdsOfItsLife) {
  const std::string before = *ReadSmallFile(files_.server);
  const auto renewed = RenewAfter(kSixtyDays - std::chrono::hours(2));
  ASSERT_TRUE(renewed.ok());
  EXPECT_FALSE(*renewed);
  EXPECT_EQ(*ReadSmallFile(files_.server), before);
}

TEST_F(ServerCertificateTest, IsRenewedWithANewKeyForTheSameNames) {
  const std::string key_before = *ReadSmallFile(files_.server_key);
  const auto renewed = RenewAfter(kSixtyDays);
  ASSERT_TRUE(renewed.ok());
  EXPECT_TRUE(*renewed);
  EXPECT_NE(*ReadSmallFile(files_.server_key), key_before);
  EXPECT_TRUE(IsPair());
  EXPECT_TRUE(ReadPrivateFile(files_.server_key).ok());
  EXPECT_FALSE(std::filesystem::exists(files_.server_next_key));
  const CertificateHandle leaf = CertificateFromPem(*ReadSmallFile(files_.server));
  EXPECT_TRUE(ca_->Signed(leaf.get()));
  for (const char* name : {"localhost", "madoguchi.example"})
    EXPECT_EQ(X509_check_host(leaf.get(), name, 0, 0, nullptr), 1);
  for (const char* ip : {"127.0.0.1", "::1"}) EXPECT_EQ(X509_check_ip_asc(leaf.get(), ip, 0), 1);
  EXPECT_NE(ReadSmallFile(files_.server)->find(ca_->root_pem()), std::string::npos);
}

TEST_F(ServerCertificateTest, IsPutRightWhenARenewalBrokeOffBeforeTheCertificate) {
  ASSERT_TRUE(WriteFileWhole(files_.server_next_key, ca_->IssueServer({{"localhost"}, {}})->key_pem, true).ok());
  ASSERT_TRUE(FinishServerRenewal(directory_).ok());
  EXPECT_FALSE(std::filesystem::exists(files_.server_next_key));
  EXPECT_TRUE(IsPair());
}

TEST_F(ServerCertificateTest, IsPutRightWhenARenewalBrokeOffAfterTheCertificate) {
  const auto renewed = ca_->IssueServer({{"localhost"}, {}});
  ASSERT_TRUE(WriteFileWhole(files_.server_next_key, renewed->key_pem, true).ok());
  ASSERT_TRUE(WriteFileWhole(files_.server, renewed->issued.certificate_pem, false).ok());
  EXPECT_FALSE(IsPair());
  ASSERT_TRUE(FinishServerRenewal(directory_).ok());
  EXPECT_TRUE(IsPair());
  EXPECT_EQ(*ReadSmallFile(files_.server_key), renewed->key_pem);
}

TEST_F(ServerCertificateTest, WhoseKeyIsGoneOrAnotherOneIsRenewedAtOnce) {
  ASSERT_TRUE(WriteFileWhole(files_.server_key, ca_->IssueServer({{"localhost"}, {}})->key_pem, true).ok());
  EXPECT_TRUE(*RenewAfter(std::chrono::hours(0)));
  EXPECT_TRUE(IsPair());
  std::filesystem::remove(files_.server_key);
  EXPECT_TRUE(*RenewAfter(std::chrono::hours(0)));
  EXPECT_TRUE(IsPair());
  EXPECT_FALSE(*RenewAfter(std::chrono::hours(0)));
}

TEST_F(ServerCertificateTest, KeepsANextKeyThatCannotBeReadNow) {
  const auto renewed = ca_->IssueServer({{"localhost"}, {}});
  ASSERT_TRUE(WriteFileWhole(files_.server_next_key, renewed->key_pem, true).ok());
  ASSERT_TRUE(WriteFileWhole(files_.server, renewed->issued.certificate_pem, false).ok());
  std::filesystem::permissions(files_.server_next_key, std::filesystem::perms(0644));
  EXPECT_FALSE(FinishServerRenewal(directory_).ok());
  EXPECT_FALSE(RenewAfter(kSixtyDays).ok());
  std::filesystem::permissions(files_.server_next_key, std::filesystem::perms(0600));
  ASSERT_TRUE(FinishServerRenewal(directory_).ok());
  EXPECT_TRUE(IsPair());
}

TEST_F(ServerCertificateTest, OfAPairThatIsWholeNeedsNothing) {
  EXPECT_TRUE(FinishServerRenewal(directory_).ok());
  EXPECT_FALSE(std::filesystem::exists(files_.renewal_lock));
}

TEST_F(ServerCertificateTest, StaysAPairWhenSeveralRenewAtOnce) {
  std::vector<std::future<bool>> all;
  for (int i = 0; i < 8; ++i) {
    all.push_back(std::async(std::launch::async, [this] { return RenewAfter(kSixtyDays).ok(); }));
  }
  for (auto& one : all) EXPECT_TRUE(one.get());
  EXPECT_TRUE(IsPair());
}

TEST_F(ServerCertificateTest, EndsInNinetyDays) {
  const auto left = *EndOf(files_.server) - std::chrono::system_clock::now();
  EXPECT_GT(left, std::chrono::hours(24 * 90 - 1));
  EXPECT_LE(left, std::chrono::hours(24 * 90));
  EXPECT_EQ(EndOf(files_.server_key).error().code, ErrorCode::kCertificateUnreadable);
}

}  // namespace
}  // namespace madoguchi::identity
