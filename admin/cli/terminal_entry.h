// SPDX-License-Identifier: Apache-2.0
// One line typed at the controlling terminal, with or without echo. The terminal's settings come back also when a
// signal ends the program. Thread: the main one, once at a time.
#pragma once
#include <string>

#include "contract/secret_bytes.h"

namespace madoguchi::cli {

enum class Typed { kLine, kNoTerminal, kCancelled, kTooLong };

// `into` is cleared first and holds the line without its end. At most its capacity; within kTypedWithin.
Typed TypeLine(const std::string& prompt, bool silent, SecretBytes& into);

}  // namespace madoguchi::cli
