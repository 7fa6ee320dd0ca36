// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/row_keys.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "contract/crypto/random.h"
#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::handoff {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class RowKeysTest : public testing::Test {
 protected:
  RowKeysTest() { fs::create_directory(directory_); }
  void Age(const std::string& name) const {
    fs::last_write_time(fs::path(directory_) / name, fs::file_time_type::clock::now() - std::chrono::minutes(5));
  }
  TestFolder folder_;
  const std::string directory_ = folder_.File("keys");
  const RowKeys keys_{directory_};
  const std::string row_ = UuidText(crypto::NewUuid()), other_ = UuidText(crypto::NewUuid());
};

TEST_F(RowKeysTest, OpenWhatWasSealedForTheSameRowOnly) {
  const auto sealed = keys_.Seal(row_, AsBytes("a result"));
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(AsText(keys_.Open(row_, *sealed)->view()), "a result");
  ASSERT_TRUE(keys_.Seal(other_, AsBytes("another")).ok());
  EXPECT_EQ(keys_.Open(other_, *sealed).error().code, ErrorCode::kHandoffKeyMissing);
  struct stat status {};
  ASSERT_EQ(stat((directory_ + "/" + row_).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(RowKeysTest, OpenNothingOnceTheKeyIsDestroyed) {
  const auto sealed = keys_.Seal(row_, AsBytes("a result"));
  ASSERT_TRUE(keys_.Has(row_));
  keys_.Destroy(row_);
  keys_.Destroy(row_);
  EXPECT_FALSE(keys_.Has(row_));
  EXPECT_THAT(keys_.All(), IsEmpty());
  EXPECT_EQ(keys_.Open(row_, *sealed).error().code, ErrorCode::kHandoffKeyMissing);
}

// A copy of the file that was made before, by its inode: what a block of the disk would show afterwards.
TEST_F(RowKeysTest, OverwriteAKeyBeforeItIsRemoved) {
  ASSERT_TRUE(keys_.Seal(row_, AsBytes("a result")).ok());
  const std::string second_name = folder_.File("second-name");
  fs::create_hard_link(directory_ + "/" + row_, second_name);
  keys_.Destroy(row_);
  EXPECT_EQ(*ReadSmallFile(second_name), std::string(65, '0'));
}

TEST_F(RowKeysTest, TellOldKeysFromNewOnesAndClearBrokenWrites) {
  ASSERT_TRUE(keys_.Seal(row_, AsBytes("old")).ok());
  ASSERT_TRUE(keys_.Seal(other_, AsBytes("new")).ok());
  const std::string broken = UuidText(crypto::NewUuid()) + ".new";
  ASSERT_TRUE(WriteFileWhole(directory_ + "/" + broken, "half", true).ok());
  Age(row_);
  Age(broken);
  EXPECT_THAT(keys_.OlderThan(std::chrono::seconds(60)), ElementsAre(row_));
  EXPECT_FALSE(fs::exists(directory_ + "/" + broken));
  EXPECT_EQ(keys_.All().size(), 2U);
}

TEST_F(RowKeysTest, KeepNothingWithoutADirectory) {
  EXPECT_EQ(RowKeys("").Seal(row_, AsBytes("x")).error().code, ErrorCode::kHandoffNotKept);
  EXPECT_EQ(RowKeys(folder_.File("none")).Seal(row_, AsBytes("x")).error().code, ErrorCode::kHandoffNotKept);
  EXPECT_THAT(RowKeys("").All(), IsEmpty());
}

TEST_F(RowKeysTest, RefuseAResultThatIsTooLarge) {
  EXPECT_EQ(keys_.Seal(row_, Bytes(200 * 1024)).error().code, ErrorCode::kHandoffNotKept);
  EXPECT_THAT(keys_.All(), IsEmpty());
}

}  // namespace
}  // namespace madoguchi::handoff
