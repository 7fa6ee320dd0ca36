// SPDX-License-Identifier: Apache-2.0
// madoguchi-server. No decisions here: config reads what is wanted, app does it.
#include <optional>

#include "server/app.h"
#include "server/config.h"

int main(int argc, char** argv) {
  const auto config = madoguchi::config::ReadConfig(argc, argv);
  if (!config) return madoguchi::app::Explain(config.error());
  if (!*config) return 0;  // help or version
  const auto done = madoguchi::app::Run(**config);
  return done ? 0 : madoguchi::app::Explain(done.error());
}
