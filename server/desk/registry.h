// SPDX-License-Identifier: Apache-2.0
// Registry: which stream speaks for which desk. The newest stream of a desk wins; the older one is closed with
// STREAM_SUPERSEDED. Two agents that take turns (the desk's certificate is in two places) are both closed:
// STREAMS_ALTERNATE. Thread: any; the close functions are called without the lock. Size: at most one entry per desk
// that was here within kAlternationWindow.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

#include "contract/result.h"

namespace madoguchi::desk {

inline constexpr std::chrono::seconds kAlternationWindow{60};
inline constexpr std::size_t kAlternationsMax = 3;  // within the window

class Registry {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Clock = std::function<TimePoint()>;
  struct Entrant {
    std::string desk_id;
    std::string agent_instance;  // tells a restart or reconnect of one agent from a second agent
    std::uint64_t number;        // of the stream; later streams have higher numbers
    std::function<void(ErrorCode)> close;
  };

  explicit Registry(Clock clock = std::chrono::steady_clock::now) : clock_(std::move(clock)) {}
  // Ok: this stream speaks for the desk now. STREAM_SUPERSEDED: a newer one is there already. STREAMS_ALTERNATE: nobody
  // speaks for it now.
  Result<void> Enter(Entrant entrant);
  // Whether a stream speaks for the desk.
  bool Has(const std::string& desk_id);
  // No effect when another stream speaks for the desk by now.
  void Leave(const std::string& desk_id, std::uint64_t number);

 private:
  struct Desk {
    Entrant stream;  // number 0: none is open
    std::deque<TimePoint> alternations;
  };
  void ForgetOld(TimePoint now);  // mutex_ held

  const Clock clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Desk> desks_;  // guarded by mutex_
};

}  // namespace madoguchi::desk
