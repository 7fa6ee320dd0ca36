// SPDX-License-Identifier: Apache-2.0
// Inbox: what happens on readers and link, in order, for the one thread that decides. Thread: any pushes, one takes.
// Of each kind only the newest waits: a reader, a link or a server says with it what is so now, and whatever comes
// crowds out no script and no answer. Its descriptor is readable while something waits, so that a wait for keys and a
// wait for events can be one poll.
#pragma once
#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <variant>

#include "contract/deadline.h"
#include "terminal/link/events.h"
#include "terminal/reader/reader_state.h"

namespace madoguchi::agent {

using Happening =
    std::variant<reader::ReadersSeen, link::Welcome, link::Disconnected, link::ProofRequest, link::CheckAnswer>;

inline constexpr std::size_t kInboxMax = std::variant_size_v<Happening>;  // one of each kind

class Inbox {
 public:
  Inbox() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Inbox() { close(descriptor_); }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  template <class One>
  void Push(One one) {
    const std::lock_guard lock(mutex_);
    std::erase_if(waiting_, [](const Happening& older) { return std::holds_alternative<One>(older); });
    waiting_.emplace_back(std::in_place_type<One>, std::move(one));
    eventfd_write(descriptor_, 1);
    changed_.notify_one();
  }
  // Nothing when the deadline passed first.
  std::optional<Happening> Take(Deadline deadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline.at(), [this] { return !waiting_.empty(); });
    if (waiting_.empty()) return std::nullopt;
    Happening happening = std::move(waiting_.front());
    waiting_.pop_front();
    eventfd_t ignored = 0;
    if (waiting_.empty()) eventfd_read(descriptor_, &ignored);
    return happening;
  }
  int descriptor() const { return descriptor_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Happening> waiting_;
  int descriptor_;
};

}  // namespace madoguchi::agent
