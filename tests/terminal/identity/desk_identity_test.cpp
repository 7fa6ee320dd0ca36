// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/desk_identity.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "contract/files.h"
#include "terminal/identity/certificate_request.h"
#include "terminal/identity/desk_key.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/terminal/identity/test_facility.h"

namespace madoguchi::identity {
namespace {

struct Pair {
  std::string key, certificate;
};

class DeskIdentityTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(MakeDirectory(directory_).ok());
    old_ = MakePair();
    next_ = MakePair();
    Put("facility-ca.pem", facility_.root_pem());
    Put("desk.key", old_.key);
    Put("desk.pem", old_.certificate);
  }
  Pair MakePair() const {
    const SecretBytes key = MakeKey().value();
    return {std::string(AsText(key.view())), facility_.DeskChain(MakeRequest(key).value(), DeskWish())};
  }
  std::string Path(const std::string& name) const { return directory_ + "/" + name; }
  void Put(const std::string& name, const std::string& content) const {
    ASSERT_TRUE(WriteFileWhole(Path(name), content, name.ends_with("key")).ok());
  }
  bool Has(const std::string& name) const { return access(Path(name).c_str(), F_OK) == 0; }
  Pair Chosen() const {
    const Result<IdentityFiles> files = FindIdentity(directory_);
    if (!files) return {};
    return {ReadSmallFile(files->key).value(), ReadSmallFile(files->certificate).value()};
  }
  void ExpectChosen(const Pair& pair) const {
    const Pair chosen = Chosen();
    EXPECT_TRUE(chosen.key == pair.key);
    EXPECT_TRUE(chosen.certificate == pair.certificate);
  }
  const TestFacility facility_;
  TestFolder folder_;
  const std::string directory_ = folder_.File("desk");
  Pair old_, next_;
};

TEST_F(DeskIdentityTest, IsOneOnlyWithKeyCertificateAndRoot) {
  EXPECT_TRUE(FindIdentity(directory_).ok());
  for (const char* name : {"desk.key", "desk.pem", "facility-ca.pem"}) {
    std::filesystem::rename(Path(name), Path("away"));
    EXPECT_EQ(FindIdentity(directory_).error().code, ErrorCode::kDeskIdentityMissing) << name;
    std::filesystem::rename(Path("away"), Path(name));
  }
}

TEST_F(DeskIdentityTest, RemembersItsConnection) {
  ASSERT_TRUE(DestroyIdentity(directory_).ok());
  ASSERT_TRUE(StoreIdentity(directory_, facility_.root_pem(), old_.certificate,
                            {"a.example:1", "a.example:2", "0110000001", "W0000001", "d", "1番窓口\nserver=evil:1"})
                  .ok());
  const Connection connection = ReadConnection(directory_).value();
  EXPECT_EQ(connection.server, "a.example:1");
  EXPECT_EQ(connection.enrolment_server, "a.example:2");
  EXPECT_EQ(connection.account_id, "W0000001");
  EXPECT_EQ(connection.desk_name, "1番窓口 server=evil:1");
  EXPECT_EQ(StoreIdentity(directory_, "", "", {}).error().code, ErrorCode::kIdentityExists);
}

TEST_F(DeskIdentityTest, GivesTheRenewedPairOnceItIsComplete) {
  Put("desk.next.key", next_.key);
  ExpectChosen(old_);
  Put("desk.next.pem", next_.certificate);
  ExpectChosen(next_);
  EXPECT_TRUE(FindIdentity(directory_)->renewed);
  ASSERT_TRUE(KeepRenewed(directory_).ok());
  ExpectChosen(next_);
  EXPECT_FALSE(FindIdentity(directory_)->renewed);
  EXPECT_FALSE(Has("desk.next.key") || Has("desk.next.pem"));
}

// Each state a switch can be interrupted in.
TEST_F(DeskIdentityTest, IsTheRenewedPairWhereverTheSwitchWasInterrupted) {
  Put("desk.next.key", next_.key);
  Put("desk.next.pem", next_.certificate);
  Put("desk.key", std::string(old_.key.size(), '\0'));  // overwritten
  ExpectChosen(next_);
  std::filesystem::rename(Path("desk.next.key"), Path("desk.key"));
  ExpectChosen(next_);
  ASSERT_TRUE(KeepRenewed(directory_).ok());
  ExpectChosen(next_);
  EXPECT_FALSE(FindIdentity(directory_)->renewed);
}

TEST_F(DeskIdentityTest, IgnoresARenewedCertificateForAKeyThatIsNotHere) {
  Put("desk.next.pem", next_.certificate);
  ExpectChosen(old_);
}

TEST_F(DeskIdentityTest, OverwritesTheKeyBeforeItsNameGoes) {
  const std::string held = folder_.File("held");
  ASSERT_EQ(link(Path("desk.key").c_str(), held.c_str()), 0);  // a second name shows what became of the bytes
  Put("passcode", "x");
  Put("connection", "server=a:1\n");
  ASSERT_TRUE(DestroyIdentity(directory_).ok());
  EXPECT_EQ(ReadSmallFile(held).value(), std::string(old_.key.size(), '\0'));
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
}

TEST_F(DeskIdentityTest, UsesTheKeyOfAnEarlierTryAndNeverSomebodyElsesFile) {
  ASSERT_TRUE(DestroyIdentity(directory_).ok());
  const SecretBytes first = KeyForActivation(directory_).value();
  const SecretBytes again = KeyForActivation(directory_).value();
  EXPECT_TRUE(AsText(first.view()) == AsText(again.view()));
  struct stat status {};
  ASSERT_EQ(stat(Path("desk.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  Put("desk.key", "somebody's");
  EXPECT_EQ(KeyForActivation(directory_).error().code, ErrorCode::kIdentityExists);
  EXPECT_EQ(ReadSmallFile(Path("desk.key")).value(), "somebody's");
}

}  // namespace
}  // namespace madoguchi::identity
