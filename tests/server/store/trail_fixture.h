// SPDX-License-Identifier: Apache-2.0
// TrailMonthsTest: a trail whose months lie as a test wants them. Rows with times of their own are written by the
// cluster's superuser, as test data; everything that is tested goes through the two roles.
#pragma once
#include <string>

#include "contract/trail/checkpoint.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {

class TrailMonthsTest : public StoreTest {
 protected:
  // The first partition ends before that month ("2019-01"); no other partition is there.
  void BeginAt(const std::string& month);
  // → its name
  std::string AddMonth(const std::string& month);
  // That month and those after it, so many.
  void AddMonths(const std::string& first, int months);
  // At noon of one day of that month after another, every other one by another transaction.
  void AddRows(const std::string& month, int rows);
  // Every row gets its place, in the order of their sequence; signed when there is a signer.
  void BuildTree(const trail::Signer* signer);
  int RowsOf(const std::string& month) const;
};

}  // namespace madoguchi::store
