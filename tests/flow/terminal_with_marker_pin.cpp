// SPDX-License-Identifier: Apache-2.0
// The terminal for the search of PIN leaks: its PIN is eight arbitrary bytes that occur nowhere by chance, and its
// memory may be dumped. With --bypass-pin-slot it leaks on purpose, so that the search can show that it would find a
// leak.
#include <string>

#include "contract/channel_credentials.h"
#include "contract/log.h"
#include "terminal/agent/terminal.h"

namespace {

constexpr std::size_t kMarkerBytes = 8;

// Kept until the process ends: what a careless program would do.
std::string g_leaked;

void Leak(madoguchi::ByteView pin) {
  g_leaked = std::string(madoguchi::AsText(pin)) + " is what was typed";
  madoguchi::log::Failure("agent", "leaked_on_purpose", {{"pin", madoguchi::ToHex(pin)}});
}

}  // namespace

int main(int argc, char** argv) {
  const madoguchi::wire::Library library;
  return madoguchi::agent::RunTerminal(
      argc, argv,
      {.pin_rule = {.length = kMarkerBytes, .digits_only = false}, .dumpable = true, .leak_on_purpose = Leak});
}
