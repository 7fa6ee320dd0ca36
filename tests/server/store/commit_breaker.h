// SPDX-License-Identifier: Apache-2.0
// CommitBreaker: stands between a connection and the database's socket, passes everything on, and on request breaks one
// connection exactly at its COMMIT: before the database has it, or after the database has done it but before the answer
// is passed on. Thread: one thread of its own for all connections; Break… from any.
#pragma once
#include <atomic>
#include <string>
#include <thread>

namespace madoguchi::store {

class CommitBreaker {
 public:
  explicit CommitBreaker(const std::string& cluster_folder);
  ~CommitBreaker();
  CommitBreaker(const CommitBreaker&) = delete;
  CommitBreaker& operator=(const CommitBreaker&) = delete;
  const std::string& folder() const { return folder_; }  // in place of the cluster's in a connection string
  void BreakNextCommitBeforeTheDatabase() { mode_ = Mode::kBefore; }
  void BreakNextCommitAfterTheDatabase() { mode_ = Mode::kAfter; }
  // The next COMMIT stays here until PassHeldCommit.
  void HoldNextCommit() { mode_ = Mode::kHold; }
  bool WaitUntilHeld() const;
  void PassHeldCommit();
  int broken() const { return broken_; }

 private:
  enum class Mode { kPass, kBefore, kAfter, kHold, kHeld };
  struct Pair;
  void Work();
  bool Forward(Pair& pair);  // false: this pair is over
  bool Backward(Pair& pair);
  std::string folder_, cluster_socket_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};
  std::atomic<Mode> mode_{Mode::kPass};
  std::atomic<int> broken_{0};
  std::thread thread_;
};

}  // namespace madoguchi::store
