// SPDX-License-Identifier: Apache-2.0
// For tests: handings by chance, from a seed. Most codes, dates and numbers are real ones; some are unknown, awkward,
// empty or absent.
#pragma once
#include <random>

#include "server/handoff/handing.h"

namespace madoguchi::handoff::test {

// any_unicode: also with characters that CP932 does not have.
Handing AnyHanding(unsigned seed, bool any_unicode = true);

// One valid member of an employees' insurance, everybody's first example; all values fictitious.
Handing PlainHanding();

}  // namespace madoguchi::handoff::test
