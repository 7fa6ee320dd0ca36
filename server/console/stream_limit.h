// SPDX-License-Identifier: Apache-2.0
// StreamLimit: cancels a call that is still open at its deadline. A stream whose client neither sends, nor takes, nor
// goes would hold one of the listener's threads for ever: Read and Write have no limit of their own. Thread: has one of
// its own; made and ended by the call's.
#pragma once
#include <grpcpp/server_context.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "contract/deadline.h"

namespace madoguchi::console {

class StreamLimit {
 public:
  // context outlives it.
  StreamLimit(grpc::ServerContext& context, Deadline deadline)
      : thread_([this, &context, deadline] {
          std::unique_lock lock(mutex_);
          if (!wake_.wait_until(lock, deadline.at(), [this] { return over_; })) context.TryCancel();
        }) {}
  ~StreamLimit() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  StreamLimit(const StreamLimit&) = delete;
  StreamLimit& operator=(const StreamLimit&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace madoguchi::console
