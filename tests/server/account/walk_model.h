// SPDX-License-Identifier: Apache-2.0
// A small facility as a pure model, moved by the functions the store uses too (binding.h, lock.h), and beside it a
// second bookkeeping that is written in another way and says what must hold: who sits where, which codes were spent,
// when a lock ends.
#pragma once
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "server/account/binding.h"
#include "server/account/lock.h"

namespace madoguchi::account {

inline constexpr int kWalkAccounts = 6;
inline constexpr int kWalkDesks = 4;
inline constexpr int kWalkCodes = 40;  // few, so that the same one is offered again and again
inline constexpr int kWalkSources = 3;
inline constexpr int kCurrentCode = -2;  // whichever the account has

struct WalkStep {
  enum class Kind { kChange, kActivate, kIssue, kGuess, kAdvance } kind;
  int account = 0, desk = 0, code = 0, source = 0;
  Event event = Event::kSuspend;
  bool right = false;
  std::chrono::minutes time{0};
};

inline WalkStep NextStep(std::mt19937& random) {
  const auto below = [&random](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
  WalkStep step{};
  step.account = below(kWalkAccounts);
  step.desk = below(kWalkDesks);
  step.code = below(kWalkCodes);
  step.source = below(kWalkSources);
  const int dice = below(100);
  if (dice < 25) {
    step.kind = WalkStep::Kind::kChange;
    constexpr Event events[] = {Event::kSuspend, Event::kResume, Event::kRelease, Event::kRelease, Event::kSuspend};
    step.event = below(60) == 0 ? Event::kEnd : events[below(5)];
  } else if (dice < 45) {
    step.kind = WalkStep::Kind::kActivate;
    if (below(2) == 0) step.code = kCurrentCode;
  } else if (dice < 60) {
    step.kind = WalkStep::Kind::kIssue;
  } else if (dice < 90) {
    step.kind = WalkStep::Kind::kGuess;
    step.right = below(8) == 0;
  } else {
    step.kind = WalkStep::Kind::kAdvance;
    step.time = std::chrono::minutes(10) * (1 + below(2));
  }
  return step;
}

class WalkModel {
 public:
  struct Account {
    Binding binding;
    int code = -1;  // current and unspent
  };

  // Zero: done; else the code of the refusal.
  int Do(const WalkStep& step) {
    Account& account = accounts[static_cast<std::size_t>(step.account)];
    switch (step.kind) {
      case WalkStep::Kind::kChange:
        return Keep(account, Apply(account.binding, step.event, ""));
      case WalkStep::Kind::kActivate: {
        const std::string desk = "desk" + std::to_string(step.desk);
        const Result<Binding> next = Apply(account.binding, Event::kActivate, desk);
        if (!next) return Number(next.error());
        for (const Account& other : accounts) {
          if (other.binding.desk_id == desk) return static_cast<int>(ErrorCode::kStateNotPossible);
        }
        if (account.code < 0 || (step.code != kCurrentCode && account.code != step.code))
          return static_cast<int>(ErrorCode::kActivationRefused);
        spent.insert(account.code);
        ++times_spent[account.code];
        account.code = -1;
        return Keep(account, next);
      }
      case WalkStep::Kind::kIssue:
        if (account.binding.state != State::kIssued) return static_cast<int>(ErrorCode::kSheetAlreadyUsed);
        if (account.code == step.code) return 0;
        if (!known.insert(step.code).second) return static_cast<int>(ErrorCode::kSheetAlreadyUsed);
        account.code = step.code;
        return 0;
      case WalkStep::Kind::kGuess: {
        Tries& tries = locks[{step.account, step.source}];
        const std::optional<Tries> taken = TakeTry(tries, now);
        if (!taken) return static_cast<int>(ErrorCode::kLogInLocked);
        tries = step.right ? Tries{} : *taken;
        return step.right ? 0
                          : static_cast<int>(tries.locked_until ? ErrorCode::kLogInLocked : ErrorCode::kLogInRefused);
      }
      case WalkStep::Kind::kAdvance:
        now += step.time;
        return 0;
    }
    return -1;
  }

  std::vector<Account> accounts = std::vector<Account>(kWalkAccounts);
  std::map<std::pair<int, int>, Tries> locks;
  std::set<int> known, spent;
  std::map<int, int> times_spent;
  DatabaseTime now{std::chrono::hours(24 * 365 * 50)};

 private:
  static int Number(const Error& error) { return static_cast<int>(error.code); }
  static int Keep(Account& account, const Result<Binding>& next) {
    if (!next) return Number(next.error());
    account.binding = *next;
    if (next->state == State::kEnded) account.code = -1;
    return 0;
  }
};

}  // namespace madoguchi::account
