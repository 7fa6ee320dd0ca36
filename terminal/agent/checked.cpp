// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/checked.h"

#include <algorithm>

namespace madoguchi::agent {

Phases PhasesOf(const Checked& checked) {
  using std::chrono::microseconds;
  const link::CheckFacts& facts = checked.answer.facts;
  Phases phases;
  phases.total = checked.total;
  // Measured here or at the server; each is cut to what is left of the total, so that clocks that disagree a little
  // never make a sum that is longer than the wait of the person at the desk. What nobody measured was on the way.
  microseconds left = checked.total;
  const auto take = [&left](microseconds part) {
    part = std::clamp(part, microseconds{0}, left);
    left -= part;
    return part;
  };
  phases.card = take(checked.card.on_card);
  phases.national = take(microseconds(facts.national_us));
  phases.desk = take(checked.card.in_scripts - checked.card.on_card);
  phases.database = take(microseconds(facts.database_us));
  phases.server = take(microseconds(facts.server_us));
  phases.link = left;
  return phases;
}

}  // namespace madoguchi::agent
