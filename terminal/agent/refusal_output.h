// SPDX-License-Identifier: Apache-2.0
// How a refusal of an account call is shown: the error, and what the server said besides: fields and how long a lock
// lasts. JSON: error.locked_ms and error.fields. The countdown is for a person at a terminal.
#pragma once
#include <chrono>
#include <string>

#include "contract/error.h"
#include "terminal/identity/call_refusal.h"

namespace madoguchi::agent {

std::string RefusalJson(const Error& error, const identity::CallRefusal& refusal);
std::string RefusalText(const Error& error, const identity::CallRefusal& refusal);
// Prints as ShowError does, and gives the exit status.
int ShowRefusal(const Error& error, const identity::CallRefusal& refusal, bool json);

// "29:59"
std::string MinutesAndSeconds(std::chrono::milliseconds time);

// One line on the keyboard's screen that counts down, for at most `locked`. True: the lock is over. False at once when
// there is no keyboard, or when a key was pressed.
bool CountDown(std::chrono::milliseconds locked);

}  // namespace madoguchi::agent
