// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/courier.h"

#include <algorithm>

#include "contract/crypto/random.h"
#include "contract/log.h"

namespace madoguchi::handoff {
namespace {

constexpr const char* kComponent = "handoff";

double Chance() {
  return static_cast<double>(crypto::RandomBytes(1)[0]) / 255.0;
}

}  // namespace

std::chrono::milliseconds PauseAfter(int attempts, double chance) {
  std::chrono::milliseconds pause = kPauseFirst;
  for (int i = 1; i < attempts && pause < kPauseMost; ++i) pause *= 2;
  pause = std::min(pause, kPauseMost);
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(pause.count()) * (0.75 + 0.5 * chance)));
}

Result<bool> Courier::Tick(Deadline deadline) {
  const std::vector<std::string> keys = keys_.All();
  if (keys.empty()) return true;  // no key, nothing that could be delivered: no work for the database
  TRY_ASSIGN(const std::vector<DueRow> rows, book_.TakeDue(channel_, keys, deadline));
  // A lease runs out while earlier rows are tried: the rest of this round is then another's, or the next round's.
  const Deadline leased = Deadline::In(kLease - kAttemptMax);
  for (const DueRow& row : rows) {
    if (leased.passed()) return false;
    TRY_VOID(Carry(row, deadline));
  }
  return rows.size() < kRowsPerRound;
}

Result<Delivery> Courier::Attempt(const DueRow& row, Deadline deadline) const {
  TRY_ASSIGN(const SecretBytes plain, keys_.Open(row.row_id, row.sealed));
  TRY_ASSIGN(const Handing handing, Unpack(plain.view()));
  return deliver_(row, handing, deadline.Capped(kAttemptMax));
}

Result<void> Courier::Carry(const DueRow& row, Deadline deadline) {
  const Result<Delivery> left = Attempt(row, deadline);
  const std::string press = UuidText(row.press_id);
  counted_(channel_, left ? 0 : static_cast<int>(left.error().code));
  if (left) {
    TRY_VOID(book_.Delivered(row, channel_, *left, deadline));
    keys_.Destroy(row.row_id);
    log::Info(kComponent, "delivered", {{"channel", channel_}, {"press", press}, {"row", row.number}});
    return {};
  }
  const Error& error = left.error();
  log::Report(kComponent, "not_delivered", error, {{"channel", channel_}, {"press", press}, {"row", row.number}});
  if (Describe(error.code).kind != ErrorKind::kRetryable) return book_.Refused(row, channel_, error.code, deadline);
  return book_.Later(row, error.code, PauseAfter(row.attempts, Chance()), deadline);
}

}  // namespace madoguchi::handoff
