// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/on_screen.h"

namespace madoguchi::agent {

void OnScreen::Shown(const Bytes& press_id, std::vector<link::ResultBlock> blocks, link::ScreenForm form) {
  Closed(link::ScreenEnd::kNextPatient);
  standing_.emplace();
  standing_->report = {.press_id = press_id, .act = link::ScreenAct::kShown, .blocks = std::move(blocks), .form = form};
  report_(standing_->report);
}

void OnScreen::Closed(link::ScreenEnd end) {
  if (!standing_) return;
  link::ScreenReport report = std::move(standing_->report);
  report.act = link::ScreenAct::kClosed;
  report.end = end;
  report.shown = std::chrono::duration_cast<std::chrono::seconds>(standing_->since.elapsed());
  standing_.reset();
  report_(std::move(report));
}

}  // namespace madoguchi::agent
