// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/stay.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "contract/crypto/digest.h"
#include "server/handoff/outbox.h"
#include "server/store/store.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::handoff {
namespace {

using store::CodeOf;
using store::Number;
using store::Soon;

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
  ASSERT_TRUE(*Clean());
  const auto left = share_.List(10, [](const std::string&) { return true; });
  EXPECT_EQ(*left, (std::vector<std::string>{"foreign", "new", "replaced"}));
  EXPECT_EQ(Count("kept_result WHERE cleaned_at IS NOT NULL"), 3);  // not looked at again
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
