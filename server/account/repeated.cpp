// SPDX-License-Identifier: Apache-2.0
#include "server/account/repeated.h"

#include <utility>

namespace madoguchi::account {

Repeated::Repeated(std::chrono::milliseconds every, std::function<void()> work)
    : every_(every), work_(std::move(work)), thread_([this] { Run(); }) {}

Repeated::~Repeated() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Repeated::Wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void Repeated::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    work_();
    lock.lock();
    changed_.wait_for(lock, every_, [this] { return stopping_ || woken_; });
  }
}

}  // namespace madoguchi::account
