// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/folder_watch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <semaphore>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::handoff {
namespace {

constexpr std::chrono::seconds kWaitMax{20};
constexpr std::chrono::hours kNever{24};

class FolderWatchTest : public testing::Test {
 protected:
  FolderWatchTest() { std::filesystem::create_directory(path_); }
  bool Round() { return rounds_.try_acquire_for(kWaitMax); }
  TestFolder folder_;
  const std::string path_ = folder_.File("req");
  std::counting_semaphore<> rounds_{0};
};

TEST_F(FolderWatchTest, LooksAtOnceWhenAFileAppears) {
  FolderWatch watch(path_, [this] {
    rounds_.release();
    return std::chrono::milliseconds(kNever);
  });
  ASSERT_TRUE(Round());  // the first
  ASSERT_TRUE(WriteFileWhole(path_ + "/request.xml", "x", false).ok());
  EXPECT_TRUE(Round());
}

TEST_F(FolderWatchTest, LooksWithoutAnyEventAndWithoutAFolder) {
  std::filesystem::remove(path_);
  FolderWatch watch(path_, [this] {
    rounds_.release();
    return std::chrono::milliseconds(10);
  });
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Round());
}

TEST_F(FolderWatchTest, EndsWhileItWaits) {
  FolderWatch watch(path_, [this] {
    rounds_.release();
    return std::chrono::milliseconds(kNever);
  });
  EXPECT_TRUE(Round());
}

}  // namespace
}  // namespace madoguchi::handoff
