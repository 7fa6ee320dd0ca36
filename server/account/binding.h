// SPDX-License-Identifier: Apache-2.0
// What an event does to an account besides its state: to which desk it is bound, who holds it, what the national side
// still has to hear. Pure; store/account_statements applies it to the row, so that this is the only place where it is
// decided. Thread: any.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "contract/result.h"
#include "server/account/account_state.h"

namespace madoguchi::account {

enum class Holder { kDesk, kPhone, kSpare };
std::string_view Word(Holder holder);  // as in the database: "desk"
std::optional<Holder> HolderFromWord(std::string_view word);

struct Binding {
  State state = State::kIssued;
  Holder holder = Holder::kSpare;
  std::string desk_id;            // empty: none. Only while active or suspended, and then exactly when a desk holds it
  std::string reserved_for_desk;  // empty: none. Only while issued
  bool national_bound = false;    // the national side has it bound to desk_id
  bool national_release_due = false;  // it has not confirmed a release yet
  bool operator==(const Binding&) const = default;
};

// kActivate: desk_id names the desk; empty: the account is on a phone. Other events: desk_id is not looked at.
// STATE_NOT_POSSIBLE · ACCOUNT_BOUND_ELSEWHERE (bound to, or reserved for, another desk).
Result<Binding> Apply(const Binding& binding, Event event, const std::string& desk_id);

}  // namespace madoguchi::account
