// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/export_layout.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "contract/files.h"
#include "contract/trail/checkpoint.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::trail {
namespace {

TEST(ExportLayout, PathsAreThoseOfTlogTiles) {
  EXPECT_EQ(TilePath(0, 0, 256), "tile/0/000");
  EXPECT_EQ(TilePath(1, 1'234'067, 256), "tile/1/x001/x234/067");
  EXPECT_EQ(TilePath(0, 273, 112), "tile/0/273.p/112");
  EXPECT_EQ(EntriesPath(1'000, 1), "tile/entries/x001/000.p/1");
  EXPECT_EQ(CheckpointPath(70'000), "checkpoints/70000");
  EXPECT_EQ(TombstonePath("audit_event_2026_11"), "tombstones/audit_event_2026_11");
  for (const char* bad : {"", "../key", "a/b", "A", "."}) EXPECT_FALSE(TombstonePath(bad)) << bad;
  EXPECT_FALSE(TombstonePath(std::string(64, 'a')));
}

TEST(ExportLayout, WhatIsWrittenIsReadAndNothingIsLeftBeside) {
  const TestFolder folder;
  Result<ExportWriter> writer = ExportWriter::Open(folder.File("export"));
  ASSERT_TRUE(writer.ok());
  const Bytes full(256 * kHashBytes, 7), rows = {0, 1, 'x'};
  EXPECT_FALSE(writer->Has(TilePath(0, 0, 256)));
  ASSERT_TRUE(writer->Write(TilePath(0, 0, 256), full).ok());
  ASSERT_TRUE(writer->Write(EntriesPath(0, 1), rows).ok());
  ASSERT_TRUE(writer->Write(CheckpointPath(1), AsBytes("note")).ok());
  ASSERT_TRUE(writer->Finish("newest").ok());
  EXPECT_TRUE(writer->Has(TilePath(0, 0, 256), full.size()));
  EXPECT_FALSE(writer->Has(TilePath(0, 0, 256), full.size() + 1));

  const Result<ExportReader> reader = ExportReader::Open(folder.File("export"));
  ASSERT_TRUE(reader.ok());
  Bytes read;
  EXPECT_TRUE(*reader->Tile(0, 0, 256, read));
  EXPECT_EQ(read, full);
  EXPECT_TRUE(*reader->Tile(0, 0, 3, read)) << "the full tile stands for a part of it";
  EXPECT_EQ(read.size(), 3 * kHashBytes);
  EXPECT_FALSE(*reader->Tile(0, 1, 256, read));
  EXPECT_TRUE(*reader->Entries(0, 1, read));
  EXPECT_EQ(read, rows);
  EXPECT_EQ(*reader->Text(kNewestCheckpointPath, kNoteBytesMax), "newest");
  EXPECT_THAT(*reader->Names("checkpoints", 10), testing::ElementsAre("1"));
  EXPECT_THAT(*reader->Names("tombstones", 10), testing::IsEmpty());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.File("export")))
    EXPECT_NE(entry.path().extension(), ".new");
}

TEST(ExportLayout, AFileIsReplacedWholeOrNotAtAll) {
  const TestFolder folder;
  Result<ExportWriter> writer = ExportWriter::Open(folder.File("export"));
  ASSERT_TRUE(writer->Write("key", AsBytes("first")).ok());
  // A folder in the way of what is written beside.
  std::filesystem::create_directories(folder.File("export/key.new/x"));
  EXPECT_EQ(writer->Write("key", AsBytes("second")).error().code, ErrorCode::kTrailExportInvalid);
  EXPECT_EQ(*ExportReader::Open(folder.File("export"))->Text("key", 100), "first");
}

TEST(ExportLayout, WhatIsTooLargeIsReadOnlyAsFarAsToShowIt) {
  const TestFolder folder;
  Result<ExportWriter> writer = ExportWriter::Open(folder.File("export"));
  ASSERT_TRUE(writer->Write(TilePath(0, 0, 256), Bytes(1'000'000, 1)).ok());
  ASSERT_TRUE(writer->Write(kNewestCheckpointPath, Bytes(1'000'000, 'x')).ok());
  const Result<ExportReader> reader = ExportReader::Open(folder.File("export"));
  Bytes read;
  EXPECT_TRUE(*reader->Tile(0, 0, 256, read));
  EXPECT_EQ(read.size(), 256 * kHashBytes + 1);
  EXPECT_EQ((*reader->Text(kNewestCheckpointPath, kNoteBytesMax))->size(), kNoteBytesMax + 1);
}

TEST(ExportLayout, WhatIsNoFileIsNotThere) {
  const TestFolder folder;
  EXPECT_EQ(ExportReader::Open(folder.File("none")).error().code, ErrorCode::kTrailExportInvalid);
  std::filesystem::create_directories(folder.File("export/tile/0/000"));
  std::filesystem::create_directory_symlink("entries", folder.File("export/tile/entries"));
  ASSERT_EQ(mkfifo(folder.File("export/checkpoint").c_str(), 0600), 0);
  const Result<ExportReader> reader = ExportReader::Open(folder.File("export"));
  Bytes read;
  EXPECT_FALSE(*reader->Tile(0, 0, 256, read));
  EXPECT_EQ(*reader->Entries(0, 256, read), 0u) << "a link that leads to itself";
  EXPECT_FALSE(*reader->Text("checkpoint", 100));
  EXPECT_THAT(*reader->Names("checkpoint", 10), testing::IsEmpty());
  EXPECT_EQ(reader->Names("tile", 0).error().code, ErrorCode::kTrailExportInvalid);
}

TEST(ExportLayout, NoFileIsWrittenThroughALinkThatLiesInItsWay) {
  const TestFolder folder;
  Result<ExportWriter> writer = ExportWriter::Open(folder.File("export"));
  ASSERT_TRUE(WriteFileWhole(folder.File("precious"), "kept", false).ok());
  std::filesystem::create_symlink(folder.File("precious"), folder.File("export/key.new"));
  EXPECT_EQ(writer->Write("key", AsBytes("x")).error().code, ErrorCode::kTrailExportInvalid);
  EXPECT_EQ(*ReadSmallFile(folder.File("precious")), "kept");
}

TEST(ExportLayout, AWiderFileStandsForOneThatIsNotThere) {
  const TestFolder folder;
  Result<ExportWriter> writer = ExportWriter::Open(folder.File("export"));
  for (const std::uint64_t width : {3, 9, 200}) {
    ASSERT_TRUE(writer->Write(TilePath(0, 2, width), Bytes(width * kHashBytes, 7)).ok());
    ASSERT_TRUE(writer->Write(EntriesPath(2, width), Bytes(width, 0)).ok());
  }
  const Result<ExportReader> reader = ExportReader::Open(folder.File("export"));
  Bytes read;
  EXPECT_TRUE(*reader->Tile(0, 2, 4, read));
  EXPECT_EQ(read.size(), 4 * kHashBytes);
  EXPECT_EQ(*reader->Entries(2, 3, read), 3u);
  EXPECT_EQ(*reader->Entries(2, 4, read), 9u);
  EXPECT_EQ(read.size(), 9u);
  EXPECT_EQ(*reader->Entries(2, 201, read), 0u);
  ASSERT_TRUE(writer->Write(EntriesPath(2, 256), Bytes(256, 0)).ok());
  EXPECT_EQ(*reader->Entries(2, 201, read), 256u);
}

TEST(ExportLayout, RowsBehindASizeAreFoundWhereverTheyLie) {
  const TestFolder folder;
  Result<ExportWriter> writer = ExportWriter::Open(folder.File("export"));
  const Result<ExportReader> reader = ExportReader::Open(folder.File("export"));
  EXPECT_FALSE(*reader->RowsBehind(300)) << "no rows at all";
  for (const std::string& path : {EntriesPath(0, 256), EntriesPath(1, 30), EntriesPath(1, 44)})
    ASSERT_TRUE(writer->Write(path, Bytes(1, 0)).ok());
  for (const char* stray :
       {"tile/entries/readme", "tile/entries/9", "tile/entries/001.p/45.new", "tile/entries/x000/002"})
    ASSERT_TRUE(writer->Write(stray, Bytes(1, 0)).ok());
  EXPECT_FALSE(*reader->RowsBehind(300));
  EXPECT_FALSE(*reader->RowsBehind(kTreeSizeMax));
  ASSERT_TRUE(writer->Write(EntriesPath(1, 45), Bytes(1, 0)).ok());
  std::optional<UnsignedRows> behind = *reader->RowsBehind(300);
  ASSERT_TRUE(behind);
  EXPECT_EQ(behind->first, 300u);
  EXPECT_EQ(behind->last, 300u);
  EXPECT_EQ(behind->file, EntriesPath(1, 45));
  ASSERT_TRUE(writer->Write(EntriesPath(1'234, 2), Bytes(1, 0)).ok());
  behind = *reader->RowsBehind(256);
  EXPECT_EQ(behind->first, 256u);
  EXPECT_EQ(behind->last, 1'234u * 256 + 1);
}

}  // namespace
}  // namespace madoguchi::trail
