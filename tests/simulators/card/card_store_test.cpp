// SPDX-License-Identifier: Apache-2.0
// The test PKI as others meet it: files of PEM, checked here with OpenSSL's own verification.
#include "tests/simulators/card/card_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/simulators/card/test_pki.h"

namespace madoguchi::simulators {
namespace {

using Store = std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate Parse(const Bytes& der) {
  const unsigned char* data = der.data();
  return {d2i_X509(nullptr, &data, static_cast<long>(der.size())), X509_free};
}

// The anchors and lists of a folder: what the national service simulator trusts.
Store Trusted(const std::string& folder, bool with_lists) {
  Store store(X509_STORE_new(), X509_STORE_free);
  X509_LOOKUP* files = X509_STORE_add_lookup(store.get(), X509_LOOKUP_file());
  EXPECT_EQ(X509_load_cert_file(files, (folder + "/anchors.pem").c_str(), X509_FILETYPE_PEM), 2);
  if (with_lists) {
    EXPECT_EQ(X509_load_crl_file(files, (folder + "/crl.pem").c_str(), X509_FILETYPE_PEM), 2);
    X509_STORE_set_flags(store.get(), X509_V_FLAG_CRL_CHECK);
  }
  return store;
}

int Verify(const Store& store, const Bytes& der) {
  const Certificate certificate = Parse(der);
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(X509_STORE_CTX_new(),
                                                                                X509_STORE_CTX_free);
  X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

Person OfGeneration(int generation, const std::string& prefix) {
  Person person;
  for (int i = 0; person.id.empty() || person.Generation() != generation; ++i) person.id = prefix + std::to_string(i);
  return person;
}

std::string PemOfPublicKey(EVP_PKEY* made) {
  const PublicKey key(made, EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
  EXPECT_EQ(PEM_write_bio_PUBKEY(text.get(), key.get()), 1);
  char* data = nullptr;
  const long length = BIO_get_mem_data(text.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

// One folder for all tests: making its keys takes a second.
class CardFolder : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string name = testing::TempDir() + "card-store-XXXXXX";
    folder_ = mkdtemp(name.data());
    revoked_ = OfGeneration(1, "revoked");
    revoked_.revoked = true;
    ASSERT_TRUE(CardStore(folder_).Init({revoked_}).ok());
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder_); }
  static CardOptions Load(const Person& person) {
    auto card = CardStore(folder_).Load(person);
    EXPECT_TRUE(card.ok()) << card.error().detail;
    return std::move(card).value();
  }

  static inline std::string folder_;
  static inline Person revoked_;
};

TEST_F(CardFolder, GivesCardsOfBothGenerationsThatVerify) {
  const Store trusted = Trusted(folder_, true);
  for (const int generation : {0, 1}) {
    const CardOptions card = Load(OfGeneration(generation, "good"));
    EXPECT_EQ(Verify(trusted, card.auth_certificate), X509_V_OK) << generation;
    EXPECT_GE(card.auth_certificate.size(), 1024u) << "as big as a real one";
    EXPECT_LE(card.auth_certificate.size(), 2048u);
  }
}

TEST_F(CardFolder, HasTwoAnchorsAndAForeignCaOfOneName) {
  const Bytes first = Load(OfGeneration(0, "good")).auth_ca_certificate;
  const Bytes second = Load(OfGeneration(1, "good")).auth_ca_certificate;
  Person stranger{.id = "stranger"};
  stranger.foreign_ca = true;
  const CardOptions foreign = Load(stranger);
  EXPECT_NE(first, second);
  const auto name = [](const Bytes& der) {
    return X509_NAME_hash_ex(X509_get_subject_name(Parse(der).get()), nullptr, nullptr, nullptr);
  };
  EXPECT_EQ(name(first), name(second));
  EXPECT_EQ(name(first), name(foreign.auth_ca_certificate));
  EXPECT_NE(Verify(Trusted(folder_, false), foreign.auth_certificate), X509_V_OK);
}

TEST_F(CardFolder, ListsTheRevoked) {
  const Bytes certificate = Load(revoked_).auth_certificate;
  EXPECT_EQ(Verify(Trusted(folder_, true), certificate), X509_V_ERR_CERT_REVOKED);
  EXPECT_EQ(Verify(Trusted(folder_, false), certificate), X509_V_OK) << "nothing else is wrong with it";
}

TEST_F(CardFolder, MakesCertificatesThatHaveEndedOrNotBegun) {
  Person person{.id = "late", .valid_from_days = -10, .valid_until_days = -1};
  EXPECT_EQ(Verify(Trusted(folder_, true), Load(person).auth_certificate), X509_V_ERR_CERT_HAS_EXPIRED);
  person = {.id = "early", .valid_from_days = 2, .valid_until_days = 10};
  EXPECT_EQ(Verify(Trusted(folder_, true), Load(person).auth_certificate), X509_V_ERR_CERT_NOT_YET_VALID);
}

TEST_F(CardFolder, NamesThePersonAndNothingElse) {
  const Person person{.id = "someone"};
  const CardOptions card = Load(person);
  const Certificate certificate = Parse(card.auth_certificate);
  char subject[256] = {};
  X509_NAME_oneline(X509_get_subject_name(certificate.get()), subject, sizeof subject);
  EXPECT_EQ(std::string(subject), "/C=JP/CN=" + person.CommonName());
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> serial(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.get()), nullptr), BN_free);
  Bytes bytes(8);
  BN_bn2binpad(serial.get(), bytes.data(), 8);
  EXPECT_EQ(bytes, person.Serial());
  EXPECT_EQ(X509_get_key_usage(certificate.get()), static_cast<std::uint32_t>(KU_DIGITAL_SIGNATURE));
  EXPECT_GE(X509_get_ext_by_NID(certificate.get(), NID_certificate_policies, -1), 0);
  EXPECT_EQ(X509_get_ext_by_NID(certificate.get(), NID_subject_alt_name, -1), -1);
}

TEST_F(CardFolder, KeepsWhatACardRemembers) {
  const Person person{.id = "memory"};
  EXPECT_EQ(Load(person).memory, CardMemory{});
  const CardMemory changed{.pin = std::string("\n\0=#", 4), .sign_password = "XYZ987", .pin_tries = 1, .sign_tries = 0};
  ASSERT_TRUE(CardStore(folder_).SaveMemory(person, changed).ok());
  EXPECT_EQ(Load(person).memory, changed);
}

TEST_F(CardFolder, GivesCardsTheVerifierItWasToldAndNoneBefore) {
  EXPECT_EQ(Load({.id = "sight"}).sight_verifier, nullptr);
  const CardStore store(folder_);
  ASSERT_TRUE(WriteFileWhole(folder_ + "/verifier", PemOfPublicKey(EVP_EC_gen("P-256")), false).ok());
  ASSERT_TRUE(store.SetSightVerifier(folder_ + "/verifier").ok());
  EXPECT_NE(Load({.id = "sight"}).sight_verifier, nullptr);
  for (const std::string& wrong : {PemOfPublicKey(EVP_EC_gen("P-384")), std::string("no key")}) {
    ASSERT_TRUE(WriteFileWhole(folder_ + "/verifier", wrong, false).ok());
    EXPECT_EQ(store.SetSightVerifier(folder_ + "/verifier").error().code, ErrorCode::kConfigValueInvalid);
  }
  std::filesystem::remove(folder_ + "/sight-verifier.pem");
}

TEST_F(CardFolder, GivesTheSameCardAgain) {
  const Person person{.id = "same"};
  EXPECT_EQ(Load(person).auth_certificate, Load(person).auth_certificate);
}

TEST_F(CardFolder, KeepsItsKeysWhenMadeAgain) {
  const auto anchors = ReadSmallFile(folder_ + "/anchors.pem");
  ASSERT_TRUE(CardStore(folder_).Init({revoked_}).ok());
  EXPECT_EQ(ReadSmallFile(folder_ + "/anchors.pem").value(), anchors.value());
}

TEST_F(CardFolder, LetsNobodyElseReadKeys) {
  Load({.id = "private"});
  ASSERT_TRUE(CardStore(folder_).SaveMemory({.id = "private"}, {}).ok());
  int seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    if (entry.path().extension() != ".key" && entry.path().extension() != ".memory") continue;
    struct stat status {};
    ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << entry.path();
    ++seen;
  }
  EXPECT_GE(seen, 7);
}

TEST(CardFolderBefore, InitSaysWhatToDo) {
  const TestFolder own;
  const std::string folder = own.File("");
  EXPECT_THAT(CardStore(folder).Load({.id = "x"}).error().detail, testing::HasSubstr("init"));
}

}  // namespace
}  // namespace madoguchi::simulators
