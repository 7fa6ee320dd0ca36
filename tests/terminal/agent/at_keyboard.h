// SPDX-License-Identifier: Apache-2.0
// A person at a keyboard, for tests of what is asked there.
#pragma once
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace madoguchi::agent {

// What is typed: once, or in turn.
struct Keys {
  Keys(const char* once) : in_turn{once} {}
  Keys(std::initializer_list<const char*> keys) : in_turn(keys.begin(), keys.end()) {}
  Keys(std::vector<std::string> keys) : in_turn(std::move(keys)) {}
  std::vector<std::string> in_turn;
};

// Runs `ask` in a child whose keyboard is a terminal. Each of `keys` is typed when the next question has come: what is
// typed before a question is thrown away, as by the product. -> what the terminal showed, and the child's exit status.
template <class Ask>
std::pair<std::string, int> AtKeyboard(const Keys& keys, Ask ask) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) _exit(ask());
  std::string shown;
  std::vector<char> block(4096);
  std::size_t typed = 0;
  for (ssize_t got = 0; (got = read(terminal, block.data(), block.size())) > 0;) {
    shown.append(block.data(), static_cast<std::size_t>(got));
    if (typed == keys.in_turn.size() || !shown.ends_with(": ")) continue;
    const std::string& next = keys.in_turn[typed++];
    EXPECT_EQ(write(terminal, next.data(), next.size()), static_cast<ssize_t>(next.size()));
  }
  int status = -1;
  waitpid(child, &status, 0);
  close(terminal);
  return {shown, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

}  // namespace madoguchi::agent
