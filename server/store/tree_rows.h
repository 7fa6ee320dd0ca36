// SPDX-License-Identifier: Apache-2.0
// Rows of audit_event as the tree hashes them: what is selected, and the line of what came. Thread: any.
#pragma once
#include <pqxx/pqxx>
#include <string>

namespace madoguchi::store {

// The first few rows by the index, one by one, whatever the statistics say: never a look at all rows there are. What is
// switched off looks dear to the planner, and what is dear is compiled first, for seconds: so that is off, too. For the
// transaction it is said in.
inline constexpr char kByIndex[] =
    "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off; "
    "SET LOCAL jit = off";
// The columns of audit/row_line.h in their order, of the table `audit_event`.
const std::string& TreeColumns();
// When the rows of these leaves were recorded, first and last, as values for a statement: it then reaches the
// partitions of that time only (trail_partitions.h). Empty: there is no such leaf.
struct LeafTimes {
  std::string first, last;
};
LeafTimes TimesOfLeaves(pqxx::work& transaction, std::int64_t begin, std::int64_t end);
// The line of a row whose columns TreeColumns() begin at `first`.
std::string TreeLine(const pqxx::row& row, pqxx::row_size_type first);

}  // namespace madoguchi::store
