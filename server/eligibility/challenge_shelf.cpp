// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/challenge_shelf.h"

#include <algorithm>
#include <utility>

namespace madoguchi::eligibility {
namespace {

bool IsSame(const Caller& one, const Caller& other) {
  return one.institution_code == other.institution_code && one.account_id == other.account_id &&
         one.desk_id == other.desk_id;
}

}  // namespace

ChallengeShelf::ChallengeShelf(NationalService& national, std::chrono::milliseconds pause)
    : national_(national), pause_(pause) {
  for (std::size_t i = 0; i < kShelfThreads; ++i) threads_.emplace_back([this] { Work(); });
}

ChallengeShelf::~ChallengeShelf() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ChallengeShelf::Prepare(const Caller& caller) {
  {
    const std::lock_guard lock(mutex_);
    DropStale(Deadline::Clock::now());
    const auto found = places_.find(caller.desk_id);
    if (found != places_.end() && IsSame(found->second->caller, caller)) return;
    if (found == places_.end() && places_.size() >= kShelfDesksMax) return;
    const auto place =
        std::make_shared<Place>(Place{.caller = caller, .state = State::kQueued, .challenge = {}, .until = {}});
    places_[caller.desk_id] = place;
    std::erase_if(queue_, [&caller](const auto& queued) { return queued->caller.desk_id == caller.desk_id; });
    queue_.push_back(place);
  }
  changed_.notify_all();
}

std::size_t ChallengeShelf::waiting() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      places_.begin(), places_.end(), [](const auto& entry) { return entry.second->state == State::kReady; }));
}

Result<Challenge> ChallengeShelf::IssueChallenge(const Caller& caller, Deadline deadline) {
  {
    std::unique_lock lock(mutex_);
    DropStale(Deadline::Clock::now());
    const auto found = places_.find(caller.desk_id);
    if (found != places_.end() && IsSame(found->second->caller, caller)) {
      const std::shared_ptr<Place> place = found->second;
      // It was asked for before, so it comes sooner than a second one would; not waited for longer than half of the
      // time.
      if (place->state == State::kFetching) {
        const Deadline patience = deadline.Capped(deadline.remaining() / 2);
        changed_.wait_until(lock, patience.at(), [&place] { return place->state != State::kFetching; });
      }
      const auto now_there = places_.find(caller.desk_id);
      if (now_there != places_.end() && now_there->second == place && place->state != State::kFailed) {
        // nobody else took it meanwhile
        places_.erase(now_there);
        std::erase(queue_, place);
        if (place->state == State::kReady) return std::move(place->challenge);
      }
    }
  }
  return national_.IssueChallenge(caller, deadline);
}

void ChallengeShelf::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    if (ending_) return;
    const std::shared_ptr<Place> place = std::move(queue_.front());
    queue_.pop_front();
    place->state = State::kFetching;
    lock.unlock();
    const Deadline::Clock::time_point asked = Deadline::Clock::now();
    Result<Challenge> challenge = national_.IssueChallenge(place->caller, Deadline::In(kShelfFetchWithin));
    lock.lock();
    if (challenge.ok() && challenge->good_for > kShelfMargin) {
      place->until = asked + challenge->good_for - kShelfMargin;
      place->challenge = std::move(challenge).value();
      place->state = State::kReady;
    } else {
      place->until = Deadline::Clock::now() + pause_;
      place->state = State::kFailed;  // the press will ask, and hear why
    }
    changed_.notify_all();
  }
}

void ChallengeShelf::DropStale(Deadline::Clock::time_point now) {
  std::erase_if(places_, [now](const auto& entry) {
    const State state = entry.second->state;
    return (state == State::kReady || state == State::kFailed) && entry.second->until <= now;
  });
}

}  // namespace madoguchi::eligibility
