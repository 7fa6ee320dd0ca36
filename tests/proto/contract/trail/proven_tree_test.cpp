// SPDX-License-Identifier: Apache-2.0
// Files of hashes that were changed or lost, and rows together with theirs.
#include "contract/trail/proven_tree.h"

#include <gmock/gmock.h>

#include "tests/proto/contract/trail/tampered.h"

namespace madoguchi::trail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
namespace fs = std::filesystem;

TEST_F(Tampered, EveryByteOfAFileOfHashesIsGuardedAndNoRowIsBlamed) {
  const std::string folder = Export(*few_), path = TilePath(0, 0, kFewRows);
  const std::string good = Content(folder + "/" + path);
  for (std::size_t at = 0; at < good.size(); at += 29) {
    Put(folder + "/" + path, Flipped(good, at, 1));
    ASSERT_THAT(Verified(folder, *few_), ElementsAre("tile_changed 0-199 " + path)) << at;
  }
}

TEST_F(Tampered, FilesOfHashesOfEveryLevelThatWereChangedOrLostAreNamed) {
  const std::string folder = Export(*many_);
  const std::string low = TilePath(0, 3, 256), high = TilePath(1, 0, kRows / 256), last = TilePath(0, 39, kRows % 256);
  for (const std::string& path : {low, high, last}) {
    const std::string good = Content(folder + "/" + path);
    const std::string range = path == low ? "768-1023 " : path == high ? "0-10006 " : "9984-10006 ";
    Put(folder + "/" + path, Flipped(good, 40, 4));
    EXPECT_THAT(Verified(folder, *many_), ElementsAre("tile_changed " + range + path));
    Put(folder + "/" + path, good + "x");
    EXPECT_THAT(Verified(folder, *many_), ElementsAre("tile_changed " + range + path));
    fs::remove(folder + "/" + path);
    EXPECT_THAT(Verified(folder, *many_), ElementsAre("tile_missing " + range + path));
    Put(folder + "/" + path, good);
  }
}

TEST_F(Tampered, ARowAndTheFilesOfHashesTogetherAreStillToldApart) {
  const std::string folder = Export(*many_);
  Lines lines = Bundle(folder, 3, kRows);
  lines[5][30] ^= 1;
  PutBundle(folder, 3, kRows, lines);
  const std::string low = TilePath(0, 3, 256), high = TilePath(1, 0, kRows / 256);
  Put(folder + "/" + low, Flipped(Content(folder + "/" + low), 32 * 9, 1));
  Put(folder + "/" + high, Flipped(Content(folder + "/" + high), 32 * 7, 1));
  EXPECT_THAT(Verified(folder, *many_),
              ElementsAre("tile_changed 0-10006 " + high, "tile_changed 768-1023 " + low, "row_edited 773"));
}

TEST_F(Tampered, ARowWhoseHashWasReplacedEverywhereIsProvenWrong) {
  const std::string folder = Export(*many_);
  Lines lines = Bundle(folder, 3, kRows);
  lines[5][30] ^= 1;
  PutBundle(folder, 3, kRows, lines);
  const Hash forged = LeafHash(AsBytes(lines[5]));
  std::string tile = Content(folder + "/" + TilePath(0, 3, 256));
  tile.replace(32 * 5, 32, std::string(forged.begin(), forged.end()));
  Put(folder + "/" + TilePath(0, 3, 256), tile);
  EXPECT_THAT(Verified(folder, *many_), ElementsAre("rows_unproven 768-1023"));
  // An earlier export still knows the hash: the row itself is named, and nobody is accused of a fork.
  const TestFolder before;
  many_->Export(before.File("export"));
  EXPECT_THAT(Verified(folder, *many_, {}, before.File("export")),
              ElementsAre("tile_changed 768-1023 " + TilePath(0, 3, 256), "row_edited 773"));
}

TEST_F(Tampered, ARowOfTheLastTileWhoseHashWasReplacedIsNamedWithAnEarlierExport) {
  SampleLog log;
  log.Append(700);
  log.Sign();
  const std::string before = folder_.File("before"), folder = folder_.File("export");
  log.Export(before);
  log.Append(60);
  log.Sign();
  log.Export(folder);
  Lines lines = Bundle(folder, 2, 760);
  lines[100][30] ^= 1;
  PutBundle(folder, 2, 760, lines);
  const Hash forged = LeafHash(AsBytes(lines[100]));
  std::string tile = Content(folder + "/" + TilePath(0, 2, 248));
  tile.replace(32 * 100, 32, std::string(forged.begin(), forged.end()));
  Put(folder + "/" + TilePath(0, 2, 248), tile);
  EXPECT_THAT(Verified(folder, log), ElementsAre("rows_unproven 0-759"));
  EXPECT_THAT(Verified(folder, log, {}, before),
              ElementsAre("tile_changed 512-759 " + TilePath(0, 2, 248), "row_edited 612"));
}

TEST_F(Tampered, ADamagedFileOfHashesIsNoForkForWhoeverHasAnEarlierExport) {
  const std::string folder = Export(*many_), path = TilePath(0, 3, 256);
  const TestFolder before;
  many_->Export(before.File("export"));
  Put(folder + "/" + path, Flipped(Content(folder + "/" + path), 40, 4));
  EXPECT_THAT(Verified(folder, *many_, {}, before.File("export")), ElementsAre("tile_changed 768-1023 " + path));
}

TEST_F(Tampered, AHeadThatWasSignedOverOtherRowsProvesNothing) {
  SampleLog log;
  log.Append(700);
  SampleLog other = log;
  log.Append(1);
  log.Sign();
  other.Append(1, 2);
  other.Sign();
  const std::string folder = folder_.File("export");
  log.Export(folder);
  Put(folder + "/checkpoint", other.note(701));
  Put(folder + "/checkpoints/701", other.note(701));
  EXPECT_THAT(Verified(folder, log), ElementsAre("rows_unproven 0-700"));
}

}  // namespace
}  // namespace madoguchi::trail
