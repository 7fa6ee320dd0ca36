// SPDX-License-Identifier: Apache-2.0
#include "server/account/application_state.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace madoguchi::account {
namespace {

TEST(ApplicationState, AllowsExactlyTheTransitionsOfTheDrawing) {
  const std::map<std::string, std::string> allowed{{"draft submit", "submitted"},
                                                   {"draft withdraw", "withdrawn"},
                                                   {"submitted accept", "accepted"},
                                                   {"submitted reject", "rejected"},
                                                   {"submitted withdraw", "withdrawn"}};
  int tried = 0;
  for (const ApplicationState state : kApplicationStates) {
    for (const ApplicationEvent event : kApplicationEvents) {
      const std::string name = std::string(Word(state)) + " " + std::string(Word(event));
      const auto next = Next(state, event);
      const auto expected = allowed.find(name);
      ASSERT_EQ(next.ok(), expected != allowed.end()) << name;
      if (next.ok()) {
        EXPECT_EQ(Word(*next), expected->second) << name;
      } else {
        EXPECT_EQ(next.error().code, ErrorCode::kStateNotPossible) << name;
      }
      ++tried;
    }
  }
  EXPECT_EQ(tried, 24);
}

TEST(ApplicationState, WordsLeadBackToTheState) {
  for (const ApplicationState state : kApplicationStates) EXPECT_EQ(ApplicationStateFromWord(Word(state)), state);
  EXPECT_EQ(ApplicationStateFromWord("open"), std::nullopt);
}

}  // namespace
}  // namespace madoguchi::account
