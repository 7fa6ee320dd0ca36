// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/https_national_service.h"

#include <string_view>
#include <utility>

#include "contract/crypto/random.h"
#include "contract/insurance_number.h"
#include "contract/trace.h"
#include "server/eligibility/code_tables.h"
#include "server/eligibility/service_messages.h"
#include "server/eligibility/xml_answer.h"
#include "server/eligibility/xml_inquiry.h"
#include "server/eligibility/xml_text.h"

namespace madoguchi::eligibility {
namespace {

using outbound::Fate;
using outbound::HttpsOutcome;

constexpr int kOk = 200;
constexpr int kTooManyRequests = 429;
constexpr int kServerErrorFirst = 500;
constexpr int kClientErrorFirst = 400;
constexpr char kSimulator[] = "simulator";
constexpr char kJson[] = "application/json";
constexpr char kXml[] = "application/xml";

bool IsUnavailable(int status) {
  return status == kTooManyRequests || status >= kServerErrorFirst;
}

bool IsRefusal(int status) {
  return status >= kClientErrorFirst && status < kServerErrorFirst;
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

// The body of an answer of this type. Of what changes nothing on the other side: whatever went wrong, nothing happened.
Result<std::string> BodyOf(const HttpsOutcome& outcome, const char* content_type) {
  if (outcome.fate == Fate::kTooLarge) return Error{ErrorCode::kNationalAnswerTooLarge, Say(outcome), {}};
  if (outcome.fate != Fate::kAnswered || IsUnavailable(outcome.status)) return NothingHappened(outcome);
  if (IsRefusal(outcome.status)) return ReadRefusal(outcome.status, outcome.content_type, outcome.body);
  if (outcome.status != kOk || outcome.content_type != content_type) return NotAnAnswer(outcome);
  return outcome.body;
}

// Segment, status, and the code of the person's result or else of the refusal to process it.
std::string ProcessingOf(const ReceivedAnswer& received) {
  const Answer& answer = received.answer;
  const auto& code = answer.processing_code ? answer.processing_code : received.envelope.error_code;
  const std::string codes =
      PlainCode(answer.segment_of_result_code) + '/' + PlainCode(answer.processing_status_code) + '/' + PlainCode(code);
  return codes.substr(0, kProcessingCodeBytesMax);
}

// Checks and inquiries are acts of their own on the other side; the other calls can be made again by whoever needs
// them.
bool IsAct(const std::string& kind) {
  return kind == call_kind::kCheck || kind == call_kind::kInquiry;
}

// An answer that cannot be read leaves open what an act did. A call that is no act did nothing: it may be made again.
template <class T>
Result<T> WithItsKind(Result<T> result, const std::string& kind) {
  if (result || IsAct(kind) || Describe(result.error().code).kind != ErrorKind::kOutcomeUnknown) return result;
  const Error& error = result.error();
  return Error{ErrorCode::kNationalUnavailable, std::string(Describe(error.code).name) + ": " + error.detail, {}};
}

const char* OutcomeWord(const Error& error) {
  switch (Describe(error.code).kind) {
    case ErrorKind::kRefused:
    case ErrorKind::kBug:  // they did not take what we sent
      return "refused";
    case ErrorKind::kOutcomeUnknown:
      return "unknown";
    default:
      return "failed";
  }
}

}  // namespace

HttpsNationalService::HttpsNationalService(std::string url, outbound::HttpsFiles files, Record record,
                                           const LineOptions& options)
    : url_(std::move(url)), record_(std::move(record)), line_(std::move(files), options) {}

template <class T>
Result<T> HttpsNationalService::Make(const char* kind, const std::string& key, const Caller& caller,
                                     outbound::HttpsRequest request, Deadline deadline, const Meaning<T>& meaning) {
  const Stopwatch watch;
  CallRecord record;
  if (record_) {
    record.call_id = UuidText(crypto::NewUuid());
    record.kind = kind;
    record.key = key;
    record.caller = caller;
    record.began = Deadline::Clock::now();
    record_(record);
  }
  const std::string trace = TraceParent(CurrentTrace(), crypto::RandomBytes(kSpanIdBytes));
  if (!trace.empty()) request.headers.push_back("traceparent: " + trace);
  const Asker asker = std::string_view(kind) == call_kind::kOutcome ? Asker::kRound : Asker::kDesk;
  const Result<Attempts> attempts = line_.Post(caller.desk_id, std::move(request), deadline, asker);
  std::string processing;
  Result<T> result = WithItsKind(attempts ? meaning(*attempts, processing) : Result<T>(attempts.error()), kind);
  if (record_) {
    record.ended = true;
    record.outcome = result ? "answered" : OutcomeWord(result.error());
    record.code = result ? 0 : static_cast<int>(result.error().code);
    record.status = attempts ? attempts->last.status : 0;
    record.attempts = attempts ? attempts->count : 0;
    record.took = watch.elapsed();
    record.processing_code = std::move(processing);
    record.reconcile = record.outcome == "unknown";
    record_(std::move(record));
  }
  return result;
}

Result<Challenge> HttpsNationalService::IssueChallenge(const Caller& caller, Deadline deadline) {
  return Make<Challenge>(call_kind::kChallenge, "", caller,
                         {.url = url_ + "/v1/challenges",
                          .headers = {"Content-Type: application/json"},
                          .body = ChallengeRequest(caller),
                          .answer_bytes_max = kJsonBytesMax},
                         deadline, [](const Attempts& attempts, std::string&) -> Result<Challenge> {
                           TRY_ASSIGN(const std::string body, BodyOf(attempts.last, kJson));
                           return ReadChallenge(body);
                         });
}

Result<SightPermit> HttpsNationalService::PermitSight(const Caller& caller, ByteView certificate,
                                                      ByteView card_challenge, Deadline deadline) {
  return Make<SightPermit>(call_kind::kSight, "", caller,
                           {.url = url_ + "/v1/sights",
                            .headers = {"Content-Type: application/json"},
                            .body = SightRequest(caller, certificate, card_challenge),
                            .answer_bytes_max = kJsonBytesMax},
                           deadline, [](const Attempts& attempts, std::string&) -> Result<SightPermit> {
                             if (attempts.last.fate == Fate::kAnswered && attempts.service != kSimulator &&
                                 !IsUnavailable(attempts.last.status))
                               return Error{ErrorCode::kSightOnlySimulated, "the endpoint is not the simulator", {}};
                             TRY_ASSIGN(const std::string body, BodyOf(attempts.last, kJson));
                             return ReadSightPermit(body);
                           });
}

Result<Answer> HttpsNationalService::Ask(const Question& question, Deadline deadline) {
  const std::string press = UuidText(question.press_id);
  return Make<Answer>(call_kind::kCheck, press, question.caller,
                      {.url = url_ + "/v1/checks",
                       .headers = {"Content-Type: application/json", "Idempotency-Key: " + press},
                       .body = CheckRequest(question),
                       .answer_bytes_max = kXmlBytesMax},
                      deadline, [&](const Attempts& attempts, std::string& processing) {
                        return ReadAnswer(attempts, question.press_id, question.caller.institution_code, processing);
                      });
}

Result<Answer> HttpsNationalService::Inquire(const Inquiry& inquiry, Deadline deadline) {
  const std::string press = UuidText(inquiry.press_id);
  TRY_ASSIGN(std::string body, WriteXmlInquiry(inquiry, DateInJapan(std::chrono::system_clock::now())));
  return Make<Answer>(call_kind::kInquiry, press, inquiry.caller,
                      {.url = url_ + "/v1/inquiries",
                       .headers = {"Content-Type: application/xml", "Idempotency-Key: " + press,
                                   "Madoguchi-Device-Account: " + inquiry.caller.account_id,
                                   "Madoguchi-Desk: " + inquiry.caller.desk_id},
                       .body = std::move(body),
                       .answer_bytes_max = kXmlBytesMax},
                      deadline, [&](const Attempts& attempts, std::string& processing) -> Result<Answer> {
                        TRY_ASSIGN(Answer answer,
                                   ReadAnswer(attempts, inquiry.press_id, inquiry.caller.institution_code, processing));
                        TRY_VOID(CheckEcho(answer, inquiry));
                        return answer;
                      });
}

Result<Became> HttpsNationalService::WhatBecame(const UnknownCall& call, Deadline deadline) {
  return Make<Became>(call_kind::kOutcome, call.key, call.caller,
                      {.url = url_ + "/v1/outcomes",
                       .headers = {"Content-Type: application/json"},
                       .body = OutcomeRequest(call.caller, call.key),
                       .answer_bytes_max = kJsonBytesMax},
                      deadline, [](const Attempts& attempts, std::string&) -> Result<Became> {
                        TRY_ASSIGN(const std::string body, BodyOf(attempts.last, kJson));
                        return ReadOutcome(body);
                      });
}

// An act may have been done although its last attempt failed.
Result<Answer> HttpsNationalService::ReadAnswer(const Attempts& attempts, const Bytes& press_id,
                                                const std::string& institution_code, std::string& processing) const {
  const HttpsOutcome& outcome = attempts.last;
  const bool unavailable =
      outcome.fate != Fate::kTooLarge && (outcome.fate != Fate::kAnswered || IsUnavailable(outcome.status));
  if (unavailable && attempts.maybe_acted_on)
    return Error{ErrorCode::kNationalOutcomeUnknown, "last attempt: " + Say(outcome), {}};
  TRY_ASSIGN(const std::string body, BodyOf(outcome, kXml));
  TRY_ASSIGN(ReceivedAnswer received, ReadXmlAnswer(body));
  processing = ProcessingOf(received);
  return AcceptAnswer(std::move(received), ToHex(press_id), institution_code);
}

}  // namespace madoguchi::eligibility
