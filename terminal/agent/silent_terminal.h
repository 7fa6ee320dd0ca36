// SPDX-License-Identifier: Apache-2.0
// SilentTerminal: the keyboard (/dev/tty) without echo and line editing until the end of the scope; the settings are
// put back then, and on signals that end the program. Thread: one, and one object at a time.
#pragma once
#include <array>
#include <csignal>
#include <string_view>

namespace madoguchi::agent {

class SilentTerminal {
 public:
  SilentTerminal();
  ~SilentTerminal();
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  bool usable() const { return usable_; }  // false: no keyboard here
  int descriptor() const { return descriptor_; }
  void Say(std::string_view text) const;

 private:
  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  int descriptor_;
  bool usable_ = false;
  std::array<void (*)(int), kSignals.size()> before_{};
};

}  // namespace madoguchi::agent
