// SPDX-License-Identifier: Apache-2.0
// The one translation of what the database library throws into errors of ours. No exception leaves store/.
//   connection lost or refused            → DATABASE_UNREACHABLE (nothing was committed)
//   connection lost while committing      → DATABASE_OUTCOME_IN_DOUBT
//   statement or lock time ran out, too many connections → DATABASE_BUSY
//   no space left on its disk             → DATABASE_FULL (rolled back)
//   anything else                         → DATABASE_ERROR with the SQLSTATE and never a value: messages of the
//   database quote rows
// Thread: any.
#pragma once
#include <string>

#include "contract/result.h"

namespace madoguchi::store {

struct Failure {
  Error error;
  bool again = false;            // rolled back for a conflict with another transaction: the same may be tried at once
  std::string database_message;  // may quote values: only for migrations, whose values are ours
};

// Precondition: inside a catch block.
Failure CurrentFailure();

}  // namespace madoguchi::store
