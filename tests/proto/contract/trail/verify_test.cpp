// SPDX-License-Identifier: Apache-2.0
// Everything that can be done to an export by somebody who has the files but not the key, and what is then told.
#include "contract/trail/verify.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "contract/trail/entries.h"
#include "tests/proto/contract/trail/tampered.h"

namespace madoguchi::trail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
namespace fs = std::filesystem;

TEST_F(Tampered, NothingIsToldOfAGoodExport) {
  const std::string folder = Export(*many_);
  std::uint64_t seen = 0;
  const Result<VerifyReport> report = Verify(
      {folder, {many_->key()}, {}, {{"kept", many_->note(5'000)}}, {}, [&seen](std::uint64_t rows, std::uint64_t) {
         seen = rows;
       }});
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(Told(report->findings), IsEmpty());
  EXPECT_EQ(report->size, kRows);
  EXPECT_EQ(report->present, kRows);
  EXPECT_EQ(seen, kRows);
  EXPECT_EQ(report->notes.checkpoints.size(), 4u);
}

// 200 rows of kRows, the first and the last of them, too; the same every time.
std::vector<std::uint64_t> Sample() {
  std::mt19937_64 random(1);  // NOLINT(cert-msc51-cpp)
  std::set<std::uint64_t> sample = {0, kRows - 1};
  while (sample.size() < 200) sample.insert(random() % kRows);
  return {sample.begin(), sample.end()};
}

// At once in all rows of the sample, each of which must be named among the others.
TEST_F(Tampered, EveryByteOfTwoHundredRowsIsGuardedAndTheRowNamed) {
  const std::string folder = Export(*many_);
  std::mt19937_64 random(1);  // NOLINT(cert-msc51-cpp): the same every time
  std::map<std::uint64_t, Lines> bundles;
  std::size_t longest = 0;
  for (const std::uint64_t row : Sample()) {
    bundles.try_emplace(row / kTileWidth, Bundle(folder, row / kTileWidth, kRows));
    longest = std::max(longest, bundles.at(row / kTileWidth)[row % kTileWidth].size());
  }
  std::size_t flipped = 0;
  for (std::size_t at = 0; at < longest; ++at) {
    std::vector<std::pair<std::string*, int>> changed;
    std::vector<std::string> expected;
    for (const std::uint64_t row : Sample()) {
      std::string& line = bundles.at(row / kTileWidth)[row % kTileWidth];
      if (at >= line.size()) continue;
      changed.emplace_back(&line, 1 << random() % 8);
      expected.push_back("row_edited " + std::to_string(row));
    }
    const auto flip = [&changed, at] {
      for (const auto& [line, bits] : changed) (*line)[at] = static_cast<char>((*line)[at] ^ bits);
    };
    flip();
    for (const auto& [index, lines] : bundles) PutBundle(folder, index, kRows, lines);
    ASSERT_EQ(Verified(folder, *many_), expected) << "byte " << at;
    flip();
    flipped += expected.size();
  }
  RecordProperty("bytes_flipped", std::to_string(flipped));
  EXPECT_GT(flipped, 38'000u);
}

// One after the other: two bytes of each row of the sample, every one where MADOGUCHI_LONG is set.
TEST_F(Tampered, OneByteOfTwoHundredRowsIsGuardedAndOnlyItsRowNamed) {
  const std::string folder = Export(*many_);
  const bool all = std::getenv("MADOGUCHI_LONG") != nullptr;
  std::mt19937_64 random(2);  // NOLINT(cert-msc51-cpp): the same every time
  for (const std::uint64_t row : Sample()) {
    const std::string path =
        folder + "/" + EntriesPath(row / kTileWidth, std::min(kTileWidth, kRows - row / kTileWidth * kTileWidth));
    const std::string good = Content(path), line = Bundle(folder, row / kTileWidth, kRows)[row % kTileWidth];
    const std::size_t begin = good.find(line);
    ASSERT_NE(begin, std::string::npos);
    for (std::size_t i = 0; i < (all ? line.size() : 2); ++i) {
      const std::size_t at = all ? i : random() % line.size();
      Put(path, Flipped(good, begin + at, 1 << random() % 8));
      ASSERT_THAT(Verified(folder, *many_), ElementsAre("row_edited " + std::to_string(row))) << "byte " << at;
    }
    Put(path, good);
  }
}

TEST_F(Tampered, EveryByteOfABundleWithItsLengthsIsGuarded) {
  const std::string folder = Export(*few_), path = folder + "/" + EntriesPath(0, kFewRows);
  const std::string good = Content(path);
  std::size_t begin = 0, row = 0, next = 2 + Bundle(folder, 0, kFewRows)[0].size();
  const Lines lines = Bundle(folder, 0, kFewRows);
  for (std::size_t at = 0; at < good.size() && row < 8; ++at) {
    if (at == next) {
      begin = next;
      next += 2 + lines[++row].size();
    }
    Put(path, Flipped(good, at, at % 2 == 0 ? 1 : 0x80));
    const std::string what = at - begin < 2 ? "length_changed " : "row_edited ";
    ASSERT_THAT(Verified(folder, *few_), ElementsAre(what + std::to_string(row))) << at;
  }
}

TEST_F(Tampered, EveryByteOfEveryCheckpointIsGuarded) {
  const std::string folder = Export(*few_);
  for (const std::string name : {"checkpoint", "checkpoints/200"}) {
    const std::string good = Content(folder + "/" + name);
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const int flip : {1, 0x20, 0x80}) {
        Put(folder + "/" + name, Flipped(good, at, flip));
        ASSERT_THAT(Verified(folder, *few_), ElementsAre("checkpoint_invalid " + name)) << at << " " << flip;
      }
    }
    Put(folder + "/" + name, good);
  }
  ASSERT_THAT(Verified(folder, *few_), IsEmpty());
}

TEST_F(Tampered, RowsBehindTheLastSignedOneAreTold) {
  const std::string folder = Export(*many_);
  Bytes bundle;
  AppendEntry(SampleLine(9, 9), bundle);
  AppendEntry(SampleLine(10, 9), bundle);
  fs::create_directories(folder + "/tile/entries/040.p");
  Put(folder + "/" + EntriesPath(40, 2), std::string(AsText(bundle)));
  EXPECT_THAT(Verified(folder, *many_), ElementsAre("rows_unsigned 10240-10241 " + EntriesPath(40, 2)));
}

TEST_F(Tampered, WhatIsNoFileCountsAsTakenAway) {
  const std::string folder = Export(*many_);
  for (const std::string& path : {EntriesPath(2, 256), TilePath(0, 5, 256)}) {
    fs::remove(folder + "/" + path);
    fs::create_directories(folder + "/" + path);
  }
  fs::remove(folder + "/checkpoint");
  fs::create_directories(folder + "/checkpoint");
  fs::create_directories(folder + "/checkpoints/1");
  EXPECT_THAT(Verified(folder, *many_),
              ElementsAre("checkpoint_invalid checkpoint", "checkpoint_invalid checkpoints/1", "rows_removed 512-767",
                          "tile_missing 1280-1535 " + TilePath(0, 5, 256)));
}

TEST_F(Tampered, WithoutItsNewestCheckpointsTheRestOfAnExportIsStillJudged) {
  const std::string folder = Export(*many_);
  for (const char* name : {"/checkpoint", "/checkpoints/10007"})
    Put(folder + name, Flipped(Content(folder + name), 40, 1));
  EXPECT_THAT(Verified(folder, *many_),
              ElementsAre("checkpoint_invalid checkpoint", "checkpoint_invalid checkpoints/10007",
                          "rows_unsigned 5000-10006 " + EntriesPath(19, 256)));
}

TEST_F(Tampered, AnOlderExportIsCutOffForWhoeverKeptALaterCheckpoint) {
  const std::string folder = folder_.File("export");
  SampleLog log;
  log.Append(1'000);
  log.Sign();
  log.Export(folder);
  log.Append(500);
  log.Sign();
  EXPECT_THAT(Verified(folder, log), IsEmpty());
  EXPECT_THAT(Verified(folder, log, {{"witness.note", log.note(1'500)}}),
              ElementsAre("cut_off 1000-1499 witness.note"));
  // Only the newest checkpoint was put back.
  const std::string whole = folder_.File("whole");
  log.Export(whole);
  Put(whole + "/checkpoint", log.note(1'000));
  EXPECT_THAT(Verified(whole, log), ElementsAre("checkpoint_old checkpoint"));
}

TEST_F(Tampered, TwoForksAreToldWithTheFirstRowThatDiffers) {
  // The same key signs two trails that are equal for 300 rows.
  SampleLog log;
  log.Append(300);
  log.Sign();
  SampleLog other = log;
  log.Append(600);
  log.Sign();
  other.Append(500, 2);
  other.Sign();
  other.Append(100, 2);
  other.Sign();
  const std::string mine = folder_.File("mine"), theirs = folder_.File("theirs");
  log.Export(mine);
  other.Export(theirs);
  EXPECT_THAT(Verified(mine, log), IsEmpty());
  EXPECT_THAT(Verified(theirs, log), IsEmpty());
  EXPECT_THAT(Verified(mine, log, {{"kept", other.note(800)}}), ElementsAre("forked 300-799 kept"));
  EXPECT_THAT(Verified(mine, log, {{"kept", other.note(900)}}), ElementsAre("forked 300-899 kept"));
  EXPECT_THAT(Verified(mine, log, {}, theirs),
              ElementsAre("forked 300-899 " + theirs + "/checkpoint", "forked 300 " + theirs));
  // A checkpoint of the one among those of the other.
  Put(mine + "/checkpoints/800", other.note(800));
  EXPECT_THAT(Verified(mine, log), ElementsAre("forked 300-799 checkpoints/800"));
}

TEST_F(Tampered, TwoKeptCheckpointsOfOneSizeProveAForkBehindTheEndOfAnExport) {
  SampleLog log;
  log.Append(300);
  log.Sign();
  SampleLog other = log;
  log.Export(folder_.File("export"));
  log.Append(100);
  log.Sign();
  other.Append(100, 2);
  other.Sign();
  EXPECT_THAT(Verified(folder_.File("export"), log, {{"one", log.note(400)}, {"two", other.note(400)}}),
              ElementsAre("forked 300-399 two", "cut_off 300-399 two"));
}

TEST_F(Tampered, ANoteOfAnotherKeyIsNone) {
  SampleLog forger;
  forger.Append(300, 3);
  forger.Sign();
  forger.Export(folder_.File("export"));
  EXPECT_THAT(Verified(folder_.File("export"), *few_),
              ElementsAre("checkpoint_invalid checkpoint", "checkpoint_invalid checkpoints/300"));
}

TEST_F(Tampered, ACheckpointOfMoreRowsThanAnyTrailHasIsRefusedAtOnce) {
  const std::string folder = Export(*few_);
  const std::string note =
      SignedCheckpoint({kSampleOrigin, kRowsVerifiedMax + 1, few_->Root(kFewRows)}, few_->signer());
  Put(folder + "/checkpoint", note);
  EXPECT_THAT(Verified(folder, *few_), ElementsAre("TRAIL_EXPORT_INVALID"));
  Export(*few_);
  EXPECT_THAT(Verified(folder, *few_, {{"kept", note}}), ElementsAre("cut_off 200-4294967296 kept"));
}

TEST(Verify, WhatIsNoExportIsAnErrorNotAFinding) {
  const TestFolder folder;
  SampleLog log;
  EXPECT_THAT(Verified(folder.File("none"), log), ElementsAre("TRAIL_EXPORT_INVALID"));
  EXPECT_THAT(Verified(folder.File("."), log), ElementsAre("TRAIL_EXPORT_INVALID"));
}

}  // namespace
}  // namespace madoguchi::trail
