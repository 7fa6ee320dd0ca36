// SPDX-License-Identifier: Apache-2.0
// StreamLimit: cancels a call that is still open at its deadline, which may be moved. A stream whose client neither
// sends, nor takes, nor goes would hold one of the listener's threads for ever: Read and Write have no limit of their
// own. Thread: has one of its own; made, moved and ended by the call's.
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
      : deadline_(deadline), thread_([this, &context] {
          std::unique_lock lock(mutex_);
          while (!over_ && !deadline_.passed()) wake_.wait_until(lock, deadline_.at());
          if (!over_) context.TryCancel();
        }) {}
  ~StreamLimit() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  // The thread looks at it when the earlier one is over.
  void Move(Deadline deadline) {
    const std::lock_guard lock(mutex_);
    deadline_ = deadline;
  }
  StreamLimit(const StreamLimit&) = delete;
  StreamLimit& operator=(const StreamLimit&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;   // guarded by mutex_
  Deadline deadline_;   // guarded by mutex_
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace madoguchi::console
