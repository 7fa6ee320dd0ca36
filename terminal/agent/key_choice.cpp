// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/key_choice.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "contract/deadline.h"
#include "terminal/agent/silent_terminal.h"

namespace madoguchi::agent {
namespace {

constexpr std::chrono::milliseconds kLookAround{1000};
constexpr char kEscape = 0x1B, kEndOfInput = 0x04;

}  // namespace

std::optional<char> AskKey(std::string_view question, std::string_view keys, const Meanwhile& meanwhile) {
  const SilentTerminal terminal;
  if (!terminal.usable()) return std::nullopt;
  terminal.Say(std::string(question) + ": ");
  std::optional<char> chosen;
  const Deadline deadline = Deadline::In(kChosenWithin);
  while (!chosen && !deadline.passed()) {
    std::array<pollfd, 2> waits = {{{terminal.descriptor(), POLLIN, 0}, {meanwhile.events, POLLIN, 0}}};
    const int ready =
        poll(waits.data(), waits.size(), static_cast<int>(deadline.Capped(kLookAround).remaining().count()));
    if (ready < 0 && errno != EINTR) break;
    meanwhile.look();
    if (ready <= 0 || waits[0].revents == 0) continue;
    char key = 0;
    if (read(terminal.descriptor(), &key, 1) != 1 || key == kEscape || key == kEndOfInput) break;
    if (key == '\r') key = '\n';
    if (keys.find(key) != std::string_view::npos) chosen = key;
  }
  terminal.Say("\n");
  return chosen;
}

}  // namespace madoguchi::agent
