// SPDX-License-Identifier: Apache-2.0
// Why a question about the trail is not answered, with the field that has to change. Thread: any; pure.
#pragma once
#include <string>

#include "contract/result.h"
#include "server/account/problem.h"
#include "server/console/wire_error.h"

namespace madoguchi::console {

// TRAIL_SEARCH_INVALID. Precondition: at least one problem.
Error RefuseQuestion(const account::Problems& problems, Refused& refused);
// Of one field, whose words trail_question.h has.
Error RefuseQuestion(const std::string& field, Refused& refused);
// What the store said; of a question that took too long, with the field.
Error Explained(const Error& error, Refused& refused);

}  // namespace madoguchi::console
