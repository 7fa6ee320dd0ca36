// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/entry.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/terminal/agent/pipe.h"

namespace madoguchi::agent {
namespace {

constexpr std::size_t kBytesMax = 16;

// Runs `ask` in a child whose keyboard is a terminal; types `keys` when the question has come. -> what the terminal
// showed, and the child's exit status.
template <class Ask>
std::pair<std::string, int> AtKeyboard(const std::string& keys, Ask ask) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) _exit(ask());
  std::string shown;
  char block[256];
  bool typed = false;
  for (ssize_t got = 0; (got = read(terminal, block, sizeof block)) > 0;) {
    shown.append(block, static_cast<std::size_t>(got));
    if (!typed && shown.find(": ") != std::string::npos) {
      typed = true;
      EXPECT_EQ(write(terminal, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
    }
  }
  int status = -1;
  waitpid(child, &status, 0);
  close(terminal);
  return {shown, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

TEST(Entry, TakesASecretFromTheKeyboardAndShowsNothingOfIt) {
  const auto [shown, exit] = AtKeyboard("hunteX\x7Fr22\r", [] {
    Entry entry = Entry::Open(-1).value();
    const Result<SecretBytes> typed = entry.Secret("password", "Q", kBytesMax);
    return typed && AsText(typed->view()) == "hunter22" ? 0 : 1;
  });
  EXPECT_EQ(exit, 0);
  EXPECT_EQ(shown.find("hunte"), std::string::npos);
}

TEST(Entry, ShowsWhatIsNoSecretAndTakesTheOfferedValueForAnEmptyLine) {
  const auto text = [] {
    Entry entry = Entry::Open(-1).value();
    const Result<std::string> typed = entry.Text("account_id", "Q", "W0000001");
    return !typed ? 1 : *typed == "W0000001" ? 2 : *typed == "窓7" ? 3 : 4;
  };
  EXPECT_EQ(AtKeyboard("\r", text).second, 2);
  const auto [shown, exit] = AtKeyboard(
      "窓口\x7F"
      "7\r",
      text);
  EXPECT_EQ(exit, 3);
  EXPECT_NE(shown.find("窓7"), std::string::npos);
}

TEST(Entry, IsGivenUpByEscape) {
  EXPECT_EQ(AtKeyboard("hun\x1B",
                       [] {
                         Entry entry = Entry::Open(-1).value();
                         const Result<SecretBytes> typed = entry.Secret("password", "Q", kBytesMax);
                         return !typed && typed.error().detail == "password" ? 0 : 1;
                       })
                .second,
            0);
}

TEST(Entry, AgreesOnlyByYes) {
  const auto confirm = [] { return Entry::Open(-1)->Confirm("Q") ? 0 : 1; };
  EXPECT_EQ(AtKeyboard("y\r", confirm).second, 0);
  EXPECT_EQ(AtKeyboard("\r", confirm).second, 1);
  EXPECT_EQ(AtKeyboard("n\r", confirm).second, 1);
}

TEST(Entry, FromADescriptorAsksNobody) {
  const Pipe pipe("password=hunter22\n");
  Entry entry = Entry::Open(pipe.descriptor()).value();
  EXPECT_FALSE(entry.typed());
  EXPECT_FALSE(entry.Confirm("Q"));
  EXPECT_TRUE(AsText(entry.Secret("password", "Q", kBytesMax)->view()) == "hunter22");
  EXPECT_EQ(entry.Secret("operator_pin", "Q", kBytesMax).error().detail, "operator_pin");
  EXPECT_EQ(entry.Text("account_id", "Q", "W0000001").value(), "W0000001");
}

}  // namespace
}  // namespace madoguchi::agent
