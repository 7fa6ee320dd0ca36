// SPDX-License-Identifier: Apache-2.0
// NationalLine: one request to the national service, with everything that holds for all of them together: a pause while
// the service cannot be reached (circuit_breaker.h), a fair share between desks (fair_gate.h), repeats with longer and
// longer pauses within the deadline and the common budget (retry_budget.h). What a request says and what its answer
// means is the caller's. Thread: Post from any thread, blocks up to its deadline. Ownership: the line outlives every
// Post.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/eligibility/circuit_breaker.h"
#include "server/eligibility/fair_gate.h"
#include "server/eligibility/retry_budget.h"
#include "server/outbound/https_client.h"

namespace madoguchi::eligibility {

inline constexpr int kAttemptsMax = 3;  // of one request, within its deadline
inline constexpr std::chrono::milliseconds kAttemptShortest{
    1000};  // less than this is not worth cutting an attempt short, and its failure says nothing of the service
// Before the second attempt; doubled for each further one, less up to half of it by chance (desks fail together).
inline constexpr std::chrono::milliseconds kPauseFirst{100};

inline constexpr char kServiceHeader[] = "X-Madoguchi-National-Service";  // how an endpoint announces itself

// A round's own question goes out once, only while desks may ask, and its failures count for nothing: it must not pause
// the desks, nor spend their repeats.
enum class Asker { kDesk, kRound };

struct LineOptions {
  std::size_t calls_at_once = kCallsAtOnceDefault;
  std::chrono::milliseconds breaker_open_first = kBreakerOpenFirst;
  // Told of what happens; called by the threads that call, must not wait. Each may be empty.
  std::function<void(CircuitBreaker::State)> breaker = {};
  std::function<void()> retried = {};
};

// What came of the attempts at one request.
struct Attempts {
  outbound::HttpsOutcome last;
  int count = 0;
  bool maybe_acted_on = false;  // at least one was sent and not plainly refused
  std::string service;          // kServiceHeader of the last answer
};

class NationalLine {
 public:
  NationalLine(outbound::HttpsFiles files, const LineOptions& options);
  // The identical request may go out up to kAttemptsMax times: it has an idempotency key, or doing it twice does
  // nothing. NATIONAL_PAUSED, SERVER_BUSY: nothing was sent.
  Result<Attempts> Post(const std::string& desk_id, outbound::HttpsRequest request, Deadline deadline,
                        Asker asker = Asker::kDesk);

 private:
  Attempts Repeat(const outbound::HttpsRequest& request, Deadline deadline, int attempts_max);
  const std::function<void()> retried_;
  outbound::HttpsClient client_;
  CircuitBreaker breaker_;
  FairGate gate_;
  RetryBudget budget_;
};

// For the log: what an outcome was.
std::string Say(const outbound::HttpsOutcome& outcome);

}  // namespace madoguchi::eligibility
