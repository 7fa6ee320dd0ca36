// SPDX-License-Identifier: Apache-2.0
// OutQueue: what waits to be sent on one stream. Numbers the messages, knows that only one may be in flight (a second
// outstanding write aborts the process in gRPC 1.51), and is bounded. No lock of its own: the stream guards it.
#pragma once
#include <cstdint>
#include <deque>

#include "contract/limits.h"
#include "madoguchi/v1/desk_service.pb.h"

namespace madoguchi::desk {

class OutQueue {
 public:
  // False: limits::kOutQueueMessagesMax wait already; nothing was added.
  [[nodiscard]] bool Push(v1::ServerMessage message);
  // The message to write now; null while one is in flight or none waits. It stays valid until Written.
  const v1::ServerMessage* Next();
  void Written();
  bool in_flight() const { return in_flight_; }
  // Drops what waits; what is in flight stays.
  void DropWaiting();

 private:
  std::deque<v1::ServerMessage> messages_;
  bool in_flight_ = false;  // messages_.front() is being written
  std::uint64_t last_sequence_ = 0;
};

// The numbers of the other side: 1, 2, 3 … without gap or repeat.
class SequenceCheck {
 public:
  [[nodiscard]] bool Accept(std::uint64_t sequence) {
    if (sequence != last_ + 1) return false;
    last_ = sequence;
    return true;
  }

 private:
  std::uint64_t last_ = 0;
};

}  // namespace madoguchi::desk
