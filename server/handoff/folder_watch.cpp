// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/folder_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cstdint>

namespace madoguchi::handoff {

FolderWatch::FolderWatch(std::string folder, std::function<std::chrono::milliseconds()> round)
    : folder_(std::move(folder)),
      round_(std::move(round)),
      events_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      thread_([this] { Run(); }) {}

FolderWatch::~FolderWatch() {
  ending_ = true;
  const std::uint64_t one = 1;
  if (write(wake_, &one, sizeof one) < 0) ending_ = true;  // the scan notices it as well
  thread_.join();
  if (events_ >= 0) close(events_);
  if (wake_ >= 0) close(wake_);
}

void FolderWatch::Run() {
  while (!ending_) {
    // Again and again: a folder that was made anew, or mounted, is another one. The same watch is only renewed.
    inotify_add_watch(events_, folder_.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO);
    const std::chrono::milliseconds pause = round_();
    pollfd waiting[] = {{events_, POLLIN, 0}, {wake_, POLLIN, 0}};
    if (ending_ || poll(waiting, 2, static_cast<int>(pause.count())) <= 0) continue;
    char events[4096];
    while (read(events_, events, sizeof events) > 0) {
    }
  }
}

}  // namespace madoguchi::handoff
