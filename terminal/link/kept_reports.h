// SPDX-License-Identifier: Apache-2.0
// KeptReports: reports about the screen until the server has taken them. They survive streams and are sent again, each
// under the id it was given once. One is sent when those before it are taken, so that the trail holds them in the order
// in which they happened, whatever is lost on the way. No network, thread or clock of its own: Conversation carries it.
#pragma once
#include <deque>
#include <optional>

#include "contract/deadline.h"
#include "madoguchi/v1/screen_report.pb.h"
#include "terminal/link/screen_report.h"

namespace madoguchi::link {

class KeptReports {
 public:
  using TimePoint = Deadline::Clock::time_point;
  // False: kReportsKeptMax wait already.
  bool Add(const ScreenReport& report, TimePoint now);
  void Taken(const std::string& report_id);
  // The stream they were sent on is gone.
  void StreamClosed();
  // The one whose turn it is, as it is sent now.
  std::optional<v1::ScreenReport> TakeDue(TimePoint now);
  TimePoint NextDue() const;  // max: nothing waits
  bool empty() const { return kept_.empty(); }
  std::size_t size() const { return kept_.size(); }

 private:
  struct Kept {
    v1::ScreenReport message;
    TimePoint happened;
    TimePoint due;
  };
  std::deque<Kept> kept_;
};

}  // namespace madoguchi::link
