// SPDX-License-Identifier: Apache-2.0
// FolderWatch: a thread that does a round when something appears in a folder, and at the latest when the round before
// asked for it: shares of other machines tell no events. Also while the folder is missing. Thread: made and ended by
// one; the round runs on its own thread, one at a time, and is waited for at the end. Source: inotify(7).
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

namespace madoguchi::handoff {

class FolderWatch {
 public:
  // round: → when to look again at the latest.
  FolderWatch(std::string folder, std::function<std::chrono::milliseconds()> round);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

 private:
  void Run();
  const std::string folder_;
  const std::function<std::chrono::milliseconds()> round_;
  const int events_, wake_;  // inotify, eventfd
  std::atomic<bool> ending_{false};
  std::thread thread_;  // last: it uses what stands above
};

}  // namespace madoguchi::handoff
