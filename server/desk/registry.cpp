// SPDX-License-Identifier: Apache-2.0
#include "server/desk/registry.h"

#include <optional>
#include <utility>

namespace madoguchi::desk {

Result<void> Registry::Enter(Entrant entrant) {
  Entrant older{{}, {}, 0, {}};
  bool alternate = false;
  {
    const std::lock_guard lock(mutex_);
    const TimePoint now = clock_();
    ForgetOld(now);
    Desk& desk = desks_[entrant.desk_id];
    if (desk.stream.number > entrant.number) return Error{ErrorCode::kStreamSuperseded, "a newer stream is open", {}};
    if (desk.stream.number != 0) {
      older = std::move(desk.stream);
      if (older.agent_instance != entrant.agent_instance) desk.alternations.push_back(now);
    }
    alternate = desk.alternations.size() >= kAlternationsMax;
    desk.stream = alternate ? Entrant{{}, {}, 0, {}} : std::move(entrant);
  }
  if (older.number != 0) older.close(alternate ? ErrorCode::kStreamsAlternate : ErrorCode::kStreamSuperseded);
  if (alternate) return Error{ErrorCode::kStreamsAlternate, "two agents take turns as one desk", {}};
  return {};
}

bool Registry::Has(const std::string& desk_id) {
  const std::lock_guard lock(mutex_);
  const auto found = desks_.find(desk_id);
  return found != desks_.end() && found->second.stream.number != 0;
}

void Registry::Leave(const std::string& desk_id, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = desks_.find(desk_id);
  if (found == desks_.end() || found->second.stream.number != number) return;
  found->second.stream = Entrant{{}, {}, 0, {}};
  if (found->second.alternations.empty()) desks_.erase(found);
}

void Registry::ForgetOld(TimePoint now) {
  for (auto desk = desks_.begin(); desk != desks_.end();) {
    std::deque<TimePoint>& times = desk->second.alternations;
    while (!times.empty() && now - times.front() >= kAlternationWindow) times.pop_front();
    desk = times.empty() && desk->second.stream.number == 0 ? desks_.erase(desk) : std::next(desk);
  }
}

}  // namespace madoguchi::desk
