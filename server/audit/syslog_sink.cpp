// SPDX-License-Identifier: Apache-2.0
#include "server/audit/syslog_sink.h"

#include <unistd.h>

#include <utility>

namespace madoguchi::audit {
namespace {

std::string HostName() {
  char name[kSyslogHostNameBytesMax + 1] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

}  // namespace

SyslogSink::SyslogSink(web::TlsPeer receiver, std::chrono::milliseconds step_max)
    : sender_{HostName(), std::to_string(getpid())}, line_(std::move(receiver), step_max) {}

Result<void> SyslogSink::Take(const SinkBatch& batch) {
  std::string frames;
  for (const SinkRow& row : batch.rows) frames += SyslogFrame(row, sender_);
  if (!batch.checkpoint.empty()) frames += SyslogCheckpointFrame(batch, sender_);
  if (frames.empty()) return {};
  std::optional<std::string> why = line_.Send(frames);
  if (why) return Error{ErrorCode::kTrailSinkFailed, "audit.sink_host: " + *std::move(why), {}};
  return {};
}

}  // namespace madoguchi::audit
