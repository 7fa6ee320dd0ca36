// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/national_line.h"

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "contract/log.h"

namespace madoguchi::eligibility {
namespace {

using outbound::Fate;
using outbound::HttpsOutcome;

constexpr int kTooManyRequests = 429;
constexpr int kServerErrorFirst = 500;

// Whether the identical request is worth sending again. An answer that cannot be read would be stored and come back the
// same; who does not trust our certificate now will not in a moment.
bool IsWorthRepeating(const HttpsOutcome& outcome) {
  if (outcome.fate == Fate::kAnswered) return outcome.status == kTooManyRequests || outcome.status >= kServerErrorFirst;
  return outcome.fate == Fate::kUnreachable || outcome.fate == Fate::kUnanswered;
}

bool MayHaveBeenActedOn(const HttpsOutcome& outcome) {
  return outcome.fate == Fate::kUnanswered || (outcome.fate == Fate::kAnswered && outcome.status >= kServerErrorFirst);
}

bool WasReached(const HttpsOutcome& outcome) {
  return outcome.fate == Fate::kTooLarge || (outcome.fate == Fate::kAnswered && outcome.status < kServerErrorFirst);
}

// Half of what is left, so that a service that hangs can be asked once more; all of it when half is too little to be of
// use.
Deadline AttemptDeadline(bool last, Deadline deadline) {
  const std::chrono::milliseconds half = deadline.remaining() / 2;
  return last || half < kAttemptShortest ? deadline : deadline.Capped(half);
}

// Before the attempt after this one: our own, or longer when the service asks for it.
std::chrono::milliseconds PauseAfter(int attempt, const HttpsOutcome& outcome) {
  thread_local std::minstd_rand chance{std::random_device{}()};
  const std::chrono::milliseconds longest = kPauseFirst * (1 << (attempt - 1));
  std::uniform_int_distribution<std::chrono::milliseconds::rep> span(longest.count() / 2, longest.count());
  // A day is more than any deadline here, and keeps what was received from overflowing.
  const std::chrono::milliseconds asked = std::min<std::chrono::seconds>(outcome.retry_after, std::chrono::hours(24));
  return std::max(std::chrono::milliseconds(span(chance)), asked);
}

}  // namespace

std::string Say(const HttpsOutcome& outcome) {
  return outcome.fate == Fate::kAnswered ? "status " + std::to_string(outcome.status) : outcome.detail;
}

NationalLine::NationalLine(outbound::HttpsFiles files, const LineOptions& options)
    : retried_(options.retried),
      client_(std::move(files)),
      breaker_(options.breaker, options.breaker_open_first),
      gate_(options.calls_at_once) {}

Result<Attempts> NationalLine::Post(const std::string& desk_id, outbound::HttpsRequest request, Deadline deadline,
                                    Asker asker) {
  const Error paused{ErrorCode::kNationalPaused, "too many calls in a row failed", {}};
  if (breaker_.IsPaused(Deadline::Clock::now())) return paused;  // at once, before waiting for a place
  TRY_ASSIGN(const FairGate::Pass pass, gate_.Enter(desk_id, deadline));
  request.wanted_headers = {kServiceHeader};
  if (asker == Asker::kRound) return Repeat(request, deadline, 1);
  if (!breaker_.Admit(Deadline::Clock::now())) return paused;
  budget_.Earn();
  const bool too_short = deadline.remaining() < kAttemptShortest;
  Attempts attempts = Repeat(request, deadline, kAttemptsMax);
  if (WasReached(attempts.last)) {
    breaker_.Reached();
  } else if (too_short) {  // of a desk that asks too late; it must not pause the others
    breaker_.NotTried(Deadline::Clock::now());
  } else {
    breaker_.Failed(Deadline::Clock::now());
  }
  return attempts;
}

Attempts NationalLine::Repeat(const outbound::HttpsRequest& request, Deadline deadline, int attempts_max) {
  Attempts attempts;
  attempts.last.detail = "no time left";
  while (!deadline.passed()) {
    HttpsOutcome outcome = client_.Post(request, AttemptDeadline(++attempts.count == attempts_max, deadline));
    attempts.maybe_acted_on |= MayHaveBeenActedOn(outcome);
    attempts.service = outcome.headers.empty() ? std::string() : outcome.headers.front();
    attempts.last = std::move(outcome);
    if (!IsWorthRepeating(attempts.last)) break;
    log::Warning("eligibility", "attempt_failed", {{"attempt", attempts.count}, {"detail", Say(attempts.last)}});
    const std::chrono::milliseconds pause = PauseAfter(attempts.count, attempts.last);
    if (attempts.count == attempts_max || pause >= deadline.remaining() || !budget_.Spend()) break;
    if (retried_) retried_();
    std::this_thread::sleep_for(pause);
  }
  return attempts;
}

}  // namespace madoguchi::eligibility
