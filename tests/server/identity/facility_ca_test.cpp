// SPDX-License-Identifier: Apache-2.0
#include "server/identity/facility_ca.h"

#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>

#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
#include "contract/files.h"
#include "server/identity/x509.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/identity/test_request.h"

namespace madoguchi::identity {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kDeskId = "11111111-2222-4333-8444-555555555555";
constexpr const char* kPassphrase = "correct horse battery";

FacilityCa::ServerNames Names() {
  return {{"localhost"}, {"127.0.0.1", "::1"}};
}

class FacilityCaTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(FacilityCa::Create(directory_, kPassphrase, Names()).ok()); }
  std::unique_ptr<FacilityCa> Load() {
    auto ca = FacilityCa::Load(directory_, kPassphrase);
    return ca ? std::move(*ca) : nullptr;
  }
  TestFolder folder_;
  const std::string directory_ = folder_.File("identity");
  const IdentityFiles files_{directory_};
};

std::string Extension(X509* certificate, int nid) {
  const int position = X509_get_ext_by_NID(certificate, nid, -1);
  if (position < 0) return "(none)";
  const BioHandle memory(BIO_new(BIO_s_mem()));
  X509_EXTENSION* const extension = X509_get_ext(certificate, position);
  X509V3_EXT_print(memory.get(), extension, 0, 0);
  char* data = nullptr;
  const long length = BIO_get_mem_data(memory.get(), &data);
  return (X509_EXTENSION_get_critical(extension) != 0 ? "critical " : "") +
         std::string(data, static_cast<std::size_t>(length));
}

bool Verifies(X509* leaf, X509* root, int purpose) {
  const std::unique_ptr<X509_STORE, OpenSslFree<X509_STORE_free>> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), root);
  const std::unique_ptr<X509_STORE_CTX, OpenSslFree<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf, nullptr);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_X509_STRICT);
  return X509_verify_cert(context.get()) == 1;
}

CertificateHandle CertificateOf(const std::string& file) {
  return CertificateFromPem(*ReadSmallFile(file));
}

int DaysLeft(X509* certificate) {
  int days = 0;
  int seconds = 0;
  ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate));
  return days;
}

TEST_F(FacilityCaTest, MakesAServerCertificateForItsNamesOnly) {
  const CertificateHandle server = CertificateOf(files_.server);
  const CertificateHandle root = CertificateOf(files_.root);
  EXPECT_TRUE(Verifies(server.get(), root.get(), X509_PURPOSE_SSL_SERVER));
  EXPECT_FALSE(Verifies(server.get(), root.get(), X509_PURPOSE_SSL_CLIENT));
  EXPECT_EQ(X509_check_host(server.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_host(server.get(), "example.test", 0, 0, nullptr), 0);
}

TEST_F(FacilityCaTest, MakesARootThatSignsLeavesAndNothingElse) {
  const CertificateHandle root = CertificateOf(files_.root);
  EXPECT_EQ(Extension(root.get(), NID_basic_constraints), "critical CA:TRUE, pathlen:0");
  EXPECT_EQ(Extension(root.get(), NID_key_usage), "critical Certificate Sign, CRL Sign");
  EXPECT_TRUE(IsP256(X509_get0_pubkey(root.get())));
}

TEST_F(FacilityCaTest, KeepsItsKeyEncryptedAndPrivate) {
  EXPECT_THAT(*ReadSmallFile(files_.root_key), HasSubstr("BEGIN ENCRYPTED PRIVATE KEY"));
  for (const std::string& file : {files_.root_key, files_.server_key}) {
    struct stat status {};
    ASSERT_EQ(stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << file;
  }
}

TEST_F(FacilityCaTest, OverwritesNothing) {
  const std::string before = *ReadSmallFile(files_.root);
  const auto again = FacilityCa::Create(directory_, kPassphrase, Names());
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kIdentityExists);
  EXPECT_EQ(*ReadSmallFile(files_.root), before);
}

TEST_F(FacilityCaTest, DoesNotOpenWithAWrongPassphrase) {
  const auto ca = FacilityCa::Load(directory_, "wrong horse battery");
  ASSERT_FALSE(ca.ok());
  EXPECT_EQ(ca.error().code, ErrorCode::kFacilityCaUnreadable);
  EXPECT_THAT(ca.error().detail, Not(HasSubstr("horse")));
}

TEST_F(FacilityCaTest, DoesNotOpenWithTheKeyOfAnotherRoot) {
  const std::string other = folder_.File("other");
  ASSERT_TRUE(FacilityCa::Create(other, kPassphrase, Names()).ok());
  std::filesystem::copy_file(IdentityFiles(other).root_key, files_.root_key,
                             std::filesystem::copy_options::overwrite_existing);
  const auto ca = FacilityCa::Load(directory_, kPassphrase);
  ASSERT_FALSE(ca.ok());
  EXPECT_EQ(ca.error().code, ErrorCode::kFacilityCaUnreadable);
}

TEST_F(FacilityCaTest, DoesNotOpenAKeyThatOthersMayRead) {
  ASSERT_EQ(chmod(files_.root_key.c_str(), 0640), 0);
  const auto ca = FacilityCa::Load(directory_, kPassphrase);
  ASSERT_FALSE(ca.ok());
  EXPECT_EQ(ca.error().code, ErrorCode::kConfigFilePermissions);
}

TEST_F(FacilityCaTest, GivesADeskACertificateThatNamesItAndIsForClientsOnly) {
  const auto issued = Load()->IssueDesk(MakeRequest().der, kDeskId);
  ASSERT_TRUE(issued.ok());
  const CertificateHandle leaf = CertificateFromPem(issued->certificate_pem);
  const CertificateHandle root = CertificateOf(files_.root);
  EXPECT_TRUE(Verifies(leaf.get(), root.get(), X509_PURPOSE_SSL_CLIENT));
  EXPECT_FALSE(Verifies(leaf.get(), root.get(), X509_PURPOSE_SSL_SERVER));
  EXPECT_EQ(Extension(leaf.get(), NID_subject_alt_name), "URI:urn:madoguchi:desk:" + std::string(kDeskId));
  EXPECT_GE(DaysLeft(leaf.get()), 89);
  EXPECT_LE(DaysLeft(leaf.get()), 90);
  const Bytes der = *crypto::DerFromPem(issued->certificate_pem);
  const auto digest = crypto::Sha256(der);
  EXPECT_EQ(issued->certificate_sha256, Bytes(digest.begin(), digest.end()));
  EXPECT_EQ(issued->not_after, crypto::ReadCertificate(der)->not_after);
}

TEST_F(FacilityCaTest, GivesAConsoleACertificateThatNamesItAndOpensNothingElse) {
  const auto console = Load()->IssueConsole(kDeskId);
  ASSERT_TRUE(console.ok());
  const CertificateHandle leaf = CertificateFromPem(console->issued.certificate_pem);
  const CertificateHandle root = CertificateOf(files_.root);
  EXPECT_TRUE(Verifies(leaf.get(), root.get(), X509_PURPOSE_SSL_CLIENT));
  EXPECT_FALSE(Verifies(leaf.get(), root.get(), X509_PURPOSE_SSL_SERVER));
  EXPECT_EQ(OnlyUris(leaf.get()), std::vector<std::string>{"urn:madoguchi:console:" + std::string(kDeskId)});
  EXPECT_EQ(X509_check_private_key(leaf.get(), KeyFromPem(console->key_pem, "").get()), 1);
  EXPECT_FALSE(Load()->IssueConsole("x,URI:urn:madoguchi:desk:y").ok());
}

TEST_F(FacilityCaTest, ComesBackFromItsRecoveryCopyWithTheSameRoot) {
  const auto copy = Load()->RecoveryCopy("another long passphrase");
  ASSERT_TRUE(copy.ok());
  EXPECT_THAT(*copy, HasSubstr("BEGIN ENCRYPTED PRIVATE KEY"));
  const std::string other = folder_.File("other");
  ASSERT_TRUE(
      FacilityCa::Restore(*copy, "another long passphrase", other, "third long passphrase", {{"b.example"}, {}}).ok());
  EXPECT_EQ(*ReadSmallFile(IdentityFiles(other).root), *ReadSmallFile(files_.root));
  const auto restored = FacilityCa::Load(other, "third long passphrase");
  ASSERT_TRUE(restored.ok());
  EXPECT_TRUE((*restored)->Signed(CertificateOf(files_.server).get()));
  const CertificateHandle server = CertificateOf(IdentityFiles(other).server);
  EXPECT_EQ(X509_check_host(server.get(), "b.example", 0, 0, nullptr), 1);
  EXPECT_TRUE(Load()->Signed(server.get()));
}

TEST_F(FacilityCaTest, DoesNotComeBackWithAWrongPassphraseADamagedCopyOrOverAnotherIdentity) {
  const std::string copy = *Load()->RecoveryCopy("another long passphrase");
  const std::string other = folder_.File("other");
  const auto restore = [&](const std::string& text, const char* passphrase, const std::string& directory) {
    const auto restored = FacilityCa::Restore(text, passphrase, directory, kPassphrase, Names());
    return restored ? ErrorCode::kInternalError : restored.error().code;
  };
  EXPECT_EQ(restore(copy, "wrong long passphrase", other), ErrorCode::kRecoveryCopyUnreadable);
  EXPECT_EQ(restore(copy.substr(0, copy.size() / 2), "another long passphrase", other),
            ErrorCode::kRecoveryCopyUnreadable);
  EXPECT_EQ(restore("", "another long passphrase", other), ErrorCode::kRecoveryCopyUnreadable);
  EXPECT_FALSE(std::filesystem::exists(other));
  EXPECT_EQ(restore(copy, "another long passphrase", directory_), ErrorCode::kIdentityExists);
}

TEST_F(FacilityCaTest, IgnoresWhatARequestAsksFor) {
  const auto issued = Load()->IssueDesk(MakeRequest(RequestKey::kP256, true).der, kDeskId);
  ASSERT_TRUE(issued.ok());
  const CertificateHandle leaf = CertificateFromPem(issued->certificate_pem);
  EXPECT_EQ(Extension(leaf.get(), NID_basic_constraints), "critical CA:FALSE");
  EXPECT_EQ(Extension(leaf.get(), NID_subject_alt_name), "URI:urn:madoguchi:desk:" + std::string(kDeskId));
}

TEST_F(FacilityCaTest, GivesEveryCertificateItsOwn128BitSerial) {
  const auto ca = Load();
  const Bytes request = MakeRequest().der;
  const auto first = ca->IssueDesk(request, kDeskId);
  const auto second = ca->IssueDesk(request, kDeskId);
  EXPECT_NE(first->serial, second->serial);
  EXPECT_EQ(first->serial.size(), 32U);
}

TEST_F(FacilityCaTest, NamesOnlyDesksThatAreUuids) {
  const auto issued = Load()->IssueDesk(MakeRequest().der, "x,URI:urn:madoguchi:desk:y");
  EXPECT_FALSE(issued.ok());
}

TEST(ServerNames, ThatCouldMeanMoreThanANameAreRefused) {
  const TestFolder folder;
  for (const FacilityCa::ServerNames& names :
       {FacilityCa::ServerNames{{"a,DNS:b"}, {}}, FacilityCa::ServerNames{{}, {"127.0.0.1"}},
        FacilityCa::ServerNames{{""}, {}}, FacilityCa::ServerNames{{"localhost"}, {"127.0.0.1,DNS:b"}}}) {
    const auto made = FacilityCa::Create(folder.File("identity"), kPassphrase, names);
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code, ErrorCode::kConfigValueInvalid);
  }
}

TEST(Passphrase, IsReadWithoutItsLineEndFromAPrivateFileOnly) {
  const TestFolder folder;
  const std::string file = folder.File("passphrase");
  ASSERT_TRUE(WriteFileWhole(file, std::string(kPassphrase) + "\n", true).ok());
  EXPECT_EQ(*ReadPassphrase(file), kPassphrase);
  ASSERT_TRUE(WriteFileWhole(file, "too short\n", true).ok());
  EXPECT_EQ(ReadPassphrase(file).error().code, ErrorCode::kConfigValueInvalid);
  ASSERT_TRUE(WriteFileWhole(folder.File("open"), kPassphrase, false).ok());
  EXPECT_EQ(ReadPassphrase(folder.File("open")).error().code, ErrorCode::kConfigFilePermissions);
}

}  // namespace
}  // namespace madoguchi::identity
