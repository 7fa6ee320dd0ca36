// SPDX-License-Identifier: Apache-2.0
// ReaderWatch: says what changed on the readers of this machine: plugged and unplugged readers, cards put down and
// taken away, the PC/SC service gone and back. Never fails: what cannot be seen is reported as not there. Sources:
// reference/virtual-card.md §2, §7. Thread: one thread calls Wait; any other may call Cancel. Owns its own PC/SC
// context (blocking calls serialise on one).
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "contract/deadline.h"
#include "terminal/reader/reader_state.h"

namespace madoguchi::reader {

inline constexpr std::chrono::milliseconds kServiceRetry{250};  // between two looks for a service that is gone
// A reader that appears between listing and waiting is not announced: the list is taken again this often.
inline constexpr std::chrono::seconds kListAgain{10};

class ReaderWatch {
 public:
  ReaderWatch() = default;
  ~ReaderWatch();
  ReaderWatch(const ReaderWatch&) = delete;
  ReaderWatch& operator=(const ReaderWatch&) = delete;

  // The first call answers at once with what is there; later ones when something changed. Nothing: the deadline passed,
  // or Cancel.
  std::optional<ReadersSeen> Wait(Deadline deadline);
  // Makes the running Wait, and every later one, return. Waits until it has.
  void Cancel();

 private:
  struct Known {
    unsigned long state = 0;  // dwCurrentState for the next call: event counter kept, "changed" cleared
    Bytes atr;
    std::chrono::steady_clock::time_point card_seen = {};
  };
  bool Establish();
  void Release();
  bool List();
  enum class Look { kSeen, kNothing, kServiceGone };
  Look LookOnce(Deadline deadline);
  ReadersSeen Snapshot() const;
  void Pause(Deadline deadline);

  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;  // guards waiting_ and context_ against Cancel
  std::condition_variable changed_;
  bool waiting_ = false;
  std::optional<long> context_;
  std::map<std::string, Known> known_;
  std::optional<ReadersSeen> last_;
};

}  // namespace madoguchi::reader
