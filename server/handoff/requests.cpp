// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/requests.h"

#include <algorithm>

#include "contract/crypto/digest.h"
#include "contract/log.h"
#include "contract/trace.h"
#include "server/audit/authentication.h"
#include "server/audit/event.h"
#include "server/audit/origin.h"

namespace madoguchi::handoff {
namespace {

constexpr const char* kComponent = "handoff";

}  // namespace

Result<std::chrono::milliseconds> Requests::Round() {
  TRY_ASSIGN(std::vector<std::string> names, parts_.requests.List(kRequestsAtOnceMax, [](const std::string& name) {
    return IsRequestName(name) || ReadClaimName(name);
  }));
  Forget(names);
  // Whoever ends us waits for one round. The next one begins where this one ends: every name gets its turn.
  std::rotate(names.begin(), std::upper_bound(names.begin(), names.end(), last_), names.end());
  const Deadline limit = Deadline::In(parts_.round_max);
  for (const std::string& name : names) {
    last_ = name;
    if (LookAt(name) && limit.passed()) return std::chrono::milliseconds(0);
  }
  return seen_.empty() ? kRequestsScanEvery : kReadsApart;
}

// What is not in the folder any more. An answer goes when its claim was taken over or removed by somebody.
void Requests::Forget(const std::vector<std::string>& names) {
  const auto gone = [&names](const std::string& name) { return !std::binary_search(names.begin(), names.end(), name); };
  std::erase_if(seen_, [&gone](const auto& one) { return gone(one.first); });
  std::erase_if(foreign_, [&gone](const auto& one) { return gone(one.first); });
  std::erase_if(unreadable_, gone);
  std::erase_if(unwritten_, [this](const auto& one) { return !parts_.requests.Has(one.first); });
}

bool Requests::LookAt(const std::string& name) {
  if (const std::optional<Claim> claim = ReadClaimName(name)) {
    const Claim ours{parts_.mark, claim->request_name};
    if (claim->mark != parts_.mark && !(IsAbandoned(name) && parts_.requests.Rename(name, ClaimName(ours))))
      return false;
    Serve(ours, true);
    return true;
  }
  if (!IsSettled(name) || !Take(name)) return false;
  Serve({parts_.mark, name}, false);
  return true;
}

bool Requests::IsAbandoned(const std::string& name) {
  const auto now = std::chrono::steady_clock::now();
  return now - foreign_.try_emplace(name, now).first->second >= parts_.foreign_claim_taken_over;
}

// Two reads with the same bytes: whoever writes has most likely finished.
bool Requests::IsSettled(const std::string& name) {
  const Result<std::string> content = parts_.requests.Read(name, kRequestBytesMax);
  if (!content) {
    SayUnreadable(name, content.error());
    return false;
  }
  const std::string sha256 = ToHex(crypto::Sha256(AsBytes(*content)));
  const auto now = std::chrono::steady_clock::now();
  Seen& seen = seen_[name];
  if (seen.sha256 != sha256) {
    seen = {sha256, now};
    return false;
  }
  return now - seen.since >= kReadsApart;
}

bool Requests::Take(const std::string& name) {
  const std::string sha256 = seen_.at(name).sha256;
  seen_.erase(name);
  const std::string claimed = ClaimName({parts_.mark, name});
  if (!parts_.requests.Rename(name, claimed)) return false;  // somebody else was first
  const Result<std::string> content = parts_.requests.Read(claimed, kRequestBytesMax);
  if (content && ToHex(crypto::Sha256(AsBytes(*content))) == sha256) return true;
  if (!parts_.requests.Rename(claimed, name)) log::Warning(kComponent, "request_changed_while_taken", {});
  return false;
}

void Requests::Serve(const Claim& claim, bool left_over) {
  const std::string claimed = ClaimName(claim), response = ResponseName(claim.request_name);
  const Result<std::string> content = parts_.requests.Read(claimed, kRequestBytesMax);
  if (!content) {  // another press id and a refusal would follow from a share that fails for a moment
    SayUnreadable(claimed, content.error());
    return;
  }
  const Bytes press_id = PressOfRequest(claim.request_name, *content);
  const TraceScope trace(audit::NewTraceId());
  const audit::Acting acting({"receipt_computer", audit::authentication::kFileSystem, {}});
  const auto kept = unwritten_.find(claimed);
  if (kept == unwritten_.end() && parts_.responses.Has(response)) {
    // Left over: the answer was written and the claim was not removed. Else the name was used before, and its answer is
    // not overwritten.
    if (!left_over) {
      Record(audit::action::kHandoffRequestRefused, press_id, static_cast<int>(ErrorCode::kHandoffNameTaken));
      parts_.counted(static_cast<int>(ErrorCode::kHandoffNameTaken));
      log::Report(kComponent, "request_name_used_before", {ErrorCode::kHandoffNameTaken, "requests folder", {}});
    }
    parts_.requests.Remove(claimed);
    return;
  }
  if (kept == unwritten_.end() && unwritten_.size() >= kAnswersKeptMax)
    return;  // the responses folder has to come back first
  std::string answer = kept != unwritten_.end() ? kept->second : AnswerTo(press_id, *content);
  const Result<void> put = parts_.responses.Put(response, answer, UuidText(press_id));
  if (!put && put.error().code != ErrorCode::kHandoffNameTaken) {
    if (!unwritten_.insert_or_assign(claimed, std::move(answer)).second) return;  // said the first time
  } else {
    unwritten_.erase(claimed);
    parts_.requests.Remove(claimed);
    if (put) return RecordAnswer(press_id, answer);
  }
  parts_.counted(static_cast<int>(put.error().code));
  log::Report(kComponent, "answer_not_written", put.error(), {{"press", UuidText(press_id)}});
}

// Gone is not unreadable: its writer or another server has it.
void Requests::SayUnreadable(const std::string& name, const Error& error) {
  if (!parts_.requests.Has(name) || !unreadable_.insert(name).second) return;
  parts_.counted(static_cast<int>(error.code));
  log::Report(kComponent, "request_not_readable", error);
}

std::string Requests::AnswerTo(const Bytes& press_id, const std::string& content) {
  const Deadline deadline = Deadline::In(kRequestWithin);
  eligibility::ReceivedInquiry request;
  const auto answer = [&]() -> Result<std::string> {
    if (content.size() > kRequestBytesMax) return Error{ErrorCode::kHandoffRequestInvalid, "the file is too large", {}};
    TRY_ASSIGN(request, eligibility::ReadXmlInquiry(content));
    Record(audit::action::kHandoffRequestTaken, press_id, 0);
    TRY_ASSIGN(const eligibility::Answer received, parts_.ask(press_id, request.message, deadline));
    return parts_.write(request, received);
  };
  Result<std::string> written = answer();
  parts_.counted(written ? 0 : static_cast<int>(written.error().code));
  if (written) return std::move(written).value();
  Record(audit::action::kHandoffRequestRefused, press_id, static_cast<int>(written.error().code));
  log::Report(kComponent, "request_refused", written.error(), {{"press", UuidText(press_id)}});
  return parts_.write_refusal(request, written.error());
}

// No name of the file: the part that the receipt computer chose may say who the patient is.
void Requests::RecordAnswer(const Bytes& press_id, const std::string& answer) {
  audit::Event event{audit::action::kHandoffDelivered, parts_.desk_id, press_id, 0, {}};
  event.destination = "responses";
  event.file_sha256 = ToHex(crypto::Sha256(AsBytes(answer)));
  const Result<void> recorded = parts_.trail.RecordEvent(event, Deadline::In(kRequestWithin));
  if (!recorded) log::Report(kComponent, "event_not_recorded", recorded.error());
}

// The inquiry itself has its intent and outcome in the trail, or does not happen; these rows say that a file began it.
void Requests::Record(const char* action, const Bytes& press_id, int code) {
  const Result<void> recorded = parts_.trail.RecordEvent(
      {.action = action, .desk_id = parts_.desk_id, .press_id = press_id, .code = code, .detail = {}},
      Deadline::In(kRequestWithin));
  if (!recorded) log::Report(kComponent, "event_not_recorded", recorded.error());
}

}  // namespace madoguchi::handoff
