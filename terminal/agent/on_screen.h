// SPDX-License-Identifier: Apache-2.0
// OnScreen: the result that stands on this desk's screen now, and how long; tells the trail when one is shown and when
// it is gone. At most one at a time: what is shown next ends the one before. Thread: one.
#pragma once
#include <functional>
#include <optional>

#include "contract/deadline.h"
#include "terminal/link/screen_report.h"

namespace madoguchi::agent {

class OnScreen {
 public:
  using Report = std::function<void(link::ScreenReport)>;
  explicit OnScreen(Report report) : report_(std::move(report)) {}
  ~OnScreen() { Closed(link::ScreenEnd::kProgram); }
  OnScreen(const OnScreen&) = delete;
  OnScreen& operator=(const OnScreen&) = delete;

  void Shown(const Bytes& press_id, std::vector<link::ResultBlock> blocks, link::ScreenForm form);
  // Nothing when nothing is shown.
  void Closed(link::ScreenEnd end);

 private:
  struct Standing {
    link::ScreenReport report;
    Stopwatch since;
  };
  const Report report_;
  std::optional<Standing> standing_;
};

}  // namespace madoguchi::agent
