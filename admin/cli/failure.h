// SPDX-License-Identifier: Apache-2.0
// Why a command was not done: a code of the catalogue with the fields it is about, or a wrong use of the command line.
// How it is shown: to people Japanese first, English beside it; as JSON one document on standard output.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "contract/result.h"

namespace madoguchi::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitRefused = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitEnvironment = 3;

struct Problem {
  std::string field, text_ja, text_en;
  bool warning = false;
};

struct Failure {
  Error error;                               // unused when `usage` is set
  std::vector<Problem> problems;             // of the fields that were entered
  std::chrono::milliseconds retry_after{0};  // of a lock
  std::string approval_id;                   // of APPROVAL_NEEDED
  std::string usage;                         // wrong use of the command line, ja and en, a line each
  std::string more_json = {};                // an object whose members stand beside "error"; empty: none
};

// Nothing: done.
using Done = std::optional<Failure>;

Failure Because(Error error);
Failure Because(ErrorCode code, std::string detail);
Failure Usage(const std::string& ja, const std::string& en);

// Usage 2. Environment 3: this machine, its files, an export that cannot be read, the way to the server, the server's
// database. Else 1.
int ExitStatus(const Failure& failure);

// words: the command as it was typed, for the next steps. It never holds a secret: none is an argument.
std::string FailureText(const Failure& failure, const std::vector<std::string>& words);
std::string FailureJson(const Failure& failure, const std::vector<std::string>& words);

}  // namespace madoguchi::cli
