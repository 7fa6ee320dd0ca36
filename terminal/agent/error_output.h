// SPDX-License-Identifier: Apache-2.0
// How an error is shown: as text for the person at the desk, or as one JSON line. The detail stays in the log.
#pragma once
#include <string>

#include "contract/error.h"

namespace madoguchi::agent {

inline constexpr int kExitDone = 0;
inline constexpr int kExitRefused = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitEnvironment = 3;

// Environment: this machine, its reader, its identity or its way to the server; everything else is a refusal.
int ExitStatus(ErrorCode code);

std::string ErrorJson(const Error& error);
std::string ErrorText(const Error& error);
// Prints (JSON on standard output, text on standard error) and gives the exit status.
int ShowError(const Error& error, bool json);

void PrintLine(const std::string& line);  // standard output, flushed: readers of a pipe wait for whole lines
void Progress(const std::string& line);   // standard error

}  // namespace madoguchi::agent
