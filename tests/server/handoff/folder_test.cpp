// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/folder.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "contract/bytes.h"
#include "contract/crypto/digest.h"
#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/handoff/small_disk.h"

namespace madoguchi::handoff {
namespace {

namespace fs = std::filesystem;

constexpr char kName[] = "OQSsiquc01res_face_1.xml";

int CodeOf(const Result<void>& result) {
  return result.ok() ? 0 : static_cast<int>(result.error().code);
}
int Number(ErrorCode code) {
  return static_cast<int>(code);
}

class FolderTest : public testing::Test {
 protected:
  FolderTest() { fs::create_directory(path_); }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename().string());
    return names;
  }
  std::string Content() const {
    std::ifstream file(path_ + "/" + kName);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  TestFolder folder_;
  const std::string path_ = folder_.File("face");
  const Folder share_{path_};
};

TEST_F(FolderTest, PutsAWholeFileForOwnerAndGroupAndLeavesNothingElse) {
  ASSERT_EQ(CodeOf(share_.Put(kName, "<XmlMsg/>", "token")), 0);
  EXPECT_EQ(Content(), "<XmlMsg/>");
  EXPECT_EQ(Names(), std::vector<std::string>{kName});
  struct stat status {};
  ASSERT_EQ(stat((path_ + "/" + kName).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, kFolderFileMode);
}

TEST_F(FolderTest, CountsTheSameBytesUnderTheSameNameAsDelivered) {
  ASSERT_EQ(CodeOf(share_.Put(kName, "same", "token")), 0);
  EXPECT_EQ(CodeOf(share_.Put(kName, "same", "token")), 0);
  EXPECT_EQ(Names().size(), 1U);
}

TEST_F(FolderTest, NeverOverwritesAFileWithOtherBytes) {
  ASSERT_EQ(CodeOf(share_.Put(kName, "theirs", "token")), 0);
  EXPECT_EQ(CodeOf(share_.Put(kName, "ours", "token")), Number(ErrorCode::kHandoffNameTaken));
  EXPECT_EQ(Content(), "theirs");
  EXPECT_EQ(Names().size(), 1U);
}

TEST_F(FolderTest, NeverFollowsALinkThatLiesUnderItsName) {
  const std::string outside = folder_.File("outside");
  fs::create_symlink(outside, path_ + "/" + kName);
  EXPECT_EQ(CodeOf(share_.Put(kName, "ours", "token")), Number(ErrorCode::kHandoffNameTaken));
  EXPECT_FALSE(fs::exists(outside));
}

TEST_F(FolderTest, IsNotHeldUpByAPipe) {
  ASSERT_EQ(mkfifo((path_ + "/" + kName).c_str(), 0600), 0);
  EXPECT_EQ(share_.Read(kName).error().code, ErrorCode::kHandoffFileFailed);
  EXPECT_EQ(CodeOf(share_.Put(kName, "ours", "token")), Number(ErrorCode::kHandoffNameTaken));
}

TEST_F(FolderTest, OverwritesWhatACrashLeftUnfinished) {
  ASSERT_TRUE(WriteFileWhole(path_ + "/" + kUnfinishedPrefix + "token", std::string(1000, 'x'), false).ok());
  ASSERT_EQ(CodeOf(share_.Put(kName, "whole", "token")), 0);
  EXPECT_EQ(Content(), "whole");
  EXPECT_EQ(Names().size(), 1U);
}

TEST_F(FolderTest, SaysThatItIsMissing) {
  fs::remove(path_);
  EXPECT_EQ(CodeOf(share_.Put(kName, "x", "token")), Number(ErrorCode::kHandoffFolderMissing));
  EXPECT_EQ(CodeOf(share_.Try("token")), Number(ErrorCode::kHandoffFolderMissing));
  EXPECT_EQ(CodeOf(Folder("/dev/null/face").Put(kName, "x", "token")), Number(ErrorCode::kHandoffFolderMissing));
}

TEST_F(FolderTest, SaysThatItIsFullAndLeavesNothingHalfWritten) {
  const int code = test::OnSmallDisk(path_, "size=16k", false, [&] {
    const bool full =
        CodeOf(share_.Put(kName, std::string(64 * 1024, 'x'), "token")) == Number(ErrorCode::kHandoffFolderFull);
    return full && Names().empty() && share_.Put(kName, "small", "token").ok() ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
}

TEST_F(FolderTest, SaysThatItIsReadOnly) {
  const int code = test::OnSmallDisk(path_, "size=16k", true, [&] {
    const int read_only = Number(ErrorCode::kHandoffFolderReadOnly);
    return CodeOf(share_.Put(kName, "x", "token")) == read_only && CodeOf(share_.Try("token")) == read_only ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
}

// A limit of the process ends the write half-way, as a broken disk does.
TEST_F(FolderTest, LeavesNothingOfAFileThatCouldNotBeWrittenToItsEnd) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const int code = CodeOf(share_.Put(kName, std::string(5000, 'x'), "token"));
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(code, Number(ErrorCode::kHandoffFileFailed));
  EXPECT_TRUE(Names().empty());
}

// Whatever the moment at which somebody takes the folder away or brings it back: a code of the catalogue, never half a
// file.
TEST_F(FolderTest, SurvivesAFolderThatVanishesAtAnyMoment) {
  const std::string away = folder_.File("away"), content(100'000, 'x');
  std::atomic<bool> ending{false};
  std::thread vandal([&] {
    std::error_code ignored;
    while (!ending) {
      fs::rename(path_, away, ignored);
      fs::rename(away, path_, ignored);
    }
  });
  int put = 0, failed = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string name = "file" + std::to_string(i);
    const int code = CodeOf(share_.Put(name, content, name));
    if (code == 0) {
      ++put;
      continue;
    }
    ++failed;
    EXPECT_TRUE(code == Number(ErrorCode::kHandoffFolderMissing) || code == Number(ErrorCode::kHandoffFileFailed))
        << code;
  }
  ending = true;
  vandal.join();
  if (fs::exists(away)) fs::rename(away, path_);
  std::size_t whole = 0;
  for (const std::string& name : Names()) {
    if (name.starts_with(kUnfinishedPrefix)) continue;  // the folder was away when it should have been removed
    EXPECT_EQ(fs::file_size(path_ + "/" + name), content.size());
    ++whole;
  }
  EXPECT_GE(whole, static_cast<std::size_t>(put));
  EXPECT_EQ(put + failed, 200);
}

TEST_F(FolderTest, LetsOneOfTwoTakersWin) {
  for (int i = 0; i < 100; ++i) {
    const std::string name = "request" + std::to_string(i);
    ASSERT_TRUE(share_.Put(name, "x", name).ok());
    std::atomic<int> winners{0};
    std::thread one([&] { winners += share_.Rename(name, name + "-one") ? 1 : 0; });
    std::thread two([&] { winners += share_.Rename(name, name + "-two") ? 1 : 0; });
    one.join();
    two.join();
    EXPECT_EQ(winners, 1);
  }
}

TEST_F(FolderTest, RemovesOnlyWhatStillHasItsOwnBytes) {
  const std::string sha256 = ToHex(crypto::Sha256(AsBytes("ours")));
  ASSERT_TRUE(share_.Put(kName, "ours", "token").ok());
  EXPECT_TRUE(share_.RemoveOwn(kName, sha256).ok());
  EXPECT_TRUE(Names().empty());
  EXPECT_TRUE(share_.RemoveOwn(kName, sha256).ok());  // taken by the receipt computer
  ASSERT_TRUE(share_.Put(kName, "theirs", "token").ok());
  EXPECT_TRUE(share_.RemoveOwn(kName, sha256).ok());
  EXPECT_EQ(Content(), "theirs");
  fs::remove_all(path_);
  EXPECT_EQ(share_.RemoveOwn(kName, sha256).error().code, ErrorCode::kHandoffFolderMissing);
}

TEST_F(FolderTest, TriesWhatItWillNeedAndLeavesNothing) {
  EXPECT_EQ(CodeOf(share_.Try("token")), 0);
  EXPECT_TRUE(Names().empty());
}

TEST_F(FolderTest, ListsOnlyWhatIsWantedHoweverMuchElseThereIs) {
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(share_.Put("other" + std::to_string(i), "", "t").ok());
  ASSERT_TRUE(share_.Put("b", "", "t").ok());
  ASSERT_TRUE(share_.Put("a", "", "t").ok());
  const auto names = share_.List(10, [](const std::string& name) { return name.size() == 1; });
  EXPECT_EQ(*names, (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace madoguchi::handoff
