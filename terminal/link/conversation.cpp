// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/conversation.h"

#include <algorithm>
#include <array>
#include <utility>

#include "contract/card_script_wire.h"
#include "terminal/link/press_message.h"

namespace madoguchi::link {
namespace {

Error Invalid(const char* why) {
  return {ErrorCode::kServerMessageInvalid, why, {}};
}

std::string Text(ByteView bytes) {
  return std::string(AsText(bytes));
}

bool Parse(const KeptAnswers& kept, v1::ScriptAnswers& into) {
  return into.ParseFromArray(kept.serialized().data(), static_cast<int>(kept.serialized().size()));
}

std::vector<Method> Methods(const v1::Welcome& welcome) {
  std::vector<Method> methods;
  for (const Method known : {Method::kSight, Method::kPin, Method::kNumber}) {
    const auto& told = welcome.methods();
    if (std::find(told.begin(), told.end(), static_cast<int>(known)) != told.end()) methods.push_back(known);
  }
  return methods;
}

// Refusals of a server that is newer than this program keep their meaning for the person: an internal error to report.
Error FromWire(int code, std::optional<int> tries_left) {
  const std::optional<ErrorCode> known = FindErrorCode(code);
  if (!known) return {ErrorCode::kInternalError, "the server answered code " + std::to_string(code), {}};
  return {*known, "answered by the server", tries_left};
}

}  // namespace

void Conversation::StreamOpened(TimePoint now) {
  open_ = true;
  welcomed_ = false;
  may_return_ = true;
  sent_ = 0;
  received_ = {};
  opened_at_ = now;
  last_heartbeat_ = now;
  heartbeat_answer_by_.reset();
  outgoing_.clear();
  v1::DeskMessage message;
  v1::Hello& hello = *message.mutable_hello();
  hello.set_protocol_min(limits::kProtocolVersion);
  hello.set_protocol_max(limits::kProtocolVersion);
  hello.set_agent_version(agent_version_);
  hello.set_agent_instance(Text(agent_instance_));
  hello.set_reader(reader_);
  hello.set_institution_code(institution_code_);
  Queue(std::move(message));
}

void Conversation::StreamClosed() {
  open_ = false;
  welcomed_ = false;
  for (v1::DeskMessage& unsent : outgoing_) {
    if (unsent.has_policy_refusal()) KeepRefusal(std::move(unsent));
  }
  outgoing_.clear();
  reports_.StreamClosed();
  if (!press_) return;
  press_->acknowledge_by.reset();
  press_->sent = false;
}

Result<Event> Conversation::OnWelcome(const v1::Welcome& welcome, TimePoint now) {
  if (welcome.protocol() != limits::kProtocolVersion)
    return Error{ErrorCode::kProtocolVersionUnsupported, "of the welcome", {}};
  for (const std::string* text :
       {&welcome.server_version(), &welcome.desk_id(), &welcome.desk_name(), &welcome.account_id()}) {
    if (text->size() > kServerTextBytesMax) return Invalid("a text of the welcome is too long");
  }
  if (welcome.institution_code().size() != kInstitutionCodeLength) return Invalid("institution code");
  TRY_ASSIGN(CardScript opening, wire::FromMessage(welcome.opening_script()));
  return Event{Welcome{welcome.protocol(), welcome.server_version(), welcome.desk_id(), welcome.desk_name(),
                       welcome.institution_code(), welcome.account_id(), welcome.sight_allowed(), std::move(opening),
                       Methods(welcome), std::chrono::seconds(welcome.show_again_seconds()), now,
                       welcome.number_off()}};
}

bool Conversation::IsOpenPress(const std::string& press_id) const {
  return press_ && Text(press_->order.press_id) == press_id;
}

Result<std::vector<Event>> Conversation::OnRunScript(const v1::RunScript& run_script, TimePoint now) {
  if (!IsOpenPress(run_script.press_id())) return std::vector<Event>{};  // of a press this desk gave up
  const std::pair newest{press_->epoch, press_->number};
  const std::pair asked{run_script.epoch(), run_script.script_number()};
  if (asked <= newest) return Invalid("a script came twice or out of order");
  TRY_ASSIGN(CardScript script, wire::FromMessage(run_script.script()));
  press_->epoch = run_script.epoch();
  press_->number = run_script.script_number();
  press_->acknowledge_by.reset();
  press_->on_card = true;
  std::vector<Event> events;
  events.emplace_back(ProofRequest{press_->order.press_id, press_->epoch, press_->number, std::move(script), now});
  return events;
}

Result<std::vector<Event>> Conversation::OnCheckAnswer(const v1::CheckAnswer& message, TimePoint now) {
  if (!IsOpenPress(message.press_id())) return std::vector<Event>{};
  CheckAnswer answer;
  answer.press_id = press_->order.press_id;
  const v1::CheckFacts& facts = message.facts();
  answer.facts = {facts.national_us(), facts.server_us(), facts.card_trips_after_press(),
                  facts.database_us(), facts.link_us(),   facts.desk_us()};
  answer.received = now;
  answer.birthdate_differs = message.birthdate_differs();
  answer.handoff_not_kept = message.handoff_not_kept();
  if (message.handoff_size() > static_cast<int>(kHandoffChannelsMax)) return Invalid("too many hand-off channels");
  for (const std::string& channel : message.handoff()) {
    if (channel.size() > kServerTextBytesMax) return Invalid("a hand-off channel is too long");
    answer.handoff.push_back(channel);
  }
  if (message.has_answer()) {
    answer.answer = std::make_shared<const v1::EligibilityAnswer>(message.answer());
  } else if (message.has_refusal()) {
    const v1::Refusal& refusal = message.refusal();
    if (refusal.has_tries_left() && refusal.tries_left() > 15) return Invalid("tries_left above 15");
    answer.refusal =
        FromWire(refusal.code(),
                 refusal.has_tries_left() ? std::optional<int>(static_cast<int>(refusal.tries_left())) : std::nullopt);
  } else {
    return Invalid("a check answer without outcome");
  }
  press_.reset();
  std::vector<Event> events;
  events.emplace_back(std::move(answer));
  return events;
}

Result<std::vector<Event>> Conversation::Received(const v1::ServerMessage& message, TimePoint now) {
  if (!received_.Accept(message.sequence())) return Error{ErrorCode::kSequenceBroken, "from the server", {}};
  std::vector<Event> events;
  if (message.has_goodbye()) {
    may_return_ = message.goodbye().reconnect_after_ms() != 0;
    return FromWire(message.goodbye().code(), {});
  }
  if (message.has_welcome() == welcomed_) return Invalid("the welcome comes first, and once");
  switch (message.content_case()) {
    case v1::ServerMessage::kWelcome: {
      TRY_ASSIGN(Event welcome, OnWelcome(message.welcome(), now));
      welcomed_ = true;
      events.push_back(std::move(welcome));
      while (!refusals_.empty()) {
        Queue(std::move(refusals_.front()));
        refusals_.pop_front();
      }
      if (press_ && !press_->on_card) QueuePress(now);
      return events;
    }
    case v1::ServerMessage::kHeartbeat:
      heartbeat_answer_by_.reset();
      return events;
    case v1::ServerMessage::kPressAccepted:
      if (IsOpenPress(message.press_accepted().press_id())) press_->acknowledge_by.reset();
      return events;
    case v1::ServerMessage::kRunScript:
      return OnRunScript(message.run_script(), now);
    case v1::ServerMessage::kCheckAnswer:
      return OnCheckAnswer(message.check_answer(), now);
    case v1::ServerMessage::kScreenReportTaken:
      reports_.Taken(message.screen_report_taken().report_id());
      return events;
    case v1::ServerMessage::kGoodbye:
    case v1::ServerMessage::CONTENT_NOT_SET:
      break;
  }
  return Invalid("a message of a kind this program does not know");
}

Result<void> Conversation::Press(PressOrder order, TimePoint now) {
  if (press_) return Error{ErrorCode::kPressAlreadyOpen, "at this desk", {}};
  TRY_ASSIGN(KeptAnswers opening, KeptAnswers::Keep(std::move(order.opening)));
  press_.emplace(OpenPress{.order = std::move(order), .opening = std::move(opening)});
  if (welcomed_) QueuePress(now);
  return {};
}

void Conversation::QueuePress(TimePoint now) {
  v1::DeskMessage message;
  v1::Press& press = *message.mutable_press();
  FillPress(press_->order, press);
  const bool by_card = press_->order.fields.method != Method::kNumber;
  bool whole = !by_card || Parse(press_->opening, *press.mutable_opening());
  if (press_->proof) {
    whole = whole && Parse(*press_->proof, *press.mutable_proof());
    press.set_proof_epoch(press_->proof_epoch);
  }
  // Cannot fail: we wrote these bytes ourselves. A press without its answers would be refused as such by the server.
  if (!whole) press.clear_opening();
  press_->sent = true;
  press_->acknowledge_by = now + limits::kPressAcknowledged;
  Queue(std::move(message));
}

Result<void> Conversation::Proof(const ProofRequest& request, ScriptAnswers answers, TimePoint now) {
  if (!press_ || press_->order.press_id != request.press_id) return {};  // given up meanwhile
  press_->on_card = false;
  TRY_ASSIGN(KeptAnswers proof, KeptAnswers::Keep(std::move(answers)));
  if (welcomed_ && press_->sent) {
    v1::DeskMessage message;
    v1::ScriptResult& result = *message.mutable_script_result();
    result.set_press_id(Text(request.press_id));
    result.set_epoch(request.epoch);
    result.set_script_number(request.number);
    if (!Parse(proof, *result.mutable_answers()))
      return Error{ErrorCode::kInternalError, "kept answers cannot be read", {}};
    Queue(std::move(message));
  }
  press_->proof = std::move(proof);
  press_->proof_epoch = request.epoch;
  if (welcomed_ && !press_->sent) QueuePress(now);
  return {};
}

void Conversation::KeepRefusal(v1::DeskMessage message) {
  if (refusals_.size() < kRefusalsKeptMax) refusals_.push_back(std::move(message));
}

void Conversation::Refuse(const PolicyRefusal& refusal) {
  v1::DeskMessage message;
  v1::PolicyRefusal& out = *message.mutable_policy_refusal();
  out.set_press_id(Text(refusal.press_id));
  out.set_step(refusal.step);
  out.set_header(Text(refusal.header));
  out.set_file_id(refusal.file_id);
  if (!welcomed_) return KeepRefusal(std::move(message));
  Queue(std::move(message));
}

std::optional<v1::DeskMessage> Conversation::TakeOutgoing() {
  if (outgoing_.empty()) return std::nullopt;
  v1::DeskMessage message = std::move(outgoing_.front());
  outgoing_.pop_front();
  message.set_sequence(++sent_);
  return message;
}

Conversation::TimePoint Conversation::HeartbeatAt() const {
  return last_heartbeat_ + (active() ? limits::kHeartbeatActive : limits::kHeartbeatIdle);
}

Result<void> Conversation::Due(TimePoint now) {
  if (!open_) return {};
  if (!welcomed_) {
    if (now >= opened_at_ + kWelcomeWithin) return Error{ErrorCode::kServerUnreachable, "no welcome in time", {}};
    return {};
  }
  if (press_ && press_->acknowledge_by && now >= *press_->acknowledge_by) {
    return Error{ErrorCode::kServerUnreachable, "the press was not acknowledged in time", {}};
  }
  if (heartbeat_answer_by_ && now >= *heartbeat_answer_by_)
    return Error{ErrorCode::kServerUnreachable, "no heartbeat in time", {}};
  if (now >= HeartbeatAt()) {
    last_heartbeat_ = now;
    if (!heartbeat_answer_by_) heartbeat_answer_by_ = now + kHeartbeatAnsweredWithin;
    v1::DeskMessage message;
    message.mutable_heartbeat()->set_active(active());
    Queue(std::move(message));
  }
  while (std::optional<v1::ScreenReport> report = reports_.TakeDue(now)) {
    v1::DeskMessage message;
    *message.mutable_screen_report() = *std::move(report);
    Queue(std::move(message));
  }
  return {};
}

Conversation::TimePoint Conversation::NextDue() const {
  if (!open_) return TimePoint::max();
  if (!welcomed_) return opened_at_ + kWelcomeWithin;
  TimePoint next = std::min(HeartbeatAt(), reports_.NextDue());
  if (heartbeat_answer_by_) next = std::min(next, *heartbeat_answer_by_);
  if (press_ && press_->acknowledge_by) next = std::min(next, *press_->acknowledge_by);
  return next;
}

}  // namespace madoguchi::link
