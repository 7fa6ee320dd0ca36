// SPDX-License-Identifier: Apache-2.0
#include "server/retire_command.h"

#include <cstdio>
#include <iostream>

#include "contract/deadline.h"
#include "server/store/trail_retirement.h"
#include "server/trail_key.h"

namespace madoguchi::app {
namespace {

constexpr std::chrono::seconds kQuietFor{1};

// One line that is written over: a person waits.
class Progress {
 public:
  void operator()(double looked_at) {
    if (!quiet_.passed()) return;
    std::fprintf(stderr, "\r確認しています / looking at every row: %3.0f %%", 100 * looked_at);
    if (looked_at >= 1) std::fputc('\n', stderr);
    std::fflush(stderr);
  }

 private:
  const Deadline quiet_ = Deadline::In(kQuietFor);
};

}  // namespace

Result<void> RetireTrail(const config::Config& config) {
  TRY_ASSIGN(const trail::Signer signer, TrailSigner(config));
  const store::Retirement wish{
      config.retire_partition, config.retire_by,
      config.retire_reason,    static_cast<int>(config.audit_retention_years),
      config.retire_dry_run,   config.audit_sink.kind.empty() ? "" : config.audit_sink.follower()};
  TRY_ASSIGN(const store::RetiredPartition retired,
             store::RetirePartition(config.database_owner_url, wish, signer, Progress()));
  const trail::Tombstone& stone = retired.tombstone;
  std::cout << "{\"partition\":\"" << stone.partition << "\",\"rows\":" << stone.rows << ",\"leaves\":\""
            << Written(stone.leaves) << "\",\"from\":\"" << stone.from << "\",\"until\":\"" << stone.until
            << "\",\"bytes\":" << retired.bytes << ",\"retired\":" << (config.retire_dry_run ? "false" : "true")
            << "}\n"
            << std::flush;
  return {};
}

}  // namespace madoguchi::app
