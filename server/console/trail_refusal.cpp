// SPDX-License-Identifier: Apache-2.0
#include "server/console/trail_refusal.h"

#include "server/console/problems_wire.h"
#include "server/console/trail_question.h"

namespace madoguchi::console {

Error RefuseQuestion(const account::Problems& problems, Refused& refused) {
  refused.problems = ProblemsOnWire(problems);
  return {ErrorCode::kTrailSearchInvalid, problems.front().field, {}};
}

Error RefuseQuestion(const std::string& field, Refused& refused) {
  account::Problems problems;
  AddProblem(problems, field);
  return RefuseQuestion(problems, refused);
}

Error Explained(const Error& error, Refused& refused) {
  const bool has_field = error.code == ErrorCode::kTrailSearchInvalid || error.code == ErrorCode::kFieldInvalid;
  return has_field ? RefuseQuestion(error.detail, refused) : error;
}

}  // namespace madoguchi::console
