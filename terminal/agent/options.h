// SPDX-License-Identifier: Apache-2.0
// The command line. A PIN or token is never an argument: others on the machine could read it.
#pragma once
#include <chrono>
#include <optional>
#include <string>

namespace madoguchi::agent {

inline constexpr int kRepeatMax = 100'000;  // presses of one `check --repeat`
inline constexpr int kWaitSecondsMax = 3600;

enum class Command { kReaders, kWatch, kEnrol, kCheck };

struct Options {
  Command command = Command::kReaders;
  bool json = false;
  bool verbose = false;
  std::string server, directory, root_file;
  int token_fd = -1;
  bool by_sight = false;
  int pin_fd = -1;  // -1: typed at the terminal
  std::string reader;
  bool confirm_last_try = false;
  std::chrono::seconds wait{30};
  int repeat = 1;
  std::string lock_file;
  // Of the test program only:
  bool bypass_pin_slot = false;
  bool stay = false;  // after the last answer, until standard input ends
};

// Nothing: go on. Else the exit status, with help or the usage error printed already.
std::optional<int> ParseOptions(int argc, char** argv, bool for_leak_test, Options& options);

}  // namespace madoguchi::agent
