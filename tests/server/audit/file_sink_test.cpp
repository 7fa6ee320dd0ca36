// SPDX-License-Identifier: Apache-2.0
#include "server/audit/file_sink.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/proto/contract/test_folder.h"
#include "tests/server/audit/sink_batches.h"
#include "tests/server/handoff/small_disk.h"

namespace madoguchi::audit {
namespace {

using test::Batch;
using test::RowAt;
using test::WithCheckpoint;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

std::string LineOf(std::uint64_t leaf) {
  return "{\"leaf\":" + std::to_string(leaf) + ",\"row\":" + RowAt(leaf).line + "}\n";
}

std::string LinesOf(std::uint64_t first, std::uint64_t next) {
  std::string lines;
  for (std::uint64_t leaf = first; leaf < next; ++leaf) lines += LineOf(leaf);
  return lines;
}

std::vector<std::string> Names(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string Content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

void Write(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

class FileSinkTest : public testing::Test {
 protected:
  int Take(const SinkBatch& batch) {
    const Result<void> taken = sink_.Take(batch);
    return taken.ok() ? 0 : static_cast<int>(taken.error().code);
  }
  std::string Newest() const { return folder_ + "/" + Names(folder_).back(); }

  TestFolder parent_;
  const std::string folder_ = parent_.File("");
  FileSink sink_{folder_};
};

TEST_F(FileSinkTest, WritesTheLinesOfTheTreeInTheirOrderIntoAFileOfTheDay) {
  EXPECT_EQ(Take(Batch(0, 3)), 0);
  EXPECT_EQ(Take(WithCheckpoint(Batch(3, 5))), 0);
  EXPECT_THAT(Names(folder_), ElementsAre(MatchesRegex("trail-20..-..-...ndjson")));
  EXPECT_EQ(Content(Newest()), LinesOf(0, 5) + CheckpointLine(WithCheckpoint(Batch(3, 5))) + "\n");
  struct stat status {};
  ASSERT_EQ(stat(Newest().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

TEST_F(FileSinkTest, ItsFilesAreForTheirGroupToReadWhateverTheUmask) {
  const mode_t before = umask(0077);
  EXPECT_EQ(Take(Batch(0, 1)), 0);
  umask(before);
  struct stat status {};
  ASSERT_EQ(stat(Newest().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

TEST_F(FileSinkTest, SaysOnceWhichRowsSomebodyCutOffAndGoesOn) {
  EXPECT_EQ(Take(Batch(0, 9)), 0);
  Write(Newest(), LinesOf(0, 4) + "{\"leaf\":4,\"row");
  testing::internal::CaptureStderr();
  EXPECT_EQ(Take(Batch(9, 12)), 0);
  EXPECT_EQ(Take(Batch(12, 13)), 0);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
  EXPECT_THAT(log, HasSubstr("event=sink_files_gap code=1615"));
  EXPECT_THAT(log, HasSubstr(" first_leaf=4 last_leaf=8"));
  EXPECT_EQ(Content(Newest()), LinesOf(0, 4) + LinesOf(9, 13));
}

TEST_F(FileSinkTest, SaysOnceThatSomebodyEmptiedOrRemovedTheNewestFileAndGoesOn) {
  const auto log_of = [&](const SinkBatch& batch) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(Take(batch), 0);
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(log_of(Batch(0, 3)), "");
  Write(Newest(), "");
  EXPECT_THAT(log_of(Batch(3, 5)), HasSubstr(" first_leaf=0 last_leaf=2"));
  EXPECT_EQ(log_of(Batch(5, 6)), "");
  std::filesystem::remove(Newest());
  EXPECT_EQ(log_of(WithCheckpoint(Batch(6, 6))), "") << "a checkpoint alone says nothing about rows";
  std::filesystem::remove(Newest());
  EXPECT_EQ(log_of(Batch(6, 8)), "");
  std::filesystem::remove(Newest());
  EXPECT_THAT(log_of(Batch(8, 9)), HasSubstr(" first_leaf=0 last_leaf=7"));
  Write(folder_ + "/trail-2020-01-01.ndjson", LinesOf(0, 2));
  std::filesystem::remove(Newest());
  EXPECT_THAT(log_of(Batch(9, 10)), HasSubstr(" first_leaf=2 last_leaf=8"));
  EXPECT_EQ(Content(Newest()), LinesOf(9, 10));
}

TEST_F(FileSinkTest, ARowStandsOnceEvenIfNobodyCouldNoteThatItWasTaken) {
  EXPECT_EQ(Take(Batch(0, 3)), 0);
  EXPECT_EQ(Take(WithCheckpoint(Batch(0, 5))), 0) << "the same again, and what has come since";
  EXPECT_EQ(Content(Newest()), LinesOf(0, 5) + CheckpointLine(WithCheckpoint(Batch(0, 5))) + "\n");
  EXPECT_EQ(Take(Batch(0, 6)), 0) << "the checkpoint behind the last row is no row";
  EXPECT_THAT(Content(Newest()), testing::EndsWith("\"}\n" + LineOf(5)));
}

TEST_F(FileSinkTest, GoesOnAfterACrashAtAnyByteWithoutGapAndWithoutHalfALine) {
  EXPECT_EQ(Take(WithCheckpoint(Batch(0, 4))), 0);
  const std::string path = Newest(), whole = Content(path);
  const std::string wanted = LinesOf(0, 4) + CheckpointLine(WithCheckpoint(Batch(0, 4))) + "\n";
  ASSERT_EQ(whole, wanted);
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    Write(path, whole.substr(0, bytes));
    ASSERT_EQ(Take(WithCheckpoint(Batch(0, 4))), 0);
    ASSERT_EQ(Content(path), wanted) << bytes;
  }
}

TEST_F(FileSinkTest, BeginsAFileForANewDayAndEndsWhatWasBegunInTheOldOne) {
  const std::string old = folder_ + "/trail-2020-01-01.ndjson";
  Write(old, LinesOf(0, 3) + "{\"leaf\":3,\"row\":{\"v\"");
  EXPECT_EQ(Take(Batch(2, 5)), 0) << "leaf 2 was written, but not noted";
  EXPECT_EQ(Content(old), LinesOf(0, 5));
  EXPECT_EQ(Take(Batch(5, 7)), 0);
  EXPECT_EQ(Content(old), LinesOf(0, 5));
  EXPECT_EQ(Names(folder_).size(), 2u);
  EXPECT_EQ(Content(Newest()), LinesOf(5, 7));
}

TEST_F(FileSinkTest, AClockThatWasSetBackMakesNoFileBetween) {
  const std::string newest = folder_ + "/trail-2999-12-31.ndjson";
  Write(newest, LinesOf(0, 3));
  EXPECT_EQ(Take(Batch(3, 5)), 0);
  EXPECT_THAT(Names(folder_), ElementsAre("trail-2999-12-31.ndjson"));
  EXPECT_EQ(Content(newest), LinesOf(0, 5));
}

TEST_F(FileSinkTest, LeavesOtherFilesOfTheFolderAlone) {
  Write(folder_ + "/trail-2999-12-31.ndjson.gz", "packed");
  Write(folder_ + "/zzz", "other");
  EXPECT_EQ(Take(Batch(0, 1)), 0);
  EXPECT_EQ(Content(folder_ + "/trail-2999-12-31.ndjson.gz"), "packed");
  EXPECT_EQ(Content(folder_ + "/zzz"), "other");
}

TEST_F(FileSinkTest, RefusesAFileThatIsNoneOfItsOwn) {
  const std::string newest = folder_ + "/trail-2999-12-31.ndjson";
  const std::string other(kSinkTailBytes + 1, 'x');
  Write(newest, other);
  EXPECT_EQ(Take(Batch(0, 1)), 1615);
  EXPECT_EQ(Content(newest), other);
}

TEST_F(FileSinkTest, SaysWhichFolderIsNotThere) {
  FileSink sink(folder_ + "/gone");
  const Result<void> taken = sink.Take(Batch(0, 1));
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code, ErrorCode::kTrailSinkFailed);
  EXPECT_THAT(taken.error().detail, HasSubstr("gone: No such file"));
}

TEST_F(FileSinkTest, TwoServersNeverWriteIntoOneFileAtOnce) {
  EXPECT_EQ(Take(Batch(0, 1)), 0);
  const int other = open(Newest().c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  EXPECT_EQ(Take(Batch(1, 2)), 1615);
  close(other);
  EXPECT_EQ(Take(Batch(1, 2)), 0);
  EXPECT_EQ(Content(Newest()), LinesOf(0, 2));
}

TEST_F(FileSinkTest, AFullDiskIsToldAndNothingIsMissingWhenItHasSpaceAgain) {
  const std::string ballast = folder_ + "/ballast";
  const int outcome = handoff::test::OnSmallDisk(folder_, "size=256k", false, [&] {
    Write(ballast, std::string(150'000, 'b'));
    FileSink sink(folder_);
    if (!sink.Take(Batch(0, 100)).ok()) return 1;
    Result<void> taken;
    std::uint64_t next = 100;
    for (; taken.ok() && next < 10'000; next += taken.ok() ? 100u : 0u) taken = sink.Take(Batch(next, next + 100));
    if (taken.ok()) return 2;
    if (taken.error().code != ErrorCode::kTrailSinkFailed) return 3;
    if (taken.error().detail.find("No space left") == std::string::npos) return 4;
    if (sink.Take(Batch(next, next + 100)).ok()) return 5;
    std::filesystem::remove(ballast);
    if (!sink.Take(Batch(next, next + 100)).ok()) return 6;
    return Content(folder_ + "/" + Names(folder_).back()) == LinesOf(0, next + 100) ? 0 : 7;
  });
  EXPECT_EQ(outcome, 0);
}

}  // namespace
}  // namespace madoguchi::audit
