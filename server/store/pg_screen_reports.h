// SPDX-License-Identifier: Apache-2.0
// PgScreenReports: what desks report about their screens, each once in the trail, under the report's own id, and only
// about presses of that desk that ended. Thread: any. `pool` outlives it.
// Errors: MESSAGE_INVALID: no such press of this desk, or more reports of one press than a person can cause; and those
// of PgPool::Run.
#pragma once
#include <string>

#include "server/audit/trail.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

inline constexpr int kReportsPerPressMax = 50;

class PgScreenReports {
 public:
  // `owner`: this server process, on rows of the trail.
  PgScreenReports(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  // report_id: 16 bytes. A report that is there already is left as it is.
  Result<void> Record(const Bytes& report_id, const audit::Event& event, Deadline deadline);

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
