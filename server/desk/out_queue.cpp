// SPDX-License-Identifier: Apache-2.0
#include "server/desk/out_queue.h"

#include <utility>

namespace madoguchi::desk {

bool OutQueue::Push(v1::ServerMessage message) {
  if (messages_.size() >= limits::kOutQueueMessagesMax) return false;
  message.set_sequence(++last_sequence_);
  messages_.push_back(std::move(message));
  return true;
}

const v1::ServerMessage* OutQueue::Next() {
  if (in_flight_ || messages_.empty()) return nullptr;
  in_flight_ = true;
  return &messages_.front();
}

void OutQueue::Written() {
  messages_.pop_front();
  in_flight_ = false;
}

void OutQueue::DropWaiting() {
  // What was dropped was never numbered as far as the desk can see.
  while (messages_.size() > (in_flight_ ? 1U : 0U)) {
    messages_.pop_back();
    --last_sequence_;
  }
}

}  // namespace madoguchi::desk
