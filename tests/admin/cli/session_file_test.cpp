// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/session_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::cli {
namespace {

const std::string kToken(64, 'a');

class SessionFileTest : public testing::Test {
 protected:
  TestFolder folder_;
  const std::string file_ = folder_.File("madoguchi/session");
};

TEST_F(SessionFileTest, IsForItsOwnerOnly) {
  ASSERT_TRUE(KeepSession(file_, {"clinic:8445", "ada@clinic.example", kToken}).ok());
  struct stat status {};
  ASSERT_EQ(stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(stat(folder_.File("madoguchi").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  EXPECT_EQ(ReadSession(file_, "clinic:8445").value().token, kToken);
}

TEST_F(SessionFileTest, GivesItsTokenToNoOtherServer) {
  ASSERT_TRUE(KeepSession(file_, {"clinic:8445", "ada@clinic.example", kToken}).ok());
  EXPECT_EQ(ReadSession(file_, "elsewhere:8445").error().code, ErrorCode::kSessionInvalid);
}

TEST_F(SessionFileTest, IsRefusedWhenOthersMayReadIt) {
  ASSERT_TRUE(KeepSession(file_, {"clinic:8445", "", kToken}).ok());
  ASSERT_EQ(chmod(file_.c_str(), 0644), 0);
  EXPECT_EQ(ReadSession(file_, "clinic:8445").error().code, ErrorCode::kConfigFilePermissions);
}

TEST_F(SessionFileTest, DamagedOrForgottenMeansNotLoggedIn) {
  EXPECT_EQ(ReadSession(file_, "clinic:8445").error().code, ErrorCode::kSessionInvalid);
  ASSERT_TRUE(KeepSession(file_, {"clinic:8445", "", kToken}).ok());
  ASSERT_TRUE(WriteFileWhole(file_, "{\"server\":\"clinic:8445\",\"token\":7}", true).ok());
  EXPECT_EQ(ReadSession(file_, "clinic:8445").error().code, ErrorCode::kSessionInvalid);
  ForgetSession(file_);
  EXPECT_EQ(ReadSession(file_, "clinic:8445").error().code, ErrorCode::kSessionInvalid);
}

}  // namespace
}  // namespace madoguchi::cli
