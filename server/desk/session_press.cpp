// SPDX-License-Identifier: Apache-2.0
// The way of a press on a stream: taken, run on the check pool or refused, its script's answers, and what the desk is
// told.
#include <algorithm>
#include <utility>

#include "contract/card_script_wire.h"
#include "contract/log.h"
#include "contract/trace.h"
#include "server/audit/event.h"
#include "server/desk/answer_wire.h"
#include "server/desk/press_wire.h"
#include "server/desk/session.h"
#include "server/desk/wire_error.h"

namespace madoguchi::desk {
namespace {

constexpr const char* kComponent = "desk";

std::uint32_t Microseconds(std::chrono::microseconds time) {
  return static_cast<std::uint32_t>(std::clamp<std::chrono::microseconds::rep>(time.count(), 0, UINT32_MAX));
}

v1::CheckAnswer RefusalAnswer(const Bytes& press_id, const Error& error) {
  v1::CheckAnswer answer;
  answer.set_press_id(std::string(AsText(press_id)));
  *answer.mutable_refusal() = ToRefusal(error);
  return answer;
}

// `waited` and `total` are measured here; what of `waited` was card and desk is what the desk says, so no more than
// that.
telemetry::Phases PhasesOf(const check::Facts& facts, std::chrono::microseconds waited, std::chrono::microseconds total,
                           std::chrono::microseconds detect) {
  telemetry::Phases phases;
  phases.detect = detect;
  phases.card = facts.card;
  phases.desk = facts.desk;
  phases.link = std::max(waited - facts.card - facts.desk, std::chrono::microseconds(0));
  phases.national = facts.national;
  phases.database = facts.database;
  phases.server = std::max(total - waited - facts.national - facts.database, std::chrono::microseconds(0));
  phases.total = total;
  return phases;
}

}  // namespace

Result<void> Session::TakePress(const v1::Press& message) {
  const Deadline deadline =
      Deadline::In(around_.check_deadline).Capped(std::chrono::milliseconds(message.remaining_ms()));
  const Stopwatch received;
  DeskRecord record;
  Bytes open_press;
  {
    const std::lock_guard lock(mutex_);
    record = record_;
    open_press = open_press_;
  }
  TRY_ASSIGN(check::Press press, ReadPress(message, record));
  press.certificate_sha256 = peer_.certificate_sha256;
  press.operator_needed = around_.policy.operator_needed;
  press.source_address = peer_.address;
  press.trace_id = audit::NewTraceId();
  around_.metrics.PressReceived();
  // Before the desk hears of it, and before `stopping` is asked: a server that stops waits for what it accepted.
  const std::shared_ptr<void> counted = around_.open_presses.Open();
  v1::ServerMessage accepted;
  accepted.mutable_press_accepted()->set_press_id(message.press_id());
  stream_->Send(std::move(accepted));
  if (open_press == press.press_id) return {};  // sent again on the same stream: it is being worked on
  if (!open_press.empty()) {
    Refuse(press.press_id, press.trace_id, ErrorCode::kPressAlreadyOpen, counted);
    return {};
  }
  if (around_.stopping) {
    Refuse(press.press_id, press.trace_id, ErrorCode::kServerStopping, counted);
    return {};
  }
  if (!around_.database_alive()) {
    Refuse(press.press_id, press.trace_id, ErrorCode::kDatabaseSilent, counted);
    return {};
  }

  const auto channel = std::make_shared<StreamCardChannel>(press.press_id, [stream = stream_](v1::RunScript script) {
    v1::ServerMessage run;
    *run.mutable_run_script() = std::move(script);
    stream->Send(std::move(run));
  });
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kOpen) return {};
    open_press_ = press.press_id;
    previous_ = std::exchange(channel_, channel);
  }
  const Bytes press_id = press.press_id;
  const std::string trace_id = press.trace_id;
  const Origin origin{std::chrono::microseconds(message.detect_us()), record.name, message.reader_model()};
  const bool posted =
      around_.checks.TryPost([self = shared_from_this(), press = std::move(press), channel, deadline, received, origin,
                              counted] { self->RunPress(press, channel, deadline, received, origin); });
  if (!posted) {
    around_.metrics.PressBusy();
    Refuse(press_id, trace_id, ErrorCode::kServerBusy, counted);
  }
  return {};
}

void Session::RunPress(const check::Press& press, const std::shared_ptr<StreamCardChannel>& channel, Deadline deadline,
                       const Stopwatch& received, const Origin& origin) {
  const TraceScope trace(press.trace_id);
  const audit::Acting acting(Actor());
  const check::Outcome outcome = around_.run_check(press, *channel, deadline);
  v1::CheckAnswer answer;
  answer.set_press_id(std::string(AsText(press.press_id)));
  int code = 0;
  if (outcome.result) {
    SetResult(*outcome.result, answer);
  } else {
    code = static_cast<int>(outcome.result.error().code);
    *answer.mutable_refusal() = ToRefusal(outcome.result.error());
    log::Report(kComponent, "check_refused", outcome.result.error(),
                {{"desk", desk_id_}, {"press", UuidText(press.press_id)}});
  }
  const telemetry::Phases phases = PhasesOf(outcome.facts, channel->waited(), received.elapsed(), origin.detect);
  v1::CheckFacts& facts = *answer.mutable_facts();
  facts.set_national_us(Microseconds(phases.national));
  facts.set_server_us(Microseconds(phases.server));
  facts.set_card_trips_after_press(outcome.facts.card_trips);
  facts.set_database_us(Microseconds(phases.database));
  facts.set_link_us(Microseconds(phases.link));
  facts.set_desk_us(Microseconds(phases.desk));
  if (answer.ByteSizeLong() > limits::kMessageBytesMax - kMessageFrameBytes) {
    code = static_cast<int>(ErrorCode::kMessageTooLarge);
    answer = RefusalAnswer(press.press_id, {ErrorCode::kMessageTooLarge, {}, {}});
    log::Failure(kComponent, "answer_too_large", {{"desk", desk_id_}, {"press", UuidText(press.press_id)}});
  }
  around_.metrics.CheckEnded(code, phases, {origin.desk_name, origin.reader_model});
  log::Info(kComponent, "check_ended",
            {{"desk", desk_id_},
             {"press", UuidText(press.press_id)},
             {"code", code},
             {"total_us", Microseconds(phases.total)},
             {"card_us", Microseconds(phases.card)},
             {"desk_us", Microseconds(phases.desk)},
             {"national_us", Microseconds(phases.national)},
             {"database_us", Microseconds(phases.database)},
             {"link_us", Microseconds(phases.link)},
             {"server_us", Microseconds(phases.server)}});
  EndPress(std::move(answer));
}

void Session::EndPress(v1::CheckAnswer answer) {
  {
    const std::lock_guard lock(mutex_);
    // Before the answer leaves: the next press may follow it at once.
    if (AsText(open_press_) == answer.press_id()) open_press_.clear();
  }
  v1::ServerMessage message;
  *message.mutable_check_answer() = std::move(answer);
  stream_->Send(std::move(message));
}

void Session::Refuse(const Bytes& press_id, const std::string& trace_id, ErrorCode code,
                     std::shared_ptr<void> counted) {
  audit::Event event{audit::action::kDeskPressRefused, desk_id_, press_id, static_cast<int>(code), ""};
  event.trace_id = trace_id;
  const auto tell = [self = shared_from_this(), press_id, code, counted = std::move(counted)] {
    self->EndPress(RefusalAnswer(press_id, {code, {}, {}}));
  };
  if (code != ErrorCode::kDatabaseSilent) return PostRecord(std::move(event), tell);
  // Waiting for a row that most likely cannot be written would only keep patient and desk waiting: nothing was checked.
  tell();
  PostRecord(std::move(event));
}

Result<void> Session::TakeScriptResult(const v1::ScriptResult& result) {
  std::shared_ptr<StreamCardChannel> channel;
  std::shared_ptr<StreamCardChannel> previous;
  {
    const std::lock_guard lock(mutex_);
    channel = channel_;
    previous = previous_;
  }
  if (!channel) return Error{ErrorCode::kScriptAnswersInvalid, "no script was sent", {}};
  Result<void> delivered = channel->Deliver(result);
  if (!delivered && previous && previous->Deliver(result)) return {};
  return delivered;
}

}  // namespace madoguchi::desk
