// SPDX-License-Identifier: Apache-2.0
// bash completion, generated from the tree of commands: commands, options, words of choices; files where a path is
// meant.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

namespace madoguchi::cli {

std::string BashCompletion(const CLI::App& app);

}  // namespace madoguchi::cli
