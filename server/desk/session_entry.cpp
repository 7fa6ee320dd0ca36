// SPDX-License-Identifier: Apache-2.0
// How a stream comes to speak for a desk, and whether it still may: the first message, the directory, and looking again
// after a change.
#include <algorithm>
#include <utility>

#include "contract/card_script_wire.h"
#include "contract/log.h"
#include "server/audit/event.h"
#include "server/desk/press_wire.h"
#include "server/desk/session.h"

namespace madoguchi::desk {
namespace {

constexpr const char* kComponent = "desk";

// No control character: it is kept, and shown to people.
bool IsOneLine(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

bool IsWellFormed(const v1::Hello& hello) {
  return hello.agent_version().size() <= kAgentVersionBytesMax &&
         hello.agent_instance().size() == kAgentInstanceBytes && hello.reader().size() <= kReaderBytesMax &&
         hello.institution_code().size() <= kInstitutionCodeBytesMax && IsOneLine(hello.agent_version()) &&
         IsOneLine(hello.reader()) && IsOneLine(hello.institution_code());
}

}  // namespace

Result<void> Session::TakeHello(const v1::Hello& hello) {
  if (!IsWellFormed(hello)) return Error{ErrorCode::kMessageInvalid, "hello", {}};
  if (hello.protocol_min() > limits::kProtocolVersion || hello.protocol_max() < limits::kProtocolVersion) {
    return Error{ErrorCode::kProtocolVersionUnsupported, "agent " + hello.agent_version(), {}};
  }
  if (around_.stopping) return Error{ErrorCode::kServerStopping, "a new stream", {}};
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kHelloExpected) return {};
    state_ = State::kGreeting;
    institution_code_ = hello.institution_code();
  }
  log::Info(kComponent, "hello", {{"desk", desk_id_}, {"stream", number_}, {"agent_version", hello.agent_version()}});
  const bool posted = around_.paperwork.TryPost(
      [self = shared_from_this(), instance = hello.agent_instance(), code = hello.institution_code(),
       arrival = Arrival{peer_.address, hello.agent_version(), hello.reader()}] {
        self->Greet(instance, code, arrival);
      });
  if (!posted) return Error{ErrorCode::kServerBusy, "too many desks at once", {}};
  return {};
}

void Session::Greet(const std::string& agent_instance, const std::string& institution_code, const Arrival& arrival) {
  const DeskQuery query{desk_id_, peer_.certificate_sha256, institution_code};
  const Deadline deadline = Deadline::In(kPaperworkDeadline);
  Result<DeskRecord> record = around_.directory.LoadDesk(query, deadline);
  if (record) {
    const Result<void> arrived = around_.directory.RecordArrival(query, arrival, deadline);
    if (!arrived) record = arrived.error();
  }
  // After an outage the pool may answer before revocations are heard again: who is welcome may also press.
  if (record && !around_.database_alive()) record = Error{ErrorCode::kDatabaseSilent, "no news of desks yet", {}};
  if (!record) {
    log::Report(kComponent, "not_welcome", record.error(), {{"desk", desk_id_}});
    return Close(record.error().code);
  }
  const std::weak_ptr<Session> weak = weak_from_this();
  const Result<void> entered = around_.registry.Enter({desk_id_, agent_instance, number_, [weak](ErrorCode code) {
                                                         if (const auto self = weak.lock()) self->Close(code);
                                                       }});
  if (!entered) {
    log::Report(kComponent, "not_welcome", entered.error(), {{"desk", desk_id_}});
    if (entered.error().code == ErrorCode::kStreamsAlternate) {
      around_.metrics.StreamsAlternated();
      Record({audit::action::kDeskStreamsAlternate, desk_id_, {}, static_cast<int>(entered.error().code), ""});
    }
    return Close(entered.error().code);
  }
  v1::ServerMessage message;
  v1::Welcome& welcome = *message.mutable_welcome();
  welcome.set_protocol(limits::kProtocolVersion);
  welcome.set_server_version(around_.server_version);
  welcome.set_desk_id(record->desk_id);
  welcome.set_desk_name(record->name);
  welcome.set_institution_code(record->institution_code);
  welcome.set_account_id(record->account_id);
  welcome.set_sight_allowed(around_.policy.sight_available);
  welcome.set_number_off(!around_.policy.number_inquiry);
  welcome.set_show_again_seconds(static_cast<std::uint32_t>(around_.policy.show_again.count()));
  for (const std::string& word : record->methods) {
    const v1::Method method = MethodOf(word);
    const bool off = (method == v1::SIGHT && !around_.policy.sight_available) ||
                     (method == v1::NUMBER && !around_.policy.number_inquiry) || method == v1::METHOD_UNSPECIFIED;
    if (!off) welcome.add_methods(method);
  }
  *welcome.mutable_opening_script() = wire::ToMessage(around_.opening_script);
  {
    // The Welcome is the first message and nothing but a Welcome opens the session: both under the lock.
    const std::lock_guard lock(mutex_);
    if (state_ == State::kGreeting) {
      state_ = State::kOpen;
      record_ = std::move(*record);
      stream_->Send(std::move(message));
      return;
    }
  }
  // The stream ended while the directory was asked: its own Leave came too early.
  around_.registry.Leave(desk_id_, number_);
}

void Session::Recheck() {
  if (state() == State::kHelloExpected || state() == State::kClosed) return;
  const bool posted = around_.paperwork.TryPost([self = shared_from_this()] { self->LookAgain(); });
  if (!posted) log::Failure(kComponent, "not_looked_again", {{"desk", desk_id_}, {"reason", "queue full"}});
}

void Session::LookAgain() {
  DeskQuery query{desk_id_, peer_.certificate_sha256, {}};
  DeskRecord before;
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kClosed) return;
    query.institution_code = institution_code_;
    before = record_;
  }
  const Result<DeskRecord> now = around_.directory.LoadDesk(query, Deadline::In(kPaperworkDeadline));
  if (!now) {
    log::Report(kComponent, "looked_again", now.error(), {{"desk", desk_id_}});
    if (Describe(now.error().code).kind == ErrorKind::kRefused) Close(now.error().code);
    return;
  }
  // Another account speaks for this desk now: the desk has to be told its code anew.
  if (!before.desk_id.empty() && before.account_id != now->account_id) Close(ErrorCode::kChangedMeanwhile);
}

}  // namespace madoguchi::desk
