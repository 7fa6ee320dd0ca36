// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/silent_terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace madoguchi::agent {
namespace {

// For the signal handler, which can be given nothing else.
int g_terminal = -1;
termios g_settings{};

void RestoreAndDie(int signal) {
  tcsetattr(g_terminal, TCSANOW, &g_settings);  // async-signal-safe (POSIX.1-2008 §2.4.3)
  std::signal(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

SilentTerminal::SilentTerminal() : descriptor_(open("/dev/tty", O_RDWR | O_CLOEXEC)) {
  if (descriptor_ < 0 || tcgetattr(descriptor_, &g_settings) != 0) return;
  g_terminal = descriptor_;
  for (std::size_t i = 0; i < kSignals.size(); ++i) before_[i] = std::signal(kSignals[i], RestoreAndDie);
  termios silent = g_settings;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
  silent.c_cc[VMIN] = 1;
  silent.c_cc[VTIME] = 0;
  usable_ = tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
}

SilentTerminal::~SilentTerminal() {
  if (g_terminal >= 0 && g_terminal == descriptor_) {
    tcsetattr(descriptor_, TCSAFLUSH, &g_settings);
    for (std::size_t i = 0; i < kSignals.size(); ++i) std::signal(kSignals[i], before_[i]);
    g_terminal = -1;
  }
  if (descriptor_ >= 0) close(descriptor_);
}

void SilentTerminal::Say(std::string_view text) const {
  const ssize_t written = write(descriptor_, text.data(), text.size());
  static_cast<void>(written);  // a terminal that is gone shows itself at the next read
}

}  // namespace madoguchi::agent
