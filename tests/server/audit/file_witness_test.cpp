// SPDX-License-Identifier: Apache-2.0
// Checkpoints in a file on other media: added, found again, also when a writing was cut off or the file became full.
#include "server/audit/file_witness.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::audit {
namespace {

constexpr char kOrigin[] = "clinic.example/trail";

class FileWitnessTest : public testing::Test {
 protected:
  StoredCheckpoint Of(std::uint64_t size) { return {size, trail::SignedCheckpoint({kOrigin, size, {}}, signer_)}; }
  static Deadline Soon() { return Deadline::In(std::chrono::seconds(10)); }
  std::uint64_t Newest() {
    const auto newest = FileWitness::Newest(file_, signer_.verifier());
    EXPECT_TRUE(newest.ok());
    return newest.ok() && *newest ? (*newest)->size : 0;
  }

  const TestFolder folder_;
  const std::string file_ = folder_.File("trail");
  trail::Signer signer_{kOrigin, *crypto::Ed25519Key::Make(), trail::SignatureType::kEd25519};
};

TEST_F(FileWitnessTest, TheNewestOneIsFoundAgainAndLiesAloneBesideTheFile) {
  EXPECT_EQ(Newest(), 0u);
  FileWitness witness(file_);
  for (std::uint64_t size = 1; size < 200; ++size) {
    ASSERT_TRUE(witness.Give(Of(size), 0, Soon()).ok());
    ASSERT_EQ(Newest(), size);
  }
  EXPECT_EQ(witness.Holds(), 199u);
  EXPECT_EQ(*ReadSmallFile(file_ + ".newest"), Of(199).note);
}

TEST_F(FileWitnessTest, AWritingThatWasCutOffCountsForNothingAndTheNextOneIsWhole) {
  FileWitness witness(file_);
  ASSERT_TRUE(witness.Give(Of(7), 0, Soon()).ok());
  const std::string cut = Of(8).note;
  for (std::size_t length = 1; length < cut.size(); ++length) {
    std::filesystem::resize_file(file_, Of(7).note.size());
    std::ofstream(file_, std::ios::app) << cut.substr(0, length);
    ASSERT_EQ(Newest(), 7u) << length;
    ASSERT_TRUE(FileWitness(file_).Give(Of(9), 0, Soon()).ok());
    ASSERT_EQ(Newest(), 9u) << length;
  }
}

TEST_F(FileWitnessTest, AFullFileIsPutAsideOnce) {
  FileWitness witness(file_, 3 * Of(10).note.size());
  for (std::uint64_t size = 10; size < 30; ++size) ASSERT_TRUE(witness.Give(Of(size), 0, Soon()).ok());
  EXPECT_LE(std::filesystem::file_size(file_), 3 * Of(10).note.size());
  EXPECT_TRUE(std::filesystem::exists(file_ + ".1"));
  EXPECT_EQ(Newest(), 29u);
  std::filesystem::remove(file_);
  EXPECT_GT(Newest(), 0u);
}

TEST_F(FileWitnessTest, AFileOfAnotherKeyIsTold) {
  FileWitness witness(file_);
  ASSERT_TRUE(witness.Give(Of(7), 0, Soon()).ok());
  const trail::Signer other(kOrigin, *crypto::Ed25519Key::Make(), trail::SignatureType::kEd25519);
  const auto newest = FileWitness::Newest(file_, other.verifier());
  ASSERT_FALSE(newest.ok());
  EXPECT_EQ(newest.error().code, ErrorCode::kTrailWitnessFailed);
}

TEST_F(FileWitnessTest, MediaThatIsAwayIsTold) {
  FileWitness witness(folder_.File("away/trail"));
  const auto given = witness.Give(Of(7), 0, Soon());
  ASSERT_FALSE(given.ok());
  EXPECT_EQ(given.error().code, ErrorCode::kTrailWitnessFailed);
  EXPECT_EQ(witness.Holds(), 0u);
}

TEST_F(FileWitnessTest, APipeInTheFilesPlaceIsToldAndMakesNobodyWait) {
  ASSERT_EQ(mkfifo(file_.c_str(), 0600), 0);
  FileWitness witness(file_);
  EXPECT_FALSE(witness.Give(Of(7), 0, Soon()).ok());
  EXPECT_FALSE(FileWitness::Newest(file_, signer_.verifier()).ok());
}

}  // namespace
}  // namespace madoguchi::audit
