// SPDX-License-Identifier: Apache-2.0
// Problems of fields as they cross the wire. Thread: any; pure.
#pragma once
#include <vector>

#include "madoguchi/v1/facility.pb.h"
#include "server/account/problem.h"

namespace madoguchi::console {

// At most account::kProblemsMax of them.
std::vector<v1::FieldProblem> ProblemsOnWire(const account::Problems& problems);

}  // namespace madoguchi::console
