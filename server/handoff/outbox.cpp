// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/outbox.h"

#include "contract/crypto/random.h"

namespace madoguchi::handoff {

std::vector<std::string> Channels::names() const {
  std::vector<std::string> names;
  if (oqs_folder) names.emplace_back(kOqsFolder);
  if (webhook) names.emplace_back(kWebhook);
  if (pull) names.emplace_back(kPull);
  return names;
}

Result<std::vector<audit::KeptRow>> Outbox::Keep(const Handing& handing, bool held) const {
  std::vector<audit::KeptRow> rows;
  if (!channels_.any()) return rows;
  std::string packed = Pack(handing);
  Result<void> kept;
  const auto keep = [&](const std::string& channel, bool held_here, std::chrono::seconds lives) {
    if (!kept) return;
    const std::string row_id = UuidText(crypto::NewUuid());
    Result<Bytes> sealed = keys_.Seal(row_id, AsBytes(packed));
    if (sealed) {
      rows.push_back({row_id, channel, held_here, std::move(sealed).value(), lives});
    } else {
      kept = std::move(sealed).error();
    }
  };
  for (const std::string& name : channels_.names()) keep(name, held, audit::kKeptLivesMax);
  if (channels_.show_again.count() > 0) keep(kShowAgain, false, channels_.show_again);
  Wipe({reinterpret_cast<std::uint8_t*>(packed.data()), packed.size()});
  if (kept) return rows;
  Forget(rows);
  return kept.error();
}

void Outbox::Forget(const std::vector<audit::KeptRow>& rows) const {
  for (const audit::KeptRow& row : rows) keys_.Destroy(row.row_id);
}

}  // namespace madoguchi::handoff
