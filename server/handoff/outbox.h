// SPDX-License-Identifier: Apache-2.0
// Outbox: seals a result for each channel that is on, before its outcome is recorded. The sealed rows go into the
// outcome's own transaction (audit::KeptRow); their keys are files outside the database (row_keys.h), made first and
// destroyed when the row is delivered, expires or was never recorded. Nothing here talks to a receiver: delivery is
// courier.h, from the rows. Thread: any.
#pragma once
#include <vector>

#include "contract/result.h"
#include "server/audit/trail.h"
#include "server/handoff/handing.h"
#include "server/handoff/row_keys.h"

namespace madoguchi::handoff {

// The channels, as they stand in kept_result and in the trail.
inline constexpr char kOqsFolder[] = "oqs_folder";
inline constexpr char kWebhook[] = "webhook";
inline constexpr char kPull[] = "pull";
inline constexpr char kShowAgain[] = "show_again";

// What is on. All off by default.
struct Channels {
  bool oqs_folder = false, webhook = false, pull = false;
  std::chrono::seconds show_again{0};      // 0: off; at most kShowAgainMax
  std::vector<std::string> names() const;  // of those a receiver gets: "oqs_folder", "webhook", "pull"
  bool any() const { return oqs_folder || webhook || pull || show_again.count() > 0; }
};

inline constexpr std::chrono::seconds kShowAgainMax{300};

class Outbox {
 public:
  // keys outlives this object.
  Outbox(Channels channels, const RowKeys& keys) : channels_(channels), keys_(keys) {}
  const Channels& channels() const { return channels_; }

  // One row per channel that is on; none when all are off. held: not before the desk confirms the person (show_again is
  // never held). HANDOFF_NOT_KEPT: no key could be written, or the result is too large; nothing was kept.
  Result<std::vector<audit::KeptRow>> Keep(const Handing& handing, bool held) const;
  // The outcome was not recorded: the keys go.
  void Forget(const std::vector<audit::KeptRow>& rows) const;

 private:
  const Channels channels_;
  const RowKeys& keys_;
};

}  // namespace madoguchi::handoff
