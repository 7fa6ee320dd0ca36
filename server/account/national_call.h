// SPDX-License-Identifier: Apache-2.0
// NationalCall: one request about applications and accounts, for the record of service calls: told when it begins and
// again when it has ended. Never a secret or a name. Thread: values; RecordCall is called by the thread that calls and
// must not wait.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "contract/deadline.h"

namespace madoguchi::account {

struct NationalCall {
  std::string call_id;                                // UUID text; its end finds its beginning
  std::string kind;                                   // "application", "account"
  std::string key;                                    // idempotency key; empty: none
  std::string institution_code, account_id, desk_id;  // empty: of none
  Deadline::Clock::time_point began{};
  bool ended = false;
  // Of a call that has ended:
  std::string outcome;  // "answered", "refused", "failed", "unknown"
  int code = 0;         // ErrorCode; 0: answered
  int status = 0;       // HTTP status of the last attempt; 0: none came
  int attempts = 0;
  std::chrono::microseconds took{0};
};

using RecordCall = std::function<void(const NationalCall& call)>;

}  // namespace madoguchi::account
