// SPDX-License-Identifier: Apache-2.0
// ChallengeShelf: a national service whose challenges are fetched ahead: when a card is seen at a desk, one challenge
// for that desk is asked for, and the press that follows does not wait for it. A challenge serves one check of exactly
// the caller it was asked for, and only while it is fresh (then a desk that left is forgotten); without one, the
// service is asked as ever. After a fetch that brought nothing of use the next one waits: a card may lie on its reader
// all night. Everything else passes through. Thread: any; Prepare never waits. Owns kShelfThreads
// threads. Ownership: `national` outlives it; ended after the last call.
#pragma once
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/eligibility/national_service.h"

namespace madoguchi::eligibility {

inline constexpr std::size_t kShelfThreads = 2;
inline constexpr std::size_t kShelfDesksMax = 256;  // with a challenge waiting or being fetched; more are not prepared
inline constexpr std::chrono::milliseconds kShelfFetchWithin{5000};
inline constexpr std::chrono::milliseconds kShelfMargin{
    15'000};  // how long a challenge must still be good: the time of one check
inline constexpr std::chrono::milliseconds kShelfPause{30'000};  // of a desk, after a fetch that brought nothing of use

class ChallengeShelf final : public NationalService {
 public:
  explicit ChallengeShelf(NationalService& national, std::chrono::milliseconds pause = kShelfPause);
  ~ChallengeShelf() override;
  ChallengeShelf(const ChallengeShelf&) = delete;
  ChallengeShelf& operator=(const ChallengeShelf&) = delete;

  // A press of this caller may follow; said again every second while a card lies there. Nothing happens when a
  // challenge waits or is on its way already, or while its pause lasts.
  void Prepare(const Caller& caller);
  std::size_t waiting() const;  // challenges on the shelf

  Result<Challenge> IssueChallenge(const Caller& caller, Deadline deadline) override;
  Result<Answer> Ask(const Question& question, Deadline deadline) override { return national_.Ask(question, deadline); }
  Result<SightPermit> PermitSight(const Caller& caller, ByteView certificate, ByteView card_challenge,
                                  Deadline deadline) override {
    return national_.PermitSight(caller, certificate, card_challenge, deadline);
  }
  Result<Answer> Inquire(const Inquiry& inquiry, Deadline deadline) override {
    return national_.Inquire(inquiry, deadline);
  }

 private:
  enum class State { kQueued, kFetching, kReady, kFailed };
  struct Place {
    Caller caller;
    State state = State::kQueued;
    Challenge challenge;                  // of kReady
    Deadline::Clock::time_point until{};  // of kReady: it is fresh; of kFailed: the pause
  };
  void Work();
  void DropStale(Deadline::Clock::time_point now);  // mutex_ is held
  NationalService& national_;
  const std::chrono::milliseconds pause_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<Place>> places_;  // by desk; guarded by mutex_
  std::deque<std::shared_ptr<Place>>
      queue_;                         // guarded by mutex_; places that were taken away meanwhile are passed over
  bool ending_ = false;               // guarded by mutex_
  std::vector<std::thread> threads_;  // last: they use what stands above
};

}  // namespace madoguchi::eligibility
