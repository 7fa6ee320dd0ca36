// SPDX-License-Identifier: Apache-2.0
// The man page (man(7) source, UTF-8), generated from the tree of commands; docs/madoguchi-admin.1 is its kept copy.
#pragma once
#include <CLI/CLI.hpp>
#include <string>

namespace madoguchi::cli {

std::string Manual(const CLI::App& app);

}  // namespace madoguchi::cli
