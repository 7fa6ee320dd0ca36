// SPDX-License-Identifier: Apache-2.0
#include "server/desk/wire_error.h"

#include <gmock/gmock.h>

namespace madoguchi::desk {
namespace {

TEST(WireError, TellsADeskTheCodeAndTheTriesLeft) {
  const v1::Refusal refusal = ToRefusal({ErrorCode::kPinWrong, "", 2});
  EXPECT_EQ(refusal.code(), 1211);
  ASSERT_TRUE(refusal.has_tries_left());
  EXPECT_EQ(refusal.tries_left(), 2U);
}

TEST(WireError, TellsADeskNoDetail) {
  const v1::Refusal refusal = ToRefusal({ErrorCode::kDatabaseError, "only for the log", {}});
  EXPECT_FALSE(refusal.has_tries_left());
  EXPECT_THAT(refusal.SerializeAsString(), testing::Not(testing::HasSubstr("only for the log")));
}

}  // namespace
}  // namespace madoguchi::desk
