// SPDX-License-Identifier: Apache-2.0
#include "server/audit/authentication.h"

#include <gtest/gtest.h>

namespace madoguchi::audit {
namespace {

// reference/eligibility-result.md §2, OQSCD041 and OQSCD042.
TEST(Authentication, NamesEachFactorByTheNationalTables) {
  const std::vector<Factor> factors = FactorsOf("password+totp");
  ASSERT_EQ(factors.size(), 2u);
  EXPECT_EQ(factors[0].kind, "1");
  EXPECT_EQ(factors[0].method, "01");
  EXPECT_EQ(factors[1].kind, "3");
  EXPECT_EQ(factors[1].method, "02");
}

TEST(Authentication, LeavesOutWhatIsNoWordAndEnds) {
  EXPECT_TRUE(FactorsOf("").empty());
  EXPECT_TRUE(FactorsOf("fingerprint++").empty());
  EXPECT_EQ(FactorsOf("certificate+fingerprint+pin").size(), 2u);
  EXPECT_EQ(FactorsOf("pin+pin+pin+pin+pin+pin").size(), kFactorsMax);
}

}  // namespace
}  // namespace madoguchi::audit
