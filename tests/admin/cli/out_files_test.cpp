// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/out_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::cli {
namespace {

mode_t ModeOf(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
}

class OutFilesTest : public testing::Test {
 protected:
  TestFolder folder_;
  const std::string file_ = folder_.File("pin");
};

TEST_F(OutFilesTest, SecretLinesAreANewFileForItsOwner) {
  SecretLines lines;
  ASSERT_FALSE(lines.Open({}, file_));
  ASSERT_FALSE(lines.Keep({{"first_pin", "0427"}, {"recovery_code", "abcd"}}));
  EXPECT_EQ(ModeOf(file_), 0600u);
  EXPECT_EQ(ReadPrivateFile(file_).value(), "first_pin=0427\nrecovery_code=abcd\n");
}

TEST_F(OutFilesTest, SecretLinesNeverOverwrite) {
  ASSERT_TRUE(WriteFileWhole(file_, "kept", true).ok());
  SecretLines lines;
  const Done failed = lines.Open({}, file_);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->error.code, ErrorCode::kConfigFileUnwritable);
  EXPECT_EQ(ReadPrivateFile(file_).value(), "kept");
}

TEST_F(OutFilesTest, SecretLinesLeaveNoFileWhenNothingWasAnswered) {
  {
    SecretLines lines;
    ASSERT_FALSE(lines.Open({}, file_));
    EXPECT_TRUE(std::filesystem::exists(file_));
  }
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(OutFilesTest, SecretLinesWithJsonNeedAFile) {
  Settings settings;
  settings.json = true;
  SecretLines lines;
  const Done failed = lines.Open(settings, "");
  ASSERT_TRUE(failed);
  EXPECT_EQ(ExitStatus(*failed), kExitUsage);
}

TEST_F(OutFilesTest, FolderTakesNewPrivateFilesOnly) {
  OutFolder folder;
  ASSERT_FALSE(folder.Open(folder_.File("sheets")));
  EXPECT_EQ(ModeOf(folder_.File("sheets")), 0700u);
  EXPECT_FALSE(folder.Write("W0000001_skg_account.pdf", "%PDF"));
  EXPECT_EQ(ModeOf(folder_.File("sheets/W0000001_skg_account.pdf")), 0600u);
  ASSERT_TRUE(folder.Write("W0000001_skg_account.pdf", "other"));
  EXPECT_EQ(ReadPrivateFile(folder_.File("sheets/W0000001_skg_account.pdf")).value(), "%PDF");
}

TEST_F(OutFilesTest, FolderRefusesNamesThatLeaveIt) {
  OutFolder folder;
  ASSERT_FALSE(folder.Open(folder_.File("sheets")));
  for (const std::string& name :
       {std::string("../x"), std::string("/etc/x"), std::string(".hidden"), std::string(""), std::string("a\nb"),
        std::string("\xE2\x80\xAE"
                    "fdp"),
        std::string(201, 'x')}) {
    const Done failed = folder.Write(name, "x");
    ASSERT_TRUE(failed) << name;
    EXPECT_EQ(failed->error.code, ErrorCode::kServerMessageInvalid);
  }
  EXPECT_TRUE(IsPlainFileName("窓口01_登録.pdf"));
}

}  // namespace
}  // namespace madoguchi::cli
