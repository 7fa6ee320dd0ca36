// SPDX-License-Identifier: Apache-2.0
#include "server/account/first_password.h"

#include <gtest/gtest.h>

#include <set>

namespace madoguchi::account {
namespace {

TEST(FirstPassword, IsLongNewEachTimeAndWithoutLookAlikes) {
  std::set<std::string> seen;
  std::set<char> used;
  for (int i = 0; i < 500; ++i) {
    const std::string password = NewFirstPassword();
    EXPECT_EQ(password.size(), kFirstPasswordLength);
    EXPECT_EQ(password.find_first_of("0O1lIo"), std::string::npos);
    EXPECT_TRUE(seen.insert(password).second);
    used.insert(password.begin(), password.end());
  }
  EXPECT_EQ(used.size(), 56U);
}

}  // namespace
}  // namespace madoguchi::account
