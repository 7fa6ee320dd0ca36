// SPDX-License-Identifier: Apache-2.0
// Conversation: what the desk says on its stream, what it makes of the server's messages, and what is due when. No
// network, no thread and no clock of its own: Link carries it, the tests talk to it. Source:
// proto/madoguchi/v1/desk_service.proto. It survives streams: an unanswered press is sent again on the next one, with
// the proof answers if the card gave them already; while the card is at work it waits for them.
#pragma once
#include <deque>
#include <optional>
#include <vector>

#include "contract/limits.h"
#include "madoguchi/v1/desk_service.pb.h"
#include "terminal/link/events.h"
#include "terminal/link/kept_answers.h"
#include "terminal/link/kept_reports.h"
#include "terminal/link/press_order.h"

namespace madoguchi::link {

inline constexpr std::chrono::seconds kWelcomeWithin{5};            // of opening a stream, TLS included
inline constexpr std::chrono::seconds kHeartbeatAnsweredWithin{5};  // later: the stream is given up
inline constexpr std::size_t kServerTextBytesMax = 256;             // any string of a Welcome
inline constexpr std::size_t kHandoffChannelsMax = 8;               // of one answer
inline constexpr std::size_t kRefusalsKeptMax = 8;  // of the command policy, for the next stream; then the newest go

// The numbers of one direction: 1, 2, 3 … without gap or repeat.
class SequenceCheck {
 public:
  bool Accept(std::uint64_t sequence) { return sequence == next_ ? (++next_, true) : false; }

 private:
  std::uint64_t next_ = 1;
};

struct PolicyRefusal {
  Bytes press_id;  // empty: the opening script
  std::uint32_t step = 0;
  Bytes header;
  std::uint32_t file_id = 0;
};

class Conversation {
 public:
  using TimePoint = Deadline::Clock::time_point;
  Conversation(std::string agent_version, Bytes agent_instance)
      : agent_version_(std::move(agent_version)), agent_instance_(std::move(agent_instance)) {}

  // What the next Hello says besides: the reader in use, and which of its accounts this desk works with (empty: any).
  void SetReader(std::string reader) { reader_ = std::move(reader); }
  void SetInstitutionCode(std::string institution_code) { institution_code_ = std::move(institution_code); }

  void StreamOpened(TimePoint now);
  void StreamClosed();

  // What follows from one message. An error ends the stream: SEQUENCE_BROKEN, SERVER_MESSAGE_INVALID, or the code of a
  // Goodbye.
  Result<std::vector<Event>> Received(const v1::ServerMessage& message, TimePoint now);
  // Set by the Goodbye that ended the stream: when to come back; nothing = not by ourselves.
  bool may_return() const { return may_return_; }

  void SetCardPresent(bool present) { card_present_ = present; }
  Result<void> Press(PressOrder order, TimePoint now);
  // Once for every ProofRequest.
  Result<void> Proof(const ProofRequest& request, ScriptAnswers answers, TimePoint now);
  // What the command policy refused: kept for the next stream while there is none.
  void Refuse(const PolicyRefusal& refusal);
  // About a result on the screen; kept until the server has taken it. False: too many wait.
  bool Report(const ScreenReport& report, TimePoint now) { return reports_.Add(report, now); }
  std::size_t reports_waiting() const { return reports_.size(); }
  void ForgetPress() { press_.reset(); }
  bool press_open() const { return press_.has_value(); }

  // Next message to send, in order, with its number.
  std::optional<v1::DeskMessage> TakeOutgoing();
  std::size_t outgoing() const { return outgoing_.size(); }
  // Heartbeats that are due are queued. An error ends the stream: what had to come did not.
  Result<void> Due(TimePoint now);
  TimePoint NextDue() const;

 private:
  struct OpenPress {
    PressOrder order;  // its answers are kept in `opening`
    KeptAnswers opening;
    std::optional<KeptAnswers> proof = {};
    bool on_card =
        false;          // a script runs at the desk: its answers go with the press, whatever the stream does meanwhile
    bool sent = false;  // on this stream
    std::uint32_t epoch = 0;  // of the newest script; the proof belongs to proof_epoch
    std::uint32_t proof_epoch = 0;
    std::uint32_t number = 0;  // of the newest script within the epoch
    std::optional<TimePoint> acknowledge_by = {};
  };
  Result<Event> OnWelcome(const v1::Welcome& welcome, TimePoint now);
  Result<std::vector<Event>> OnRunScript(const v1::RunScript& run_script, TimePoint now);
  Result<std::vector<Event>> OnCheckAnswer(const v1::CheckAnswer& answer, TimePoint now);
  bool IsOpenPress(const std::string& press_id) const;
  void Queue(v1::DeskMessage message) { outgoing_.push_back(std::move(message)); }
  void QueuePress(TimePoint now);
  void KeepRefusal(v1::DeskMessage message);
  bool active() const { return card_present_ || press_.has_value(); }
  TimePoint HeartbeatAt() const;

  std::string agent_version_;
  Bytes agent_instance_;
  std::string reader_, institution_code_;
  bool open_ = false;
  bool welcomed_ = false;
  bool may_return_ = true;
  bool card_present_ = false;
  std::uint64_t sent_ = 0;
  SequenceCheck received_;
  TimePoint opened_at_;
  TimePoint last_heartbeat_;
  std::optional<TimePoint> heartbeat_answer_by_;
  std::deque<v1::DeskMessage> outgoing_;
  std::optional<OpenPress> press_;
  std::deque<v1::DeskMessage> refusals_;  // that no stream took yet
  KeptReports reports_;
};

}  // namespace madoguchi::link
