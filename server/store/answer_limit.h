// SPDX-License-Identifier: Apache-2.0
// AnswerLimit: ends the wait for a database that holds the connection and does not answer (a stopped process, a dead
// machine behind a relay). The library would wait for ever there. Shutting the socket down makes the wait end as with
// any dropped connection. Thread: Watch from any; one thread of its own. Ownership: outlives every Watch; a watched
// socket stays open as long as its Watch.
#pragma once
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "contract/deadline.h"

namespace madoguchi::store {

// Per transaction. Above kStatementTimeMax: a database that still works ends a statement itself.
inline constexpr std::chrono::milliseconds kAnswerTimeMax{6000};

class AnswerLimit {
 public:
  explicit AnswerLimit(std::chrono::milliseconds answer_time_max = kAnswerTimeMax);
  ~AnswerLimit();
  AnswerLimit(const AnswerLimit&) = delete;
  AnswerLimit& operator=(const AnswerLimit&) = delete;

  struct Watched {
    Deadline end;
    int socket;
    bool is_over = false;
  };

  // From construction to destruction: the time for one answer. Without a limit nothing is watched.
  class Watch {
   public:
    Watch(AnswerLimit* limit, int socket);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    AnswerLimit* const limit_;
    std::list<Watched>::iterator place_;
  };

 private:
  void Work();
  const std::chrono::milliseconds answer_time_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::list<Watched> watched_;  // in the order of their ends; at most one per connection; guarded by mutex_
  bool is_planned_ = false;     // the thread will look again by itself, before any later end; guarded by mutex_
  bool stopping_ = false;       // guarded by mutex_
  std::thread thread_;          // last: it uses all of the above
};

}  // namespace madoguchi::store
