// SPDX-License-Identifier: Apache-2.0
#include "server/account/https_national_accounts.h"

#include <utility>

#include "contract/crypto/random.h"
#include "contract/secret_bytes.h"
#include "server/account/national_messages.h"

namespace madoguchi::account {
namespace {

using outbound::Fate;
using outbound::HttpsOutcome;

constexpr char kApplication[] = "application";
constexpr char kAccount[] = "account";
constexpr int kOk = 200;
constexpr int kClientErrorFirst = 400;
constexpr int kTooManyRequests = 429;
constexpr int kServerErrorFirst = 500;

void WipeText(std::string& text) {
  Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

bool MayHaveBeenActedOn(const HttpsOutcome& outcome) {
  return outcome.fate == Fate::kUnanswered || (outcome.fate == Fate::kAnswered && outcome.status >= kServerErrorFirst);
}

Error RefusalOf(const HttpsOutcome& outcome) {
  const std::string type = RefusalType(outcome.content_type, outcome.body);
  const std::string detail = "status " + std::to_string(outcome.status) + ", type " + type;
  if (type.starts_with("account_") || type == "activation_refused")
    return {ErrorCode::kNationalAccountRefused, detail, {}};
  if (type == "idempotency_conflict") return {ErrorCode::kNationalKeyConflict, detail, {}};
  return {ErrorCode::kNationalRequestRefused, detail, {}};
}

Error FailureOf(const HttpsOutcome& outcome, bool maybe_acted_on) {
  const std::string detail =
      outcome.fate == Fate::kAnswered ? "status " + std::to_string(outcome.status) : outcome.detail;
  if (outcome.fate == Fate::kTooLarge) return {ErrorCode::kNationalAnswerMalformed, detail, {}};
  if (outcome.fate == Fate::kAnswered && outcome.status >= kClientErrorFirst && outcome.status < kServerErrorFirst &&
      outcome.status != kTooManyRequests)
    return RefusalOf(outcome);
  if (maybe_acted_on) return {ErrorCode::kNationalOutcomeUnknown, detail, {}};
  switch (outcome.fate) {
    case Fate::kUnreachable:
      return {ErrorCode::kNationalUnreachable, detail, {}};
    case Fate::kTlsRefused:
      return {ErrorCode::kNationalTlsRefused, detail, {}};
    default:
      break;
  }
  if (outcome.status == kTooManyRequests) return {ErrorCode::kNationalUnavailable, detail, {}};
  return {ErrorCode::kNationalAnswerMalformed, detail, {}};
}

const char* OutcomeWord(const Error& error, bool reads) {
  switch (Describe(error.code).kind) {
    case ErrorKind::kRefused:
    case ErrorKind::kBug:  // they did not take what we sent
      return "refused";
    case ErrorKind::kOutcomeUnknown:
      return reads ? "failed" : "unknown";
    default:
      return "failed";
  }
}

Result<void> NothingToRead(const std::string&) {
  return {};
}

}  // namespace

template <class T>
Result<T> HttpsNationalAccounts::Post(const char* path, const About& about, std::string body, Deadline deadline,
                                      Result<T> (*read)(const std::string& answer)) {
  const Stopwatch watch;
  NationalCall call;
  call.kind = about.kind;
  call.key = about.key;
  call.institution_code = about.institution_code;
  call.account_id = about.account_id;
  call.desk_id = about.desk_id;
  call.call_id = UuidText(crypto::NewUuid());
  call.began = Deadline::Clock::now();
  if (record_) record_(call);
  Result<std::string> answer = PostUnrecorded(path, about.key, std::move(body), deadline, call);
  Result<T> result = answer.ok() ? read(*answer) : Result<T>(answer.error());
  if (answer.ok()) WipeText(*answer);
  if (about.reads && !result.ok() && result.error().code == ErrorCode::kNationalOutcomeUnknown)
    result = Error{ErrorCode::kNationalUnavailable, result.error().detail, {}};
  call.ended = true;
  call.outcome = result.ok() ? "answered" : OutcomeWord(result.error(), about.reads);
  call.code = result.ok() ? 0 : static_cast<int>(result.error().code);
  call.took = watch.elapsed();
  if (record_) record_(call);
  return result;
}

Result<std::string> HttpsNationalAccounts::PostUnrecorded(const char* path, const std::string& key, std::string body,
                                                          Deadline deadline, NationalCall& call) {
  outbound::HttpsRequest request{.url = url_ + path,
                                 .headers = {"Content-Type: application/json"},
                                 .body = std::move(body),
                                 .answer_bytes_max = kNationalJsonBytesMax};
  if (!key.empty()) request.headers.push_back("Idempotency-Key: " + key);
  HttpsOutcome outcome;
  bool maybe_acted_on = false;
  for (int attempt = 1; attempt <= kNationalAttemptsMax; ++attempt) {
    outcome =
        client_.Post(request, attempt == kNationalAttemptsMax ? deadline : deadline.Capped(deadline.remaining() / 2));
    call.attempts = attempt;
    call.status = outcome.status;
    maybe_acted_on |= MayHaveBeenActedOn(outcome);
    if (!MayHaveBeenActedOn(outcome)) break;
  }
  WipeText(request.body);
  if (outcome.fate == Fate::kAnswered && outcome.status == kOk && outcome.content_type == "application/json")
    return std::move(outcome.body);
  return FailureOf(outcome, maybe_acted_on);
}

Result<std::string> HttpsNationalAccounts::Submit(const NationalApplication& application, Deadline deadline) {
  return Post("/v1/applications", {kApplication, application.application_id, application.institution_code},
              SubmitText(application), deadline, ReadReceipt);
}

Result<NationalDecision> HttpsNationalAccounts::Poll(const std::string& institution_code, const std::string& receipt,
                                                     Deadline deadline) {
  return Post("/v1/applications/answer", {kApplication, "", institution_code, {}, {}, true},
              ReceiptText(institution_code, receipt), deadline, ReadDecision);
}

Result<void> HttpsNationalAccounts::Withdraw(const std::string& institution_code, const std::string& receipt,
                                             Deadline deadline) {
  return Post("/v1/applications/withdraw", {kApplication, "", institution_code}, ReceiptText(institution_code, receipt),
              deadline, NothingToRead);
}

Result<void> HttpsNationalAccounts::Activate(const NationalBinding& binding, ByteView password,
                                             ByteView activation_code, Deadline deadline) {
  return Post("/v1/accounts/activate",
              {kAccount, binding.key, binding.institution_code, binding.account_id, binding.desk_id},
              ActivateText(binding, password, activation_code), deadline, NothingToRead);
}

Result<std::optional<IssuedAccount>> HttpsNationalAccounts::Release(const NationalBinding& binding, Deadline deadline) {
  return Post("/v1/accounts/release",
              {kAccount, binding.key, binding.institution_code, binding.account_id, binding.desk_id},
              ReleaseText(binding), deadline, ReadReleased);
}

Result<std::chrono::milliseconds> HttpsNationalAccounts::LockedFor(const std::string& institution_code,
                                                                   const std::string& account_id, Deadline deadline) {
  return Post("/v1/accounts/lock", {kAccount, "", institution_code, account_id, {}, true},
              AccountText(institution_code, account_id), deadline, ReadLock);
}

}  // namespace madoguchi::account
