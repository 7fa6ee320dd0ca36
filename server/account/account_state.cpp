// SPDX-License-Identifier: Apache-2.0
#include "server/account/account_state.h"

#include <array>
#include <string>
#include <utility>

namespace madoguchi::account {
namespace {

constexpr std::array<std::pair<State, std::string_view>, 4> kStates{{
    {State::kIssued, "issued"}, {State::kActive, "active"}, {State::kSuspended, "suspended"}, {State::kEnded, "ended"}}};

}  // namespace

std::string_view Word(State state) {
  return kStates[static_cast<std::size_t>(state)].second;
}

std::string_view Word(Event event) {
  constexpr std::array<std::string_view, 5> words{"activate", "suspend", "resume", "release", "end"};
  return words[static_cast<std::size_t>(event)];
}

std::optional<State> StateFromWord(std::string_view word) {
  for (const auto& [state, text] : kStates) {
    if (text == word) return state;
  }
  return std::nullopt;
}

Result<State> Next(State state, Event event) {
  switch (event) {
    case Event::kActivate:
      if (state == State::kIssued) return State::kActive;
      break;
    case Event::kSuspend:
      if (state == State::kActive) return State::kSuspended;
      break;
    case Event::kResume:
      if (state == State::kSuspended) return State::kActive;
      break;
    case Event::kRelease:
      if (state == State::kActive || state == State::kSuspended) return State::kIssued;
      break;
    case Event::kEnd:
      if (state != State::kEnded) return State::kEnded;
      break;
  }
  return Error{ErrorCode::kStateNotPossible, std::string(Word(event)) + " while " + std::string(Word(state)), {}};
}

}  // namespace madoguchi::account
