// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/import_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/proto/contract/test_folder.h"

namespace madoguchi::cli {
namespace {

using testing::ElementsAre;

class ImportFilesTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_.File("sheets/more")); }
  std::string Put(const std::string& name, std::size_t bytes = 4) const {
    std::ofstream(folder_.File(name)) << std::string(bytes, 'x');
    return folder_.File(name);
  }
  TestFolder folder_;
  const std::string sheets_ = folder_.File("sheets");
};

TEST_F(ImportFilesTest, FolderGivesItsSheetsByNameAndLeavesTheRestOut) {
  const std::string second = Put("sheets/b.PDF"), first = Put("sheets/a.csv"), third = Put("sheets/more/c.pdf");
  Put("sheets/readme.txt");
  Put("sheets/.hidden.pdf");
  Put("outside.pdf");
  std::filesystem::create_symlink(folder_.File("outside.pdf"), folder_.File("sheets/link.pdf"));
  std::filesystem::create_directory_symlink(folder_.File("."), folder_.File("sheets/out"));
  ASSERT_EQ(mkfifo(folder_.File("sheets/pipe.pdf").c_str(), 0600), 0);
  const Result<FoundFiles> found = FindImportFiles({sheets_});
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(found->paths, ElementsAre(first, second, third));
  EXPECT_EQ(found->left_out, 5u);
}

TEST_F(ImportFilesTest, FilesAreTakenAsNamed) {
  const std::string odd = Put("sheet without an ending");
  EXPECT_THAT(FindImportFiles({odd}).value().paths, ElementsAre(odd));
}

TEST_F(ImportFilesTest, MoreThanTwoHundredAreRefused) {
  for (int i = 0; i < 200; ++i) Put("sheets/" + std::to_string(i) + ".pdf");
  EXPECT_TRUE(FindImportFiles({sheets_}).ok());
  Put("sheets/one more.pdf");
  EXPECT_EQ(FindImportFiles({sheets_}).error().code, ErrorCode::kImportTooLarge);
}

TEST_F(ImportFilesTest, TenThousandAreRefusedBeforeAnythingIsRead) {
  for (int i = 0; i < 10'000; ++i) Put("sheets/" + std::to_string(i) + ".txt", 0);
  EXPECT_EQ(FindImportFiles({sheets_}).error().code, ErrorCode::kImportTooLarge);
}

TEST_F(ImportFilesTest, LargeFilesAreRefused) {
  Put("sheets/large.pdf", kImportFileBytesMax + 1);
  EXPECT_EQ(FindImportFiles({sheets_}).error().code, ErrorCode::kImportTooLarge);
  EXPECT_EQ(ReadContent(folder_.File("sheets/large.pdf"), kImportFileBytesMax).error().code,
            ErrorCode::kImportTooLarge);
}

TEST_F(ImportFilesTest, WhatIsNoFileIsRefusedWithItsPath) {
  ASSERT_EQ(mkfifo(folder_.File("pipe").c_str(), 0600), 0);
  for (const std::string& place : {folder_.File("pipe"), folder_.File("missing"), sheets_, std::string("/dev/zero")}) {
    const Result<FoundFiles> found = FindImportFiles({place});
    ASSERT_FALSE(found.ok()) << place;
    EXPECT_EQ(found.error().code, ErrorCode::kConfigFileUnreadable);
    EXPECT_NE(found.error().detail.find(place), std::string::npos);
  }
  EXPECT_EQ(ReadContent(folder_.File("pipe"), 10).error().code, ErrorCode::kConfigFileUnreadable);
}

TEST_F(ImportFilesTest, NamesForTheServerAreUtf8WithoutFolders) {
  const Result<FileContent> content = ReadContent(Put("sheets/\x8E\xF3.pdf"), 10);
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(content->name, "\xEF\xBF\xBD\xEF\xBF\xBD.pdf");
  EXPECT_EQ(content->bytes, "xxxx");
}

}  // namespace
}  // namespace madoguchi::cli
