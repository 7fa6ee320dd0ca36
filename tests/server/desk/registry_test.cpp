// SPDX-License-Identifier: Apache-2.0
#include "server/desk/registry.h"

#include <gmock/gmock.h>

#include <vector>

namespace madoguchi::desk {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class RegistryTest : public testing::Test {
 protected:
  // The code with which the registry answers; 0 = entered.
  int Enter(std::uint64_t number, const std::string& agent, const std::string& desk = "desk") {
    const Result<void> entered = registry_.Enter({desk, agent, number, [this, number](ErrorCode code) {
                                                    closed_.emplace_back(number, static_cast<int>(code));
                                                  }});
    return entered ? 0 : static_cast<int>(entered.error().code);
  }
  Registry::TimePoint now_{};
  Registry registry_{[this] { return now_; }};
  std::vector<std::pair<std::uint64_t, int>> closed_;
};

constexpr int kSuperseded = static_cast<int>(ErrorCode::kStreamSuperseded);
constexpr int kAlternate = static_cast<int>(ErrorCode::kStreamsAlternate);

TEST_F(RegistryTest, LetsTheNewestStreamOfADeskWin) {
  EXPECT_EQ(Enter(1, "a"), 0);
  EXPECT_EQ(Enter(2, "a"), 0);
  EXPECT_THAT(closed_, ElementsAre(std::pair(1, kSuperseded)));
}

TEST_F(RegistryTest, RefusesAnOlderStreamThatComesLate) {
  EXPECT_EQ(Enter(2, "a"), 0);
  EXPECT_EQ(Enter(1, "a"), kSuperseded);
  EXPECT_THAT(closed_, IsEmpty());
}

TEST_F(RegistryTest, KeepsDesksApart) {
  EXPECT_EQ(Enter(1, "a", "desk one"), 0);
  EXPECT_EQ(Enter(2, "b", "desk two"), 0);
  EXPECT_THAT(closed_, IsEmpty());
}

TEST_F(RegistryTest, ClosesNothingThatHasLeft) {
  EXPECT_EQ(Enter(1, "a"), 0);
  registry_.Leave("desk", 1);
  EXPECT_EQ(Enter(2, "a"), 0);
  EXPECT_THAT(closed_, IsEmpty());
}

TEST_F(RegistryTest, IgnoresALeaveOfAStreamThatWasSuperseded) {
  Enter(1, "a");
  Enter(2, "a");
  registry_.Leave("desk", 1);
  Enter(3, "a");
  EXPECT_THAT(closed_, ElementsAre(std::pair(1, kSuperseded), std::pair(2, kSuperseded)));
}

TEST_F(RegistryTest, ClosesBothWhenTwoAgentsTakeThreeTurnsInAMinute) {
  Enter(1, "a");
  Enter(2, "b");
  now_ += seconds(20);
  Enter(3, "a");
  now_ += seconds(20);
  EXPECT_EQ(Enter(4, "b"), kAlternate);
  EXPECT_THAT(closed_, ElementsAre(std::pair(1, kSuperseded), std::pair(2, kSuperseded), std::pair(3, kAlternate)));
}

TEST_F(RegistryTest, RefusesBothForTheRestOfTheMinute) {
  Enter(1, "a");
  Enter(2, "b");
  Enter(3, "a");
  EXPECT_EQ(Enter(4, "b"), kAlternate);
  EXPECT_EQ(Enter(5, "a"), kAlternate);
  now_ += kAlternationWindow;
  EXPECT_EQ(Enter(6, "a"), 0);
}

TEST_F(RegistryTest, AllowsSlowTurns) {
  for (std::uint64_t number = 1; number <= 9; ++number) {
    EXPECT_EQ(Enter(number, number % 2 == 0 ? "a" : "b"), 0);
    now_ += seconds(31);
  }
}

TEST_F(RegistryTest, DoesNotCountOneAgentThatReconnects) {
  for (std::uint64_t number = 1; number <= 20; ++number) EXPECT_EQ(Enter(number, "a"), 0);
}

}  // namespace
}  // namespace madoguchi::desk
