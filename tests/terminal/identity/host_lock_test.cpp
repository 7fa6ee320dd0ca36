// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/host_lock.h"

#include <gtest/gtest.h>
#include <sys/stat.h>


#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::identity {
namespace {

class HostLockTest : public testing::Test {
 protected:
  void Session(const std::string& name, const std::string& content) {
    ASSERT_TRUE(WriteFileWhole(directory_ + "/" + name, content, false).ok());
  }
  TestFolder folder_;
  std::string directory_ = folder_.File("");
};

TEST_F(HostLockTest, RefusesASecondAgentUntilTheFirstEnds) {
  const std::string file = directory_ + "/lock";
  {
    const Result<HostLock> first = HostLock::Take(file);
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(HostLock::Take(file).error().code, ErrorCode::kSecondAgent);
  }
  EXPECT_TRUE(HostLock::Take(file).ok());
}

TEST_F(HostLockTest, RefusesAMachineWhereTwoUsersAreLoggedIn) {
  Session("1", "UID=1000\nUSER=one\nSTATE=active\nCLASS=user\n");
  EXPECT_TRUE(CheckOneUser(directory_).ok());
  Session("2", "UID=1000\nUSER=one\nSTATE=online\nCLASS=user\n");
  EXPECT_TRUE(CheckOneUser(directory_).ok()) << "one user, twice logged in";
  Session("3", "UID=1001\nUSER=other\nSTATE=online\nCLASS=user\n");
  EXPECT_EQ(CheckOneUser(directory_).error().code, ErrorCode::kSeveralUsersOnHost);
}

TEST_F(HostLockTest, CountsNeitherGreetersNorEndingSessionsNorPipes) {
  Session("1", "UID=1000\nSTATE=active\nCLASS=user\n");
  Session("c1", "UID=110\nSTATE=active\nCLASS=greeter\n");
  Session("2", "UID=1001\nSTATE=closing\nCLASS=user\n");
  ASSERT_EQ(mkfifo((directory_ + "/1.ref").c_str(), 0600), 0);
  EXPECT_TRUE(CheckOneUser(directory_).ok());
}

TEST_F(HostLockTest, IsContentWhereNobodyKeepsSessions) {
  EXPECT_TRUE(CheckOneUser(directory_ + "/none").ok());
}

}  // namespace
}  // namespace madoguchi::identity
