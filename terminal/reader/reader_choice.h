// SPDX-License-Identifier: Apache-2.0
// Which of the readers a check uses: the one with a card, or the one that was named. Pure.
#pragma once
#include <optional>

#include "contract/result.h"
#include "terminal/reader/reader_state.h"

namespace madoguchi::reader {

// Nothing: there is a reader, but no card yet. Errors: PCSC_SERVICE_UNAVAILABLE, NO_READER (none, or none of that
// name), SEVERAL_CARDS (the detail names the readers; a name chooses). wanted: a whole reader name, or the beginning of
// one; empty = any.
Result<std::optional<ReaderState>> ChooseReader(const ReadersSeen& seen, const std::string& wanted);

}  // namespace madoguchi::reader
