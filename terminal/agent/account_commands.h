// SPDX-License-Identifier: Apache-2.0
// What a person does about the account of this desk from the command line: `status`, `log-in`, `log-out`,
// `change-password`, `deregister`, `renew`. Each gives the exit status.
#pragma once
#include "terminal/agent/entry.h"
#include "terminal/agent/options.h"
#include "terminal/identity/desk_account.h"

namespace madoguchi::agent {

inline constexpr int kLogInTriesTyped = 5;  // of one `log-in` at the keyboard

int StatusCommand(const Options& options);
int LogInCommand(const Options& options);
int LogOutCommand(const Options& options);
int ChangePasswordCommand(const Options& options);
// The keys here are destroyed after the server's answer; with --local-only without asking it.
int DeregisterCommand(const Options& options);
int RenewCommand(const Options& options);

// One log-in with what is asked for; the way to prove the account's password.
Result<identity::AccountAtDesk> LogInOnce(const Options& options, Entry& entry, identity::DeskAccount& account);

}  // namespace madoguchi::agent
