// SPDX-License-Identifier: Apache-2.0
// A result as one JSON document, for receivers that are not FHIR's: the names and values of the terminal's `--json` and
// of proto/madoguchi/v1/result.proto, preceded by whose check it was. x_code is a code as received and x its meaning, x
// of a date or time is ISO 8601 and x_raw as received; texts stay texts; what was not received is left out, except
// `results`, which is always there. Thread: any, no state. Holds personal data: never logged. docs/handoff.md has an
// example.
#pragma once
#include <string>

#include "server/handoff/handing.h"

namespace madoguchi::handoff {

// One line of UTF-8.
std::string AnswerJson(const Handing& handing);

}  // namespace madoguchi::handoff
