// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/https_national_service.h"

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "contract/log.h"
#include "server/eligibility/service_messages.h"
#include "server/eligibility/xml_answer.h"
#include "server/eligibility/xml_text.h"

namespace madoguchi::eligibility {
namespace {

using outbound::Fate;
using outbound::HttpsOutcome;

constexpr int kOk = 200;
constexpr int kTooManyRequests = 429;
constexpr int kServerErrorFirst = 500;
constexpr int kClientErrorFirst = 400;

bool IsUnavailable(int status) {
  return status == kTooManyRequests || status >= kServerErrorFirst;
}

// Whether the identical request is worth sending again. An answer that cannot be read would be stored and come back the same.
bool IsWorthRepeating(const HttpsOutcome& outcome) {
  if (outcome.fate == Fate::kAnswered) return IsUnavailable(outcome.status);
  return outcome.fate != Fate::kTooLarge;
}

bool MayHaveBeenActedOn(const HttpsOutcome& outcome) {
  return outcome.fate == Fate::kUnanswered || (outcome.fate == Fate::kAnswered && outcome.status >= kServerErrorFirst);
}

// Half of what is left, so that a service that hangs can be asked once more; all of it when half is too little to be of
// use.
Deadline AttemptDeadline(int attempt, Deadline deadline) {
  const std::chrono::milliseconds half = deadline.remaining() / 2;
  return attempt == kAttemptsMax || half < kAttemptShortest ? deadline : deadline.Capped(half);
}

void Pause(int attempt, Deadline deadline) {
  thread_local std::minstd_rand chance{std::random_device{}()};
  const std::chrono::milliseconds longest = kPauseFirst * (1 << (attempt - 1));
  std::uniform_int_distribution<std::chrono::milliseconds::rep> span(longest.count() / 2, longest.count());
  std::this_thread::sleep_until(deadline.Capped(std::chrono::milliseconds(span(chance))).at());
}

std::string Say(const HttpsOutcome& outcome) {
  return outcome.fate == Fate::kAnswered ? "status " + std::to_string(outcome.status) : outcome.detail;
}

// What an outcome means that brought no status we can read, when nothing was acted on.
Error NothingHappened(const HttpsOutcome& outcome) {
  switch (outcome.fate) {
    case Fate::kUnreachable:
      return {ErrorCode::kNationalUnreachable, Say(outcome), {}};
    case Fate::kTlsRefused:
      return {ErrorCode::kNationalTlsRefused, Say(outcome), {}};
    default:
      return {ErrorCode::kNationalUnavailable, Say(outcome), {}};
  }
}

Error NotAnAnswer(const HttpsOutcome& outcome) {
  return {ErrorCode::kNationalAnswerMalformed,
          "status " + std::to_string(outcome.status) + ", unexpected content type",
          {}};
}

bool IsRefusal(int status) {
  return status >= kClientErrorFirst && status < kServerErrorFirst;
}

}  // namespace

HttpsNationalService::HttpsNationalService(std::string url, outbound::HttpsFiles files)
    : url_(std::move(url)), client_(std::move(files)) {}

HttpsNationalService::Attempts HttpsNationalService::Repeat(const outbound::HttpsRequest& request, Deadline deadline) {
  Attempts attempts;
  for (int attempt = 1;; ++attempt) {
    HttpsOutcome outcome = client_.Post(request, AttemptDeadline(attempt, deadline));
    attempts.maybe_acted_on |= MayHaveBeenActedOn(outcome);
    const bool again = IsWorthRepeating(outcome) && attempt < kAttemptsMax;
    attempts.last = std::move(outcome);
    if (!again) return attempts;
    log::Warning("eligibility", "attempt_failed", {{"attempt", attempt}, {"detail", Say(attempts.last)}});
    Pause(attempt, deadline);
    if (deadline.passed()) return attempts;
  }
}

Result<Challenge> HttpsNationalService::IssueChallenge(const Caller& caller, Deadline deadline) {
  const outbound::HttpsRequest request{.url = url_ + "/v1/challenges",
                                       .headers = {"Content-Type: application/json"},
                                       .body = ChallengeRequest(caller),
                                       .answer_bytes_max = kJsonBytesMax};
  const Attempts attempts = Repeat(request, deadline);
  const HttpsOutcome& outcome = attempts.last;
  if (outcome.fate == Fate::kTooLarge) return Error{ErrorCode::kNationalAnswerTooLarge, Say(outcome), {}};
  if (outcome.fate != Fate::kAnswered || IsUnavailable(outcome.status)) return NothingHappened(outcome);
  if (IsRefusal(outcome.status)) return ReadRefusal(outcome.status, outcome.content_type, outcome.body);
  if (outcome.status != kOk || outcome.content_type != "application/json") return NotAnAnswer(outcome);
  return ReadChallenge(outcome.body);
}

Result<Answer> HttpsNationalService::Ask(const Question& question, Deadline deadline) {
  const std::string press = UuidText(question.press_id);
  const outbound::HttpsRequest request{.url = url_ + "/v1/checks",
                                       .headers = {"Content-Type: application/json", "Idempotency-Key: " + press},
                                       .body = CheckRequest(question),
                                       .answer_bytes_max = kXmlBytesMax};
  const Attempts attempts = Repeat(request, deadline);
  const HttpsOutcome& outcome = attempts.last;
  if (outcome.fate == Fate::kTooLarge) return Error{ErrorCode::kNationalAnswerTooLarge, Say(outcome), {}};
  if (outcome.fate != Fate::kAnswered || IsUnavailable(outcome.status)) {
    if (attempts.maybe_acted_on) return Error{ErrorCode::kNationalOutcomeUnknown, "last attempt: " + Say(outcome), {}};
    return NothingHappened(outcome);
  }
  if (IsRefusal(outcome.status)) return ReadRefusal(outcome.status, outcome.content_type, outcome.body);
  if (outcome.status != kOk || outcome.content_type != "application/xml") return NotAnAnswer(outcome);
  TRY_ASSIGN(ReceivedAnswer received, ReadXmlAnswer(outcome.body));
  return AcceptAnswer(std::move(received), ToHex(question.press_id), question.caller.institution_code);
}

}  // namespace madoguchi::eligibility
