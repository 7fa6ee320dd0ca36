// SPDX-License-Identifier: Apache-2.0
#include "server/account/sealed_mail.h"

#include <gtest/gtest.h>

#include "tests/server/account/sealed_test.h"

namespace madoguchi::account {
namespace {

TEST(SealedMail, SaysWhatItSaidAndOnlyUnderItsOwnId) {
  const crypto::Seal seal = TestSeal();
  auto sealed = SealMail(seal, {"a@b.jp", "user.first_password", "件名", "一行目\n二行目"});
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(AsText(sealed->sealed).find("件名"), std::string_view::npos);
  const auto opened = OpenMail(seal, *sealed);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->subject, "件名");
  EXPECT_EQ(opened->text, "一行目\n二行目");
  EXPECT_EQ(opened->kind, "user.first_password");
  sealed->mail_id = "0b0c4c1e-6f0f-4d3a-9a3e-1f0a4b1c2d3e";
  EXPECT_FALSE(OpenMail(seal, *sealed).ok());
}

TEST(SealedMail, IsRefusedWhenItCouldNeverBeSent) {
  const crypto::Seal seal = TestSeal();
  EXPECT_FALSE(SealMail(seal, {"nobody", "x", "s", "t"}).ok());
  EXPECT_FALSE(SealMail(seal, {"a@b.jp", "x", "s\nBcc: c@d.jp", "t"}).ok());
  EXPECT_FALSE(SealMail(seal, {"a@b.jp", "x", "s", std::string(32769, 'x')}).ok());
}

}  // namespace
}  // namespace madoguchi::account
