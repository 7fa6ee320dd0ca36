// SPDX-License-Identifier: Apache-2.0
#include "server/console/problems_wire.h"

namespace madoguchi::console {

std::vector<v1::FieldProblem> ProblemsOnWire(const account::Problems& problems) {
  std::vector<v1::FieldProblem> told;
  for (const account::Problem& problem : problems) {
    if (told.size() == account::kProblemsMax) break;
    v1::FieldProblem& one = told.emplace_back();
    one.set_field(problem.field);
    one.set_text_ja(problem.text_ja);
    one.set_text_en(problem.text_en);
    one.set_warning(problem.warning);
  }
  return told;
}

}  // namespace madoguchi::console
