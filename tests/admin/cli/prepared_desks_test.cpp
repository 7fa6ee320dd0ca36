// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/prepared_desks.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::cli {
namespace {

v1::PrepareDesksResponse DeskMessage(const std::string& id) {
  v1::PrepareDesksResponse message;
  message.mutable_desk()->set_desk_id(id);
  message.mutable_desk()->set_activation("prepared");
  message.set_link("link of " + id);
  return message;
}

TEST(PreparedDesks, TakeSecretsOutOfTheMessage) {
  PreparedDesks desks;
  v1::PrepareDesksResponse message = DeskMessage("a");
  message.set_file_name("a.pdf");
  message.set_sheet("%PDF");
  EXPECT_FALSE(desks.Add(message));
  EXPECT_EQ(message.link(), "");
  EXPECT_EQ(message.sheet(), "");
}

TEST(PreparedDesks, BrokenTransferLeavesTheLinksAndNoHalfOfASheet) {
  TestFolder place;
  PreparedDesks desks;
  v1::PrepareDesksResponse message = DeskMessage("a");
  EXPECT_FALSE(desks.Add(message));
  message.Clear();
  message.set_file_name("a.pdf");
  message.set_sheet("%PDF half");
  EXPECT_FALSE(desks.Add(message));
  OutFolder folder;
  ASSERT_FALSE(folder.Open(place.File("out")));
  EXPECT_FALSE(desks.WriteInto(folder, false));
  EXPECT_EQ(ReadPrivateFile(place.File("out/01.link")).value(), "link of a\n");
  EXPECT_FALSE(std::filesystem::exists(place.File("out/a.pdf")));
}

TEST(PreparedDesks, RefuseMoreThanTwentyAndASheetOfNoDesk) {
  PreparedDesks desks;
  v1::PrepareDesksResponse sheet;
  sheet.set_file_name("a.pdf");
  EXPECT_TRUE(desks.Add(sheet));
  for (std::size_t i = 0; i < kPreparedMax; ++i) {
    v1::PrepareDesksResponse message = DeskMessage(std::to_string(i));
    EXPECT_FALSE(desks.Add(message));
  }
  v1::PrepareDesksResponse message = DeskMessage("one more");
  EXPECT_TRUE(desks.Add(message));
}

TEST(PreparedDesks, AreCountedWhenActiveAndNoticedWhenExpired) {
  v1::Desk a, b, other;
  a.set_desk_id("a");
  b.set_desk_id("b");
  other.set_desk_id("other");
  const std::vector<v1::Desk> prepared = {a, b};
  a.set_activation("active");
  b.set_activation("begun");
  other.set_activation("active");
  EXPECT_EQ(CountActive(prepared, {a, b, other}).active, 1u);
  EXPECT_FALSE(CountActive(prepared, {a, b, other}).expired);
  b.set_activation("expired");
  EXPECT_TRUE(CountActive(prepared, {a, b}).expired);
  EXPECT_TRUE(CountActive(prepared, {a}).expired);  // not in the list any more
}

}  // namespace
}  // namespace madoguchi::cli
