// SPDX-License-Identifier: Apache-2.0
// DeskAgent: readers, card and link of one desk, and the one thread that decides: the caller's. Two threads feed its
// inbox, one that watches the readers and the link's. Errors are those of the catalogue; a refusal by the server is an
// answer, not an error.
#pragma once
#include <memory>
#include <optional>
#include <thread>

#include "terminal/agent/card_at_desk.h"
#include "terminal/agent/checked.h"
#include "terminal/agent/inbox.h"
#include "terminal/agent/options.h"
#include "terminal/agent/press_at_desk.h"
#include "terminal/agent/renewal_watch.h"
#include "terminal/identity/host_lock.h"
#include "terminal/link/link.h"
#include "terminal/reader/reader_watch.h"

namespace madoguchi::agent {

// A service or reader that was never there may be coming up; one that was there may come back as long as a card is
// waited for.
inline constexpr std::chrono::seconds kReaderAppearsWithin{5};
inline constexpr std::chrono::seconds kServerAnswersWithin{
    10};                                                // without a welcome by then the server counts as unreachable
inline constexpr std::chrono::seconds kAnswerGrace{1};  // for an answer that the server sent at the very deadline
// A changed rule counts from the next press on: what a welcome said about methods spares typing for so long, then the
// server decides.
inline constexpr std::chrono::seconds kMethodsBelieved{10};
inline constexpr std::chrono::seconds kReportsTakenWithin{5};  // what the screen did, when the program ends
inline constexpr std::size_t kReportsBehindMax = link::kReportsKeptMax / 2;  // when the program asks again

class DeskAgent {
 public:
  static Result<std::unique_ptr<DeskAgent>> Start(const Options& options);
  ~DeskAgent();
  DeskAgent(const DeskAgent&) = delete;
  DeskAgent& operator=(const DeskAgent&) = delete;

  // A server that knows us. METHOD_NOT_ALLOWED, METHOD_NOT_ALLOWED_HERE: it said that this way of checking cannot be
  // used here, so that nothing needs to be typed.
  Result<void> PrepareMethod(link::Method method, Deadline deadline);
  // What the newest welcome said.
  const std::vector<link::Method>& methods() const;
  // A server that knows us, one card, and its opening answers. Returns at once when all of that is there already.
  Result<void> PrepareCard(Deadline deadline);
  // What happened meanwhile, without waiting; also lets a card go that was held long enough. CARD_REMOVED: the prepared
  // card is gone.
  Result<void> LookAround();
  int events() const { return inbox_.descriptor(); }
  // The holder's PIN is worth asking for: the opening answers do not rule the card out.
  bool pin_is_worth_asking() const;
  // The next patient comes: the card that lies there, answered or refused, must be taken off first.
  void ExpectAnotherCard() {
    card_.Release();
    earlier_card_ = card_.identity();
  }

  // What the screen did with a result, for the trail.
  void Report(const link::ScreenReport& report) { link_->Report(report); }
  // Before the program ends: what was reported reaches the server, or the log says that it did not. `left`: before it
  // asks again, as many may still wait.
  void FinishReports(std::size_t left = 0);

  // Precondition: PrepareCard succeeded and the card lies there still; a press by numbers needs neither card nor
  // reader. PIN slot and `fields` stay the caller's: the same patient may be asked for again.
  Result<Checked> Press(const link::PressFields& fields, relay::DeskPin* pin, bool last_try_agreed);

 private:
  explicit DeskAgent(const Options& options) : options_(options) {}
  void WatchReaders(std::optional<reader::ReadersSeen> first);
  void Handle(Happening happening);
  void OnReaders(reader::ReadersSeen seen);
  void OnProof(const link::ProofRequest& request);
  Result<void> AwaitServer(Deadline deadline);
  bool ServerIsLost() const;
  Result<bool> TryToOpen(Deadline deadline, Deadline::Clock::time_point since);
  Result<void> OpenAgain();
  bool MayStillAppear(ErrorCode missing, Deadline deadline);
  Error NotReady() const;

  Options options_;
  std::optional<identity::HostLock> lock_;
  Inbox inbox_;
  reader::ReaderWatch watch_;
  std::thread watch_thread_;
  std::unique_ptr<link::Link> link_;
  std::unique_ptr<RenewalWatch> renewal_;  // uses *link_
  std::optional<reader::ReadersSeen> seen_;
  std::optional<link::Welcome> welcome_;
  bool reader_was_there_ = false;
  std::optional<Deadline> missing_until_;  // while no reader was ever there
  bool connected_ = false;
  std::optional<link::Disconnected> disconnected_;
  CardAtDesk card_;
  bool card_gone_ = false;  // the prepared card was taken away
  std::optional<CardIdentity> earlier_card_;
  std::uint32_t detect_us_ = 0;  // of the card that is prepared
  std::optional<PressAtDesk> press_;
};

}  // namespace madoguchi::agent
