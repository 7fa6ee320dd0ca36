// SPDX-License-Identifier: Apache-2.0
// The states of a device account and what leads from one to another: issued → active ⇄ suspended → ended. Locked is no state: a
// lock refuses log-in and lies beside it (lock.h). Pure; the database says the same again (migrations/0002_accounts.sql).
// Thread: any.
#pragma once
#include <optional>
#include <string_view>

#include "contract/result.h"

namespace madoguchi::account {

enum class State { kIssued, kActive, kSuspended, kEnded };

enum class Event {
  kActivate,  // issued → active: bound to one desk (or known to be on a phone)
  kSuspend,   // active → suspended (利用停止)
  kResume,    // suspended → active
  kRelease,   // active, suspended → issued: the binding to the desk ends (解除)
  kEnd,       // any but ended → ended (利用終了)
};

// STATE_NOT_POSSIBLE, and nothing changes.
Result<State> Next(State state, Event event);

std::string_view Word(State state);  // as in the database: "issued"
std::string_view Word(Event event);  // as in account_step.event: "activate"
std::optional<State> StateFromWord(std::string_view word);

}  // namespace madoguchi::account
