// SPDX-License-Identifier: Apache-2.0
// A row of the trail as a syslog message (RFC 5424) in a frame that tells its length (RFC 5425 §4.3):
//
//   <len> <pri>1 2026-11-23T20:15:01.123456+09:00 host madoguchi-server pid action [madoguchi@32473 leaf="7"
//   sequence="8"] BOM{"v":1,…}
//
// Facility 13, log audit (RFC 5424 §6.2.1). Severity: the registry's (contract/trail_events.h), a row with a code
// at least warning, a checkpoint informational. 32473 is the number for examples (RFC 5612): nobody has assigned us
// one. The MSGID is the action, cut at its 32 bytes; the line has the whole word. Pure functions.
#pragma once
#include <string>

#include "server/audit/sink.h"

namespace madoguchi::audit {

inline constexpr std::size_t kSyslogHostNameBytesMax = 255;
inline constexpr std::size_t kSyslogMessageIdBytesMax = 32;

// Who sends: a word without spaces, or empty when it is not known.
struct SyslogSender {
  std::string host_name;
  std::string process_id;
};

std::string SyslogFrame(const SinkRow& row, const SyslogSender& sender);
// Precondition: batch.checkpoint is not empty.
std::string SyslogCheckpointFrame(const SinkBatch& batch, const SyslogSender& sender);

}  // namespace madoguchi::audit
