// SPDX-License-Identifier: Apache-2.0
// madoguchi-terminal. No decisions here: terminal.h has them.
#include "contract/channel_credentials.h"
#include "terminal/agent/terminal.h"

int main(int argc, char** argv) {
  const madoguchi::wire::Library library;
  return madoguchi::agent::RunTerminal(argc, argv, {});
}
