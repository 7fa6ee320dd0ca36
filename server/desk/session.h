// SPDX-License-Identifier: Apache-2.0
// Session: what is said on one desk stream: Hello, Welcome, heartbeats, presses, card scripts and their answers.
// Thread: Take on gRPC's threads, one call at a time, never waiting: what needs the database runs on the paperwork
// pool, a check on the check pool. Close from any thread. Ownership: shared by the stream's callbacks and by the jobs
// that work for it.
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "server/audit/authentication.h"
#include "server/audit/origin.h"
#include "server/check/check.h"
#include "server/check/pool.h"
#include "server/desk/directory.h"
#include "server/desk/open_presses.h"
#include "server/desk/registry.h"
#include "server/desk/silence_watch.h"
#include "server/desk/stream.h"
#include "server/desk/stream_card_channel.h"
#include "server/telemetry/metrics.h"

namespace madoguchi::desk {

inline constexpr std::chrono::seconds kHelloWithin{10};
inline constexpr std::chrono::seconds kGoodbyeWithin{5};  // then the stream is cut
inline constexpr int kHeartbeatsMissedMax = 3;
inline constexpr std::chrono::seconds kPaperworkDeadline{5};  // one directory or trail call
inline constexpr std::size_t kAgentVersionBytesMax = 40;
inline constexpr std::size_t kInstitutionCodeBytesMax = 10;
inline constexpr std::size_t kAgentInstanceBytes = 16;
inline constexpr std::size_t kCommandHeaderBytesMax = 4;  // CLA INS P1 P2
inline constexpr std::size_t kMessageFrameBytes = 64;     // what a message adds around an answer
inline constexpr int kReportsOpenMax = 32;                // of one stream, being recorded
inline constexpr int kReportsRefusedMax = 16;             // of one stream; one more ends it

// What is switched on, and what desks are told of it.
struct DeskPolicy {
  bool operator_needed = false;        // desk.operators
  bool sight_available = false;        // sight.scheme is not none
  bool number_inquiry = false;         // number.inquiry
  std::chrono::seconds show_again{0};  // desk.show_again_seconds; 0: off
  // A card may lie on this desk's reader: what a press will need can be fetched now. Must not block.
  std::function<void(const eligibility::Caller&)> card_seen = [](const eligibility::Caller&) {};
  // A desk's report about its screen, once under its id. MESSAGE_INVALID: not about a press of this desk.
  std::function<Result<void>(const Bytes& report_id, const audit::Event&, Deadline)> record_report =
      [](const Bytes&, const audit::Event&, Deadline) -> Result<void> {
    return Error{ErrorCode::kTrailUnavailable, "reports are not kept here", {}};
  };
};

// What every session of a server works with. DeskService owns it; it outlives the sessions.
struct Surroundings {
  using RunCheck = std::function<check::Outcome(const check::Press&, check::CardChannel&, Deadline)>;
  Directory& directory;
  audit::Trail& trail;
  check::CheckPool& checks;
  telemetry::Metrics& metrics;
  RunCheck run_check;
  std::chrono::milliseconds check_deadline;
  std::string server_version;
  CardScript opening_script;
  std::function<void(std::uint64_t)> session_ended;
  check::CheckPool& paperwork;
  std::function<bool()> database_alive;
  DeskPolicy policy;
  Registry registry{};
  SilenceWatch watch{};
  OpenPresses open_presses{};
  std::atomic<bool> stopping{false};
};

// Who opened a stream, as the TLS handshake and the connection say.
struct PeerOfStream {
  std::string desk_id;       // UUID text
  Bytes certificate_sha256;  // 32 bytes
  std::string address;       // IP address; empty: not known
};

class Session final : public std::enable_shared_from_this<Session> {
 public:
  Session(PeerOfStream peer, std::uint64_t number, std::shared_ptr<Stream> stream, Surroundings& around)
      : peer_(std::move(peer)), number_(number), stream_(std::move(stream)), around_(around) {}

  void Begin();
  // Says Goodbye with this code and ends the stream. Only the first call counts.
  void Close(ErrorCode code);
  // Something about this desk was changed: asks the directory again, on the paperwork pool, and ends the stream when it
  // may not go on as it is. A directory that cannot be asked ends nothing: the intent of each press asks for itself.
  void Recheck();
  const std::string& desk_id() const { return desk_id_; }

 private:
  enum class State { kHelloExpected, kGreeting, kOpen, kClosed };
  // Where a press came from, for the latency figures.
  struct Origin {
    std::chrono::microseconds detect;
    std::string desk_name, reader_model;
  };

  // Reactions.
  void Take(const v1::DeskMessage& message);
  Result<void> Handle(const v1::DeskMessage& message);
  Result<void> TakeHello(const v1::Hello& hello);
  Result<void> TakePress(const v1::Press& message);
  Result<void> TakeScriptResult(const v1::ScriptResult& result);
  Result<void> TakePolicyRefusal(const v1::PolicyRefusal& refusal);
  Result<void> TakeScreenReport(const v1::ScreenReport& report);
  void TooSlow();
  void Ended();

  // On the paperwork pool.
  void Greet(const std::string& agent_instance, const std::string& institution_code, const Arrival& arrival);
  void LookAgain();
  bool Record(const audit::Event& event);  // false: it could not be written, and the log says so
  void RecordReport(const std::string& report_id, const Result<audit::Event>& event);

  // On the check pool.
  void RunPress(const check::Press& press, const std::shared_ptr<StreamCardChannel>& channel, Deadline deadline,
                const Stopwatch& received, const Origin& origin);

  void CardMayBeThere();
  void Fail(const Error& error);
  // With the account this desk works with, once it is known.
  audit::Event OfThisAccount(audit::Event event) const;
  // `then` follows the row in the trail, or that it cannot be written.
  void PostRecord(
      audit::Event event, const std::function<void()>& then = [] {});
  // counted: the press's own; it stays open until the desk was told.
  void Refuse(const Bytes& press_id, const std::string& trace_id, ErrorCode code, std::shared_ptr<void> counted);
  void EndPress(v1::CheckAnswer answer);
  void CloseChannel(ErrorCode reason);
  audit::Origin Actor() const { return {"desk", audit::authentication::kCertificate, peer_.address}; }
  State state() const;

  const PeerOfStream peer_;
  const std::string& desk_id_ = peer_.desk_id;
  const std::uint64_t number_;
  const std::shared_ptr<Stream> stream_;
  Surroundings& around_;
  std::atomic<int> reports_open_{0}, reports_refused_{0};
  mutable std::mutex mutex_;  // not held while pools or the channel are called; the stream only for the Welcome
  State state_ = State::kHelloExpected;  // guarded by mutex_, like all below
  SequenceCheck sequence_;
  std::chrono::milliseconds heartbeat_{limits::kHeartbeatIdle};  // how often the desk said it will speak
  std::string institution_code_;                                 // as asked for in Hello
  DeskRecord record_;                                            // set when state_ becomes kOpen
  Bytes open_press_;                                             // press id; empty: no press is open
  std::shared_ptr<StreamCardChannel> channel_;   // of the open press, or of the one before while none is open
  std::shared_ptr<StreamCardChannel> previous_;  // answers to its script may still be on their way
};

}  // namespace madoguchi::desk
