// SPDX-License-Identifier: Apache-2.0
// The states of an application (S2, S5–S8) and what leads from one to another:
//   draft → submitted → accepted | rejected; draft, submitted → withdrawn. recorded: made in the real portal, no way
//   out.
// draft is an application that nobody was told of (manual mode). Pure. Thread: any.
#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "contract/result.h"

namespace madoguchi::account {

enum class ApplicationState { kDraft, kSubmitted, kAccepted, kRejected, kWithdrawn, kRecorded };
enum class ApplicationEvent { kSubmit, kAccept, kReject, kWithdraw };

inline constexpr std::array kApplicationStates{ApplicationState::kDraft,     ApplicationState::kSubmitted,
                                               ApplicationState::kAccepted,  ApplicationState::kRejected,
                                               ApplicationState::kWithdrawn, ApplicationState::kRecorded};
inline constexpr std::array kApplicationEvents{ApplicationEvent::kSubmit, ApplicationEvent::kAccept,
                                               ApplicationEvent::kReject, ApplicationEvent::kWithdraw};

// STATE_NOT_POSSIBLE, and nothing changes.
Result<ApplicationState> Next(ApplicationState state, ApplicationEvent event);
// Whether it waits for an answer of the national side.
inline bool IsOpen(ApplicationState state) {
  return state == ApplicationState::kSubmitted;
}

std::string_view Word(ApplicationState state);  // as in the database: "submitted"
std::string_view Word(ApplicationEvent event);  // "submit"
std::optional<ApplicationState> ApplicationStateFromWord(std::string_view word);

}  // namespace madoguchi::account
