// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/stay.h"

#include <gtest/gtest.h>
#include <sys/fsuid.h>

#include <filesystem>

#include "contract/crypto/digest.h"
#include "contract/crypto/random.h"
#include "contract/files.h"
#include "server/handoff/outbox.h"
#include "server/store/store.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::handoff {
namespace {

using store::CodeOf;
using store::Number;
using store::Soon;

constexpr uid_t kNobody = 65534;

class StayTest : public store::StoreTest {
 protected:
  StayTest() {
    std::filesystem::create_directory(path_);
    auto opened = store::Store::Open({.server_url = server_url(), .owner = "server-one"});
    EXPECT_TRUE(opened.ok());
    store_ = std::move(*opened);
  }
  // A file delivered so many minutes ago, with these bytes.
  void Delivered(const std::string& name, const std::string& content, int minutes) {
    ASSERT_TRUE(share_.Put(name, content, "token").ok());
    Sql("INSERT INTO kept_result (row_id, press_id, channel, state, desk_id, institution_code, created_at, expires_at, "
        "ended_at, file_name, "
        "sha256) VALUES (gen_random_uuid(), gen_random_uuid(), 'oqs_folder', 'delivered', '" +
        desk_one_ + "', '1311234567', now(), now(), clock_timestamp() - interval '" + std::to_string(minutes) +
        " minutes', '" + name + "', '" + ToHex(crypto::Sha256(AsBytes(content))) + "')");
  }
  Result<bool> Clean() { return CleanFolder(store_->kept_results(), share_, std::chrono::minutes(60), Soon()); }
  TestFolder folder_;
  const std::string path_ = folder_.File("face");
  const Folder share_{path_};
  std::unique_ptr<store::Store> store_;
};

TEST_F(StayTest, RemovesOnlyOurOwnFilesWhoseTimeIsOver) {
  Delivered("old", "ours", 61);
  Delivered("new", "ours", 59);
  Delivered("replaced", "ours", 61);
  std::filesystem::remove(path_ + "/replaced");
  ASSERT_TRUE(share_.Put("replaced", "of another program", "token").ok());
  ASSERT_TRUE(share_.Put("foreign", "of another program", "token").ok());
  Delivered("taken", "ours", 61);
  std::filesystem::remove(path_ + "/taken");
  Delivered("folder now", "ours", 61);
  std::filesystem::remove(path_ + "/folder now");
  std::filesystem::create_directory(path_ + "/folder now");
  ASSERT_TRUE(*Clean());
  const auto left = share_.List(10, [](const std::string&) { return true; });
  EXPECT_EQ(*left, (std::vector<std::string>{"folder now", "foreign", "new", "replaced"}));
  EXPECT_EQ(Sql("SELECT string_agg(file_name, ' ' ORDER BY number) FROM kept_result WHERE cleaned_at IS NOT NULL"),
            "old replaced folder now");  // not looked at again
}

// An empty mount point looks the same as a folder from which all was taken; so does the folder of another server.
TEST_F(StayTest, LooksAgainForAFileThatWasNotThereUntilAWeekIsOver) {
  Delivered("away", "ours", 61);
  std::filesystem::rename(path_ + "/away", folder_.File("away"));
  ASSERT_TRUE(*Clean());
  EXPECT_EQ(Count("kept_result WHERE cleaned_at IS NULL AND next_at > now() + interval '50 minutes'"), 1);
  std::filesystem::rename(folder_.File("away"), path_ + "/away");
  ASSERT_TRUE(*Clean());
  EXPECT_TRUE(share_.Has("away"));  // not every minute
  Sql("UPDATE kept_result SET next_at = now()");
  ASSERT_TRUE(*Clean());
  EXPECT_FALSE(share_.Has("away"));
  Delivered("taken", "ours", 8 * 24 * 60);
  std::filesystem::remove(path_ + "/taken");
  ASSERT_TRUE(*Clean());
  EXPECT_EQ(Count("kept_result WHERE cleaned_at IS NULL"), 0);
}

TEST_F(StayTest, RemovesWhatAKilledServerLeftHalfWrittenADayAgo) {
  const std::string row = kUnfinishedPrefix + UuidText(crypto::NewUuid());
  const std::string claim = std::string(kUnfinishedPrefix) + "claim-aaaaaaaa-OQSsiquc01req_1.xml";
  for (const std::string& name : {row, claim, kUnfinishedPrefix + UuidText(crypto::NewUuid())})
    ASSERT_TRUE(WriteFileWhole(path_ + "/" + name, "half a res", false).ok());
  for (const std::string& name : {row, claim}) {
    std::filesystem::last_write_time(path_ + "/" + name,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(26));
  }
  ASSERT_TRUE(*Clean());
  EXPECT_FALSE(share_.Has(row));
  EXPECT_TRUE(share_.Has(claim));
  EXPECT_EQ(share_.List(10, [](const std::string&) { return true; })->size(), 2U);
}

TEST_F(StayTest, IsNotHeldUpByAFileThatCannotBeRead) {
  ASSERT_TRUE(*Clean());  // its connection is open: nobody could open one
  Delivered("unreadable", "ours", 62);
  Delivered("old", "ours", 61);
  std::filesystem::permissions(path_ + "/unreadable", std::filesystem::perms::none);
  for (const std::string& folder : {path_, folder_.File("")})
    std::filesystem::permissions(folder, std::filesystem::perms::all);
  const int before = setfsuid(kNobody);  // of this thread: root may read everything
  const int code = CodeOf(Clean());
  setfsuid(static_cast<uid_t>(before));
  EXPECT_EQ(code, Number(ErrorCode::kHandoffFileFailed));
  EXPECT_FALSE(share_.Has("old"));
  EXPECT_TRUE(share_.Has("unreadable"));
}

TEST_F(StayTest, LooksAgainWhenTheFolderWasAway) {
  Delivered("old", "ours", 61);
  std::filesystem::rename(path_, path_ + "-away");
  EXPECT_EQ(CodeOf(Clean()), Number(ErrorCode::kHandoffFolderMissing));
  std::filesystem::rename(path_ + "-away", path_);
  ASSERT_TRUE(*Clean());
  EXPECT_FALSE(share_.Has("old"));
}

}  // namespace
}  // namespace madoguchi::handoff
