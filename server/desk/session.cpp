// SPDX-License-Identifier: Apache-2.0
#include "server/desk/session.h"

#include <algorithm>
#include <utility>

#include "contract/card_script_wire.h"
#include "contract/log.h"
#include "server/audit/event.h"
#include "server/desk/answer_wire.h"
#include "server/desk/press_wire.h"
#include "server/desk/wire_error.h"

namespace madoguchi::desk {
namespace {

constexpr const char* kComponent = "desk";

Bytes ToBytes(const std::string& text) {
  return {text.begin(), text.end()};
}

// When a desk may come back by itself; 0: a person has to look first.
std::uint32_t ReconnectAfterMs(ErrorCode code) {
  switch (code) {
    case ErrorCode::kStreamSuperseded:
    case ErrorCode::kStreamsAlternate:
    case ErrorCode::kProtocolVersionUnsupported:
    case ErrorCode::kDeskUnknown:
    case ErrorCode::kCertificateNotAccepted:
      return 0;
    case ErrorCode::kDeskNotActive:
    case ErrorCode::kAccountNotUsable:
      return 60'000;
    case ErrorCode::kChangedMeanwhile:
      return 200;
    case ErrorCode::kServerStopping:
      return 2'000;
    default:
      return 5'000;
  }
}

Error MessageInvalid(const char* reason) {
  return {ErrorCode::kMessageInvalid, reason, {}};
}

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

void Session::Begin() {
  around_.metrics.StreamOpened();
  const std::weak_ptr<Session> weak = weak_from_this();
  around_.watch.Add(number_, kHelloWithin, [weak] {
    const std::shared_ptr<Session> self = weak.lock();
    if (!self) return;
    // A stream that was told goodbye and does not go is no news.
    if (self->state() != State::kClosed) {
      log::Info(kComponent, "silent", {{"desk", self->desk_id_}, {"stream", self->number_}});
      self->around_.metrics.StreamSilent();
    }
    self->stream_->Abort();
  });
  stream_->Begin({[self = shared_from_this()](const v1::DeskMessage& message) { self->Take(message); },
                  [weak] {
                    if (const auto self = weak.lock()) self->TooSlow();
                  },
                  [self = shared_from_this()] { self->Ended(); }});
}

void Session::Close(ErrorCode code) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kClosed) return;
    state_ = State::kClosed;
  }
  log::Info(kComponent, "closing", {{"desk", desk_id_}, {"stream", number_}, {"code", static_cast<int>(code)}});
  if (code == ErrorCode::kStreamSuperseded) around_.metrics.StreamSuperseded();
  CloseChannel(code == ErrorCode::kScriptAnswersInvalid ? code : ErrorCode::kDeskGone);
  around_.registry.Leave(desk_id_, number_);
  around_.watch.Expect(number_, kGoodbyeWithin);
  v1::ServerMessage goodbye;
  goodbye.mutable_goodbye()->set_code(static_cast<int>(code));
  goodbye.mutable_goodbye()->set_reconnect_after_ms(ReconnectAfterMs(code));
  stream_->Close(goodbye);
}

void Session::Take(const v1::DeskMessage& message) {
  bool in_sequence = false;
  std::chrono::milliseconds heartbeat{};
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kClosed) return;
    in_sequence = sequence_.Accept(message.sequence());
    if (message.has_heartbeat()) {
      heartbeat_ = message.heartbeat().active() ? limits::kHeartbeatActive : limits::kHeartbeatIdle;
    }
    heartbeat = heartbeat_;
  }
  around_.watch.Expect(number_, kHeartbeatsMissedMax * heartbeat);
  const Result<void> handled =
      in_sequence ? Handle(message) : Error{ErrorCode::kSequenceBroken, "a message is missing or came twice", {}};
  if (!handled) Fail(handled.error());
}

Result<void> Session::Handle(const v1::DeskMessage& message) {
  const State now = state();
  if (now == State::kHelloExpected) {
    if (!message.has_hello()) return Error{ErrorCode::kHelloExpected, "the first message is no Hello", {}};
    return TakeHello(message.hello());
  }
  if (message.has_heartbeat()) {
    v1::ServerMessage answer;
    answer.mutable_heartbeat();
    if (now == State::kOpen) stream_->Send(std::move(answer));
    if (now == State::kOpen && message.heartbeat().active()) CardMayBeThere();
    return {};
  }
  if (message.has_hello()) return Error{ErrorCode::kHelloExpected, "a second Hello", {}};
  if (now == State::kGreeting) return MessageInvalid("before the Welcome");
  switch (message.content_case()) {
    case v1::DeskMessage::kPress:
      return TakePress(message.press());
    case v1::DeskMessage::kScriptResult:
      return TakeScriptResult(message.script_result());
    case v1::DeskMessage::kPolicyRefusal:
      return TakePolicyRefusal(message.policy_refusal());
    default:
      return MessageInvalid("of a kind this version does not know");
  }
}

void Session::CardMayBeThere() {
  eligibility::Caller caller;
  {
    const std::lock_guard lock(mutex_);
    if (!open_press_.empty()) return;  // its challenge is under way already
    caller = {record_.institution_code, record_.account_id, record_.desk_id};
  }
  around_.policy.card_seen(caller);
}

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
  around_.metrics.PressReceived();
  // Before the desk hears of it, and before `stopping` is asked: a server that stops waits for what it accepted.
  const std::shared_ptr<void> counted = around_.open_presses.Open();
  v1::ServerMessage accepted;
  accepted.mutable_press_accepted()->set_press_id(message.press_id());
  stream_->Send(std::move(accepted));
  if (open_press == press.press_id) return {};  // sent again on the same stream: it is being worked on
  if (!open_press.empty()) {
    Refuse(press.press_id, ErrorCode::kPressAlreadyOpen, counted);
    return {};
  }
  if (around_.stopping) {
    Refuse(press.press_id, ErrorCode::kServerStopping, counted);
    return {};
  }
  if (!around_.database_alive()) {
    Refuse(press.press_id, ErrorCode::kDatabaseSilent, counted);
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
  const Origin origin{std::chrono::microseconds(message.detect_us()), record.name, message.reader_model()};
  const bool posted =
      around_.checks.TryPost([self = shared_from_this(), press = std::move(press), channel, deadline, received, origin,
                              counted] { self->RunPress(press, channel, deadline, received, origin); });
  if (!posted) {
    around_.metrics.PressBusy();
    Refuse(press_id, ErrorCode::kServerBusy, counted);
  }
  return {};
}

void Session::RunPress(const check::Press& press, const std::shared_ptr<StreamCardChannel>& channel, Deadline deadline,
                       const Stopwatch& received, const Origin& origin) {
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

void Session::Refuse(const Bytes& press_id, ErrorCode code, std::shared_ptr<void> counted) {
  audit::Event event{audit::action::kDeskPressRefused, desk_id_, press_id, static_cast<int>(code), ""};
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

Result<void> Session::TakePolicyRefusal(const v1::PolicyRefusal& refusal) {
  const std::size_t id_bytes = refusal.press_id().size();
  if ((id_bytes != 0 && id_bytes != kPressIdBytes) || refusal.header().size() > kCommandHeaderBytesMax ||
      refusal.step() >= limits::kScriptStepsMax || refusal.file_id() > 0xFFFF) {
    return MessageInvalid("policy_refusal");
  }
  around_.metrics.PolicyRefused();
  std::optional<Bytes> press_id;
  if (id_bytes != 0) press_id = ToBytes(refusal.press_id());
  const std::string detail = "step=" + std::to_string(refusal.step()) + " header=" + ToHex(AsBytes(refusal.header())) +
                             " file_id=" + std::to_string(refusal.file_id());
  log::Warning(kComponent, "policy_refusal", {{"desk", desk_id_}, {"detail", detail}});
  PostRecord({audit::action::kDeskPolicyRefusal, desk_id_, press_id,
              static_cast<int>(ErrorCode::kCommandRefusedByPolicy), detail});
  return {};
}

void Session::Fail(const Error& error) {
  log::Report(kComponent, "stream_refused", error, {{"desk", desk_id_}, {"stream", number_}});
  if (Describe(error.code).kind == ErrorKind::kRefused) {
    around_.metrics.ProtocolBroken();
    const bool answers = error.code == ErrorCode::kScriptAnswersInvalid;
    PostRecord({answers ? audit::action::kDeskScriptAnswersInvalid : audit::action::kDeskProtocolBroken,
                desk_id_,
                {},
                static_cast<int>(error.code),
                error.detail});
  }
  Close(error.code);
}

void Session::PostRecord(audit::Event event, const std::function<void()>& then) {
  const std::string action = event.action;
  const bool posted = around_.paperwork.TryPost([self = shared_from_this(), event = std::move(event), then] {
    self->Record(event);
    then();
  });
  if (posted) return;
  around_.metrics.EventNotRecorded();
  log::Failure(kComponent, "event_not_recorded", {{"desk", desk_id_}, {"action", action}, {"reason", "queue full"}});
  then();
}

void Session::Record(const audit::Event& event) {
  const Result<void> recorded = around_.trail.RecordEvent(event, Deadline::In(kPaperworkDeadline));
  if (recorded.ok()) return;
  around_.metrics.EventNotRecorded();
  log::Report(kComponent, "event_not_recorded", recorded.error(), {{"desk", desk_id_}, {"action", event.action}});
}

void Session::TooSlow() {
  log::Report(kComponent, "stream_cut", {ErrorCode::kDeskTooSlow, "does not take what it is sent", {}},
              {{"desk", desk_id_}});
  stream_->Abort();
}

void Session::Ended() {
  {
    const std::lock_guard lock(mutex_);
    state_ = State::kClosed;
  }
  CloseChannel(ErrorCode::kDeskGone);
  around_.registry.Leave(desk_id_, number_);
  around_.watch.Forget(number_);
  around_.metrics.StreamClosed();
  log::Info(kComponent, "ended", {{"desk", desk_id_}, {"stream", number_}});
  around_.session_ended(number_);
}

void Session::CloseChannel(ErrorCode reason) {
  std::shared_ptr<StreamCardChannel> channel;
  {
    const std::lock_guard lock(mutex_);
    channel = channel_;
  }
  if (channel) channel->Close(reason);
}

Session::State Session::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace madoguchi::desk
