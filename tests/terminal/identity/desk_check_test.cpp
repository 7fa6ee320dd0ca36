// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/desk_check.h"

#include <gtest/gtest.h>

#include "tests/proto/contract/test_folder.h"
#include "tests/terminal/identity/activated_desk.h"

namespace madoguchi::identity {
namespace {

class DeskCheckTest : public testing::Test {
 protected:
  void SetUp() override {
    PutIdentity(facility_, directory_, DeskWish());
    desk_ = DeskCheck::Open(server_.desk_address(), directory_).value();
  }
  const Bytes press_ = Bytes(16, 0x42);
  const TestFacility facility_;
  TestFolder folder_;
  const std::string directory_ = folder_.File("desk");
  ClinicServer server_{facility_};
  std::unique_ptr<DeskCheck> desk_;
};

TEST_F(DeskCheckTest, SaysWhetherItIsTheSamePersonAndOfWhichPress) {
  ASSERT_TRUE(desk_->Confirm(press_, true).ok());
  ASSERT_TRUE(desk_->Confirm(press_, false).ok());
  ASSERT_EQ(server_.desk_check.confirmed.size(), 2U);
  EXPECT_EQ(server_.desk_check.confirmed[0].press_id(), std::string(16, 0x42));
  EXPECT_TRUE(server_.desk_check.confirmed[0].same_person());
  EXPECT_FALSE(server_.desk_check.confirmed[1].same_person());
}

TEST_F(DeskCheckTest, TakesAResultAgainOnlyWhole) {
  EXPECT_EQ(desk_->ShowAgain().error().code, ErrorCode::kServerMessageInvalid);
  server_.desk_check.kept.set_press_id(std::string(16, 0x42));
  EXPECT_EQ(desk_->ShowAgain().error().code, ErrorCode::kServerMessageInvalid);
  server_.desk_check.kept.mutable_answer()->set_validity_code("1");
  server_.desk_check.kept.set_seconds_left(90);
  const Result<ShownAgain> shown = desk_->ShowAgain();
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(shown->press_id, press_);
  EXPECT_EQ(shown->answer->validity_code(), "1");
  EXPECT_EQ(shown->left, std::chrono::seconds(90));
}

TEST_F(DeskCheckTest, ProposesForgetsAndConfirmsANameOfOneResult) {
  SecretBytes name = SecretBytes::Make(kProposedNameBytesMax).value();
  ASSERT_TRUE(name.Append(AsBytes("高田　一郎")));
  ASSERT_TRUE(desk_->ProposeName(press_, 1, &name).ok());
  ASSERT_TRUE(desk_->ProposeName(press_, 1, nullptr).ok());
  ASSERT_TRUE(desk_->ConfirmName(press_, 1, name).ok());
  const auto& proposed = server_.desk_check.proposed;
  ASSERT_EQ(proposed.size(), 2U);
  EXPECT_TRUE(proposed[0].name() == "高田　一郎" && proposed[0].result() == 1 && !proposed[0].remove());
  EXPECT_TRUE(proposed[1].name().empty() && proposed[1].remove());
  EXPECT_TRUE(server_.desk_check.names_confirmed.at(0).name() == "高田　一郎");
}

TEST_F(DeskCheckTest, SaysWhyTheServerRefused) {
  server_.desk_check.answer = Refuse(ErrorCode::kResultGone);
  EXPECT_EQ(desk_->ShowAgain().error().code, ErrorCode::kResultGone);
  EXPECT_TRUE(desk_->refusal().by_server);
  const auto nowhere = DeskCheck::Open("127.0.0.1:1", directory_).value();
  EXPECT_EQ(nowhere->Confirm(press_, true).error().code, ErrorCode::kServerUnreachable);
}

}  // namespace
}  // namespace madoguchi::identity
