// SPDX-License-Identifier: Apache-2.0
#include "contract/files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "tests/proto/contract/test_folder.h"

namespace madoguchi {
namespace {

void Put(const std::string& path, const std::string& content, mode_t mode) {
  std::ofstream(path, std::ios::binary) << content;
  ASSERT_EQ(chmod(path.c_str(), mode), 0);
}

mode_t ModeOf(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

// While it lives, no file of this process can grow beyond `bytes`: writes fail as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*signal_)(int);
};

TEST(SmallFile, IsReadWhole) {
  const TestFolder folder;
  const std::string content = std::string(40000, 'x') + std::string("\0\n窓", 5);
  Put(folder.File("f"), content, 0644);
  EXPECT_EQ(*ReadSmallFile(folder.File("f")), content);
}

TEST(SmallFile, MayHaveExactlyTheLimitAndNoByteMore) {
  const TestFolder folder;
  Put(folder.File("f"), std::string(100, 'x'), 0644);
  EXPECT_EQ(ReadSmallFile(folder.File("f"), 100)->size(), 100U);
  const auto refused = ReadSmallFile(folder.File("f"), 99);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConfigFileUnreadable);
  EXPECT_NE(refused.error().detail.find("larger than 99 bytes"), std::string::npos);
}

TEST(SmallFile, ThatNeverEndsIsGivenUpAtTheLimit) {
  EXPECT_EQ(ReadSmallFile("/dev/zero").error().code, ErrorCode::kConfigFileUnreadable);
}

TEST(SmallFile, ThatIsMissingIsNamedInTheDetail) {
  const TestFolder folder;
  const auto missing = ReadSmallFile(folder.File("nowhere"));
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kConfigFileUnreadable);
  EXPECT_NE(missing.error().detail.find(folder.File("nowhere") + ": No such file"), std::string::npos);
}

TEST(SmallFile, CannotBeAFolder) {
  const TestFolder folder;
  EXPECT_EQ(ReadSmallFile(folder.File("")).error().code, ErrorCode::kConfigFileUnreadable);
}

TEST(PrivateFile, IsReadWhenOnlyItsOwnerMayUseIt) {
  const TestFolder folder;
  for (const mode_t mode : {0600U, 0400U, 0700U}) {
    Put(folder.File("key"), "secret", 0600);
    ASSERT_EQ(chmod(folder.File("key").c_str(), mode), 0);
    EXPECT_TRUE(ReadPrivateFile(folder.File("key")).ok()) << std::oct << mode;
  }
}

TEST(PrivateFile, IsRefusedWhenAnyoneElseMayUseIt) {
  const TestFolder folder;
  Put(folder.File("key"), "secret", 0600);
  for (const mode_t mode : {0640U, 0620U, 0610U, 0604U, 0602U, 0601U}) {
    ASSERT_EQ(chmod(folder.File("key").c_str(), mode), 0);
    const auto refused = ReadPrivateFile(folder.File("key"));
    ASSERT_FALSE(refused.ok()) << std::oct << mode;
    EXPECT_EQ(refused.error().code, ErrorCode::kConfigFilePermissions) << std::oct << mode;
  }
}

TEST(WrittenFile, HasTheModeItWasAskedFor) {
  const TestFolder folder;
  const mode_t before = umask(022);
  EXPECT_TRUE(WriteFileWhole(folder.File("public"), "a", false).ok());
  EXPECT_TRUE(WriteFileWhole(folder.File("private"), "b", true).ok());
  umask(before);
  EXPECT_EQ(ModeOf(folder.File("public")), 0644U);
  EXPECT_EQ(ModeOf(folder.File("private")), 0600U);
}

TEST(WrittenFile, BecomesPrivateEvenOverALeftoverThatWasNot) {
  const TestFolder folder;
  Put(folder.File("key"), "old", 0644);
  Put(folder.File("key.new"), "leftover of a crash", 0666);
  ASSERT_TRUE(WriteFileWhole(folder.File("key"), "new", true).ok());
  EXPECT_EQ(ModeOf(folder.File("key")), 0600U);
  EXPECT_EQ(*ReadPrivateFile(folder.File("key")), "new");
}

TEST(WrittenFile, LeavesNothingBeside) {
  const TestFolder folder;
  ASSERT_TRUE(WriteFileWhole(folder.File("f"), "content", false).ok());
  EXPECT_FALSE(std::filesystem::exists(folder.File("f.new")));
}

TEST(WrittenFile, IsAsItWasWhenTheDiskIsFull) {
  const TestFolder folder;
  Put(folder.File("f"), "as it was", 0600);
  {
    const FileSizeLimit full(4096);
    const auto refused = WriteFileWhole(folder.File("f"), std::string(100000, 'x'), true);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kConfigFileUnwritable);
  }
  EXPECT_EQ(*ReadSmallFile(folder.File("f")), "as it was");
  EXPECT_FALSE(std::filesystem::exists(folder.File("f.new")));  // no part of a key is left lying about
}

TEST(WrittenFile, NeedsItsFolder) {
  const TestFolder folder;
  const auto refused = WriteFileWhole(folder.File("nowhere/f"), "x", false);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConfigFileUnwritable);
}

TEST(WrittenFile, NeverReplacesAFolder) {
  const TestFolder folder;
  std::filesystem::create_directory(folder.File("f"));
  EXPECT_EQ(WriteFileWhole(folder.File("f"), "x", false).error().code, ErrorCode::kConfigFileUnwritable);
  EXPECT_TRUE(std::filesystem::is_directory(folder.File("f")));
}

}  // namespace
}  // namespace madoguchi
