// SPDX-License-Identifier: Apache-2.0
#include "server/store/array_literal.h"

#include <gtest/gtest.h>

#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

TEST(ArrayLiteral, OfNothingIsTheEmptyArray) {
  EXPECT_EQ(ArrayLiteral().Text(), "{}");
}

// What the database makes of it counts, not how it looks.
TEST_F(PostgresTest, ArrayLiteralBringsEveryTextThroughUnchanged) {
  const std::vector<std::string> texts = {"",         "NULL",    "a,b",  "{x}", "say \"yes\"", "back\\slash",
                                          " spaced ", "窓口\n●", "'; --"};
  ArrayLiteral literal;
  for (const std::string& text : texts) literal.Add(text);
  pqxx::connection connection(owner_url());
  pqxx::work transaction(connection);
  const pqxx::result rows = transaction.exec_params("SELECT * FROM unnest($1::text[])", literal.Text());
  ASSERT_EQ(rows.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i)
    EXPECT_EQ(rows[static_cast<pqxx::result::size_type>(i)][0].as<std::string>(), texts[i]);
}

TEST(ArrayLiteral, CutsATextAtItsFirstNul) {
  ArrayLiteral literal;
  literal.Add(std::string_view("ab\0cd", 5));
  EXPECT_EQ(literal.Text(), "{\"ab\"}");
}

}  // namespace
}  // namespace madoguchi::store
