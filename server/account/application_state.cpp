// SPDX-License-Identifier: Apache-2.0
#include "server/account/application_state.h"

#include <string>

namespace madoguchi::account {

std::string_view Word(ApplicationState state) {
  constexpr std::array<std::string_view, 6> words{"draft",    "submitted", "accepted",
                                                  "rejected", "withdrawn", "recorded"};
  return words[static_cast<std::size_t>(state)];
}

std::string_view Word(ApplicationEvent event) {
  constexpr std::array<std::string_view, 4> words{"submit", "accept", "reject", "withdraw"};
  return words[static_cast<std::size_t>(event)];
}

std::optional<ApplicationState> ApplicationStateFromWord(std::string_view word) {
  for (const ApplicationState state : kApplicationStates) {
    if (Word(state) == word) return state;
  }
  return std::nullopt;
}

Result<ApplicationState> Next(ApplicationState state, ApplicationEvent event) {
  switch (event) {
    case ApplicationEvent::kSubmit:
      if (state == ApplicationState::kDraft) return ApplicationState::kSubmitted;
      break;
    case ApplicationEvent::kAccept:
      if (state == ApplicationState::kSubmitted) return ApplicationState::kAccepted;
      break;
    case ApplicationEvent::kReject:
      if (state == ApplicationState::kSubmitted) return ApplicationState::kRejected;
      break;
    case ApplicationEvent::kWithdraw:
      if (state == ApplicationState::kDraft || state == ApplicationState::kSubmitted)
        return ApplicationState::kWithdrawn;
      break;
  }
  return Error{ErrorCode::kStateNotPossible, std::string(Word(event)) + " while " + std::string(Word(state)), {}};
}

}  // namespace madoguchi::account
