// SPDX-License-Identifier: Apache-2.0
// A desk as an administrator names it. Thread: one.
#pragma once
#include <string>

#include "admin/cli/shell.h"

namespace madoguchi::cli {

// An id stays; a name becomes the id of the only desk that has it. NOT_FOUND_HERE; usage when several have it.
Done FillDesk(Shell& shell, std::string* desk);

}  // namespace madoguchi::cli
