// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/admin.h"

#include <CLI/CLI.hpp>

namespace madoguchi::cli {

int RunAdmin(int argc, char** argv) {
  CLI::App app("Madoguchi 管理 / administration", "madoguchi-admin");
  app.set_version_flag("--version", MADOGUCHI_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return 0;
}

}  // namespace madoguchi::cli
