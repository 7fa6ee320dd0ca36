// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/outbox.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/proto/contract/test_folder.h"
#include "tests/server/handoff/test_handing.h"

namespace madoguchi::handoff {
namespace {

class OutboxTest : public testing::Test {
 protected:
  OutboxTest() { std::filesystem::create_directory(directory_); }
  TestFolder folder_;
  const std::string directory_ = folder_.File("keys");
  const RowKeys keys_{directory_};
};

TEST_F(OutboxTest, KeepsNothingWhenNothingIsOn) {
  const auto rows = Outbox({}, RowKeys("")).Keep(test::TestHanding(), false);
  ASSERT_TRUE(rows.ok());
  EXPECT_TRUE(rows->empty());
}

TEST_F(OutboxTest, SealsOneRowPerChannelUnderAKeyOfItsOwn) {
  const Outbox outbox({true, true, true, std::chrono::seconds(120)}, keys_);
  const Handing handing = test::TestHanding();
  const auto rows = outbox.Keep(handing, true);
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 4U);
  EXPECT_EQ(keys_.All().size(), 4U);
  for (const audit::KeptRow& row : *rows) {
    EXPECT_EQ(AsText(row.sealed).find(test::kName), std::string::npos);
    const auto plain = keys_.Open(row.row_id, row.sealed);
    ASSERT_TRUE(plain.ok());
    EXPECT_EQ(Unpack(plain->view())->answer, handing.answer);
    const bool shown = row.channel == kShowAgain;
    EXPECT_EQ(row.held, !shown);
    EXPECT_EQ(row.lives, shown ? std::chrono::seconds(120) : std::chrono::seconds(audit::kKeptLivesMax));
  }
  outbox.Forget(*rows);
  EXPECT_TRUE(keys_.All().empty());
}

TEST_F(OutboxTest, KeepsAllOrNothing) {
  Handing large = test::TestHanding();
  for (int i = 0; i < 16; ++i) {
    eligibility::QualificationResult& result = large.answer.results.emplace_back();
    for (int j = 0; j < 32; ++j) result.medical_tickets.emplace_back().remarks1 = std::string(1000, 'x');
  }
  const auto rows = Outbox({true, true, true, {}}, keys_).Keep(large, false);
  EXPECT_EQ(rows.error().code, ErrorCode::kHandoffNotKept);
  EXPECT_TRUE(keys_.All().empty());
}

}  // namespace
}  // namespace madoguchi::handoff
