// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/terminal_entry.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "admin/cli/secrets.h"
#include "contract/deadline.h"

namespace madoguchi::cli {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// For the signal handler, which can be given nothing else.
int g_terminal = -1;
termios g_settings{};

void RestoreAndDie(int signal) {
  tcsetattr(g_terminal, TCSANOW, &g_settings);  // async-signal-safe (POSIX.1-2008 §2.4.3)
  std::signal(signal, SIG_DFL);
  raise(signal);
}

// The controlling terminal, silent if wished, until the end of the scope.
class Terminal {
 public:
  explicit Terminal(bool silent) : descriptor_(open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (descriptor_ < 0 || tcgetattr(descriptor_, &g_settings) != 0) return;
    g_terminal = descriptor_;
    for (std::size_t i = 0; i < kSignals.size(); ++i) before_[i] = std::signal(kSignals[i], RestoreAndDie);
    termios wanted = g_settings;
    if (silent) wanted.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    usable_ = tcsetattr(descriptor_, silent ? TCSAFLUSH : TCSADRAIN, &wanted) == 0;
  }
  ~Terminal() {
    if (g_terminal >= 0) {
      tcsetattr(descriptor_, TCSADRAIN, &g_settings);
      for (std::size_t i = 0; i < kSignals.size(); ++i) std::signal(kSignals[i], before_[i]);
      g_terminal = -1;
    }
    if (descriptor_ >= 0) close(descriptor_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  bool usable() const { return usable_; }
  int descriptor() const { return descriptor_; }
  void Say(std::string_view text) const {
    const ssize_t written = write(descriptor_, text.data(), text.size());
    static_cast<void>(written);  // a terminal that is gone shows itself at the next read
  }

 private:
  int descriptor_;
  bool usable_ = false;
  std::array<void (*)(int), kSignals.size()> before_{};
};

Typed ReadLine(const Terminal& terminal, SecretBytes& into) {
  const Deadline give_up = Deadline::In(kTypedWithin);
  bool too_long = false;
  for (;;) {
    pollfd wait = {terminal.descriptor(), POLLIN, 0};
    const int ready = poll(&wait, 1, static_cast<int>(give_up.remaining().count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Typed::kCancelled;
    std::uint8_t byte = 0;
    if (read(terminal.descriptor(), &byte, 1) != 1) return Typed::kCancelled;  // also at the end of input (Ctrl-D)
    if (byte == '\n' || byte == '\r') return too_long ? Typed::kTooLong : Typed::kLine;
    too_long = !into.Append(byte) || too_long;
    Wipe({&byte, 1});
  }
}

}  // namespace

Typed TypeLine(const std::string& prompt, bool silent, SecretBytes& into) {
  into.Clear();
  const Terminal terminal(silent);
  if (!terminal.usable()) return Typed::kNoTerminal;
  terminal.Say(prompt);
  const Typed typed = ReadLine(terminal, into);
  if (silent) terminal.Say("\n");
  if (typed != Typed::kLine) into.Clear();
  return typed;
}

}  // namespace madoguchi::cli
