// SPDX-License-Identifier: Apache-2.0
#include "server/desk/session.h"

#include <utility>

#include "contract/log.h"
#include "server/audit/event.h"

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
    case v1::DeskMessage::kScreenReport:
      return TakeScreenReport(message.screen_report());
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

audit::Event Session::OfThisAccount(audit::Event event) const {
  const std::lock_guard lock(mutex_);
  event.account_id = record_.account_id;
  event.institution_code = record_.institution_code;
  return event;
}

void Session::PostRecord(audit::Event event, const std::function<void()>& then) {
  const std::string action = event.action;
  const bool posted =
      around_.paperwork.TryPost([self = shared_from_this(), event = OfThisAccount(std::move(event)), then] {
        self->Record(event);
        then();
      });
  if (posted) return;
  around_.metrics.EventNotRecorded();
  log::Failure(kComponent, "event_not_recorded", {{"desk", desk_id_}, {"action", action}, {"reason", "queue full"}});
  then();
}

bool Session::Record(const audit::Event& event) {
  const audit::Acting acting(Actor());
  const Result<void> recorded = around_.trail.RecordEvent(event, Deadline::In(kPaperworkDeadline));
  if (recorded.ok()) return true;
  around_.metrics.EventNotRecorded();
  log::Report(kComponent, "event_not_recorded", recorded.error(), {{"desk", desk_id_}, {"action", event.action}});
  return false;
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
