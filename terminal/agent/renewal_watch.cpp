// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/renewal_watch.h"

#include <algorithm>

#include "contract/log.h"
#include "terminal/identity/renewal.h"

namespace madoguchi::agent {

RenewalWatch::RenewalWatch(std::string server, std::string directory, std::function<void()> renewed)
    : server_(std::move(server)),
      directory_(std::move(directory)),
      renewed_(std::move(renewed)),
      thread_([this] { Run(); }) {}

RenewalWatch::~RenewalWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

// True: renewed now.
Result<bool> RenewalWatch::RenewWhenDue() {
  TRY_ASSIGN(const identity::Validity validity, identity::PresentValidity(directory_));
  if (std::chrono::system_clock::now() < validity.renew_at()) return false;
  identity::CallRefusal refusal;
  TRY_VOID(identity::Renew(server_, directory_, refusal));
  return true;
}

void RenewalWatch::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const Result<bool> renewed = RenewWhenDue();
    if (!renewed) log::Report("agent", "not_renewed", renewed.error());
    if (renewed && *renewed) {
      log::Info("agent", "renewed");
      renewed_();
    }
    lock.lock();
    changed_.wait_for(lock, kRenewAgainAfter, [this] { return stopping_; });
  }
}

}  // namespace madoguchi::agent
