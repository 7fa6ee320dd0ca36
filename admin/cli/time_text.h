// SPDX-License-Identifier: Apache-2.0
// Days and times as people type them into options. Thread: any.
#pragma once
#include <string>

#include "admin/cli/failure.h"

namespace madoguchi::cli {

// "2026-11-23", "2026-11-23 09:00" and "2026-11-23 09:00:00" are of Japan; what has a zone stays. `text` becomes RFC
// 3339 with a zone; empty stays empty. Usage when it is neither, naming `option`.
Done ReadTime(const char* option, std::string& text);

}  // namespace madoguchi::cli
