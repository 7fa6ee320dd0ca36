// SPDX-License-Identifier: Apache-2.0
#include "server/account/rounds.h"

#include <utility>

namespace madoguchi::account {

Rounds::Rounds(std::chrono::milliseconds pause, std::function<bool()> round)
    : pause_(pause), round_(std::move(round)), thread_([this] { Run(); }) {}

Rounds::~Rounds() {
  End();
  thread_.join();
}

void Rounds::End() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
}

void Rounds::Wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void Rounds::Run() {
  for (;;) {
    const bool done = round_();
    std::unique_lock lock(mutex_);
    if (done) changed_.wait_for(lock, pause_, [this] { return woken_ || ending_; });
    if (ending_) return;
    woken_ = false;
  }
}

}  // namespace madoguchi::account
