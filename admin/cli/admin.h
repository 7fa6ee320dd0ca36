// SPDX-License-Identifier: Apache-2.0
// The program of administrators and auditors. Exit status: 0 done, 1 refused, 2 usage, 3 environment.
#pragma once

namespace madoguchi::cli {

int RunAdmin(int argc, char** argv);

}  // namespace madoguchi::cli
