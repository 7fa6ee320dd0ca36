// SPDX-License-Identifier: Apache-2.0
// SyslogSink: rows to a syslog receiver over TLS (RFC 5425). A batch is a connection of its own, taken when the
// receiver has read it to the end and closed (contract/web/tls_sender.h); otherwise it is sent again. Syslog has no
// answers: what a receiver loses after reading cannot be known here.
// Thread: as Sink. Errors: TRAIL_SINK_FAILED.
#pragma once
#include <string>

#include "contract/web/tls_sender.h"
#include "server/audit/sink.h"
#include "server/audit/syslog_message.h"

namespace madoguchi::audit {

inline constexpr std::uint16_t kSyslogTlsPort = 6514;  // RFC 5425 §4.1

class SyslogSink final : public Sink {
 public:
  explicit SyslogSink(web::TlsPeer receiver, std::chrono::milliseconds step_max = web::kTlsStepMax);
  Result<void> Take(const SinkBatch& batch) override;
  void Interrupt() override { line_.Interrupt(); }

 private:
  const SyslogSender sender_;
  web::TlsSender line_;
};

}  // namespace madoguchi::audit
