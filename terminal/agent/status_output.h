// SPDX-License-Identifier: Apache-2.0
// The desk's status as people read it and as JSON.
#pragma once
#include <string>

#include "contract/bytes.h"
#include "terminal/identity/desk_account.h"
#include "terminal/identity/passcode.h"

namespace madoguchi::agent {

std::string StatusJson(const identity::DeskStatus& status, identity::PasscodeState passcode);
std::string StatusText(const identity::DeskStatus& status, identity::PasscodeState passcode);
std::string LoggedInJson(const identity::AccountAtDesk& account);

// A late renewal that waits for approval: prints, and gives the exit status of RENEWAL_NOT_APPROVED.
int ShowWaiting(const std::string& fingerprint, bool json);

}  // namespace madoguchi::agent
