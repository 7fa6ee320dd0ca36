// SPDX-License-Identifier: Apache-2.0
#include "server/account/account_state.h"

#include <gtest/gtest.h>

#include "server/account/limits.h"
#include "tests/server/account/walk_model.h"

namespace madoguchi::account {
namespace {

constexpr State kStates[] = {State::kIssued, State::kActive, State::kSuspended, State::kEnded};
constexpr Event kEvents[] = {Event::kActivate, Event::kSuspend, Event::kResume, Event::kRelease, Event::kEnd};
constexpr int kSteps = 120'000;

// The drawing of account_state.h once more, as a table.
std::optional<State> Drawn(State state, Event event) {
  const std::map<std::pair<State, Event>, State> arrows = {
      {{State::kIssued, Event::kActivate}, State::kActive},   {{State::kActive, Event::kSuspend}, State::kSuspended},
      {{State::kSuspended, Event::kResume}, State::kActive},  {{State::kActive, Event::kRelease}, State::kIssued},
      {{State::kSuspended, Event::kRelease}, State::kIssued}, {{State::kIssued, Event::kEnd}, State::kEnded},
      {{State::kActive, Event::kEnd}, State::kEnded},         {{State::kSuspended, Event::kEnd}, State::kEnded}};
  const auto found = arrows.find({state, event});
  return found == arrows.end() ? std::nullopt : std::optional(found->second);
}

TEST(AccountState, EveryStateWithEveryEventGoesWhereItIsDrawnOrNowhere) {
  for (const State state : kStates) {
    for (const Event event : kEvents) {
      const Result<State> next = Next(state, event);
      const std::optional<State> drawn = Drawn(state, event);
      ASSERT_EQ(next.ok(), drawn.has_value()) << Word(state) << ' ' << Word(event);
      if (drawn) {
        EXPECT_EQ(*next, *drawn) << Word(state) << ' ' << Word(event);
      } else {
        EXPECT_EQ(next.error().code, ErrorCode::kStateNotPossible);
      }
    }
  }
}

TEST(AccountState, WordsAreReadBack) {
  for (const State state : kStates) EXPECT_EQ(StateFromWord(Word(state)), state);
  EXPECT_FALSE(StateFromWord("locked"));
}

// Written without lock.h: the wrong tries since the last right one or the last lock, and when the fifth was.
struct Watched {
  int wrong = 0;
  DatabaseTime fifth{};
};

void CheckBindings(const WalkModel& model) {
  std::map<std::string, int> at_desk;
  for (const WalkModel::Account& account : model.accounts) {
    const Binding& binding = account.binding;
    const bool in_use = binding.state == State::kActive || binding.state == State::kSuspended;
    ASSERT_EQ(in_use && binding.holder == Holder::kDesk, !binding.desk_id.empty());
    ASSERT_TRUE(in_use || binding.holder == Holder::kSpare);
    if (!binding.desk_id.empty()) {
      ASSERT_EQ(++at_desk[binding.desk_id], 1);
    }
    if (account.code >= 0) {
      ASSERT_FALSE(model.spent.contains(account.code));
    }
  }
  for (const auto& [code, times] : model.times_spent) ASSERT_EQ(times, 1) << code;
}

void Walk(unsigned seed) {
  std::mt19937 random(seed);
  WalkModel model;
  std::map<std::pair<int, int>, Watched> watched;
  std::map<int, int> outcomes;
  int activations = 0;
  std::map<int, std::string> sits;  // account → desk, by what was answered alone
  for (int i = 0; i < kSteps; ++i) {
    if (i % 400 == 0) {  // a fresh start now and then: codes and accounts come to their end
      model.accounts.assign(kWalkAccounts, {});
      model.known.clear(), model.spent.clear(), model.times_spent.clear(), sits.clear();
    }
    const WalkStep step = NextStep(random);
    const int code = model.Do(step);
    ++outcomes[code];
    if (step.kind == WalkStep::Kind::kGuess) {
      Watched& pair = watched[{step.account, step.source}];
      if (pair.wrong == kFailuresMax && model.now >= pair.fifth + kLockedFor) pair = {};
      const bool locked = pair.wrong == kFailuresMax;
      if (!locked) {
        pair.wrong = step.right ? 0 : pair.wrong + 1;
        pair.fifth = model.now;
      }
      const bool told_locked = code == static_cast<int>(ErrorCode::kLogInLocked);
      ASSERT_EQ(told_locked, pair.wrong == kFailuresMax) << "seed " << seed << " step " << i;
      const auto left = LockedFor(model.locks.at({step.account, step.source}), model.now);
      ASSERT_EQ(left.count() > 0, pair.wrong == kFailuresMax);
      if (left.count() > 0) {
        ASSERT_EQ(model.now + left, pair.fifth + kLockedFor);
      }
    }
    if (step.kind == WalkStep::Kind::kActivate && code == 0) {
      const std::string desk = "desk" + std::to_string(step.desk);
      for (const auto& [account, taken] : sits)
        ASSERT_FALSE(taken == desk || account == step.account) << "seed " << seed << " step " << i;
      sits[step.account] = desk;
      ++activations;
    }
    if (step.kind == WalkStep::Kind::kChange && code == 0 &&
        (step.event == Event::kRelease || step.event == Event::kEnd))
      sits.erase(step.account);
    CheckBindings(model);
    if (testing::Test::HasFatalFailure()) return;
  }
  // It went through everything, not around it.
  EXPECT_GT(activations, 1000);
  for (const ErrorCode wanted :
       {ErrorCode{}, ErrorCode::kStateNotPossible, ErrorCode::kAccountBoundElsewhere, ErrorCode::kSheetAlreadyUsed,
        ErrorCode::kActivationRefused, ErrorCode::kLogInRefused, ErrorCode::kLogInLocked}) {
    EXPECT_GT(outcomes[static_cast<int>(wanted)], 100) << static_cast<int>(wanted);
  }
}

TEST(AccountState, ARandomWalkKeepsAccountsAtOneDeskCodesSpentOnceAndLocksExact) {
  Walk(20261122);
}

}  // namespace
}  // namespace madoguchi::account
