// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/link.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "contract/files.h"
#include "terminal/identity/renewal.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/terminal/identity/activated_desk.h"

namespace madoguchi::link {
namespace {

class LinkTest : public testing::Test {
 protected:
  void SetUp() override { identity::PutIdentity(facility_, directory_, identity::DeskWish()); }
  Result<std::unique_ptr<Link>> Open() {
    return Link::Open({server_.desk_address(), directory_, "Reader 00", "0110000001"}, [this](const Event& event) {
      const std::lock_guard lock(mutex_);
      if (std::holds_alternative<Welcome>(event)) ++welcomes_;
      changed_.notify_all();
    });
  }
  bool AwaitWelcomes(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return welcomes_ >= count; });
  }
  const identity::TestFacility facility_;
  TestFolder folder_;
  const std::string directory_ = folder_.File("desk");
  identity::ClinicServer server_{facility_};
  std::mutex mutex_;
  std::condition_variable changed_;
  int welcomes_ = 0;
};

TEST_F(LinkTest, SaysWhoItIsWithItsCertificateReaderAndInstitutionCode) {
  const auto link = Open().value();
  ASSERT_TRUE(AwaitWelcomes(1));
  const auto [certificate, hello] = server_.streams.Await(1);
  EXPECT_TRUE(ReadSmallFile(directory_ + "/desk.pem")->starts_with(certificate) && !certificate.empty());
  EXPECT_EQ(hello.reader(), "Reader 00");
  EXPECT_EQ(hello.institution_code(), "0110000001");
}

TEST_F(LinkTest, ComesBackWithTheRenewedCertificateAndThenKeepsOnlyThat) {
  const auto link = Open().value();
  ASSERT_TRUE(AwaitWelcomes(1));
  identity::CallRefusal refusal;
  ASSERT_TRUE(identity::Renew(server_.desk_address(), directory_, refusal).ok());
  link->UseNewIdentity();
  ASSERT_TRUE(AwaitWelcomes(2));
  EXPECT_NE(server_.streams.Await(2).first, server_.streams.Await(1).first);
  const Result<identity::IdentityFiles> files = identity::FindIdentity(directory_);
  EXPECT_FALSE(files->renewed);
  EXPECT_TRUE(ReadSmallFile(files->certificate)->starts_with(server_.streams.Await(2).first));
}

// An activation that adds an account ends the old certificate before the new one is on this desk's disk.
TEST_F(LinkTest, ComesBackWhenAnotherProgramWritesTheNewCertificateAMomentLater) {
  server_.streams.Refuse(ReadSmallFile(directory_ + "/desk.pem").value());
  const auto link = Open().value();
  ASSERT_FALSE(server_.streams.Await(1).first.empty());
  const SecretBytes key = identity::KeyForAddition(directory_).value();
  const std::string chain = facility_.DeskChain(identity::MakeRequest(key).value(), identity::DeskWish());
  ASSERT_TRUE(identity::StoreAddition(directory_, chain).ok());
  EXPECT_TRUE(AwaitWelcomes(1));
}

TEST_F(LinkTest, IsNotOpenedWithoutAnIdentity) {
  ASSERT_TRUE(identity::DestroyIdentity(directory_).ok());
  EXPECT_EQ(Open().error().code, ErrorCode::kDeskIdentityMissing);
}

}  // namespace
}  // namespace madoguchi::link
