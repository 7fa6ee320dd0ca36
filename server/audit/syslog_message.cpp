// SPDX-License-Identifier: Apache-2.0
#include "server/audit/syslog_message.h"

#include <algorithm>
#include <string_view>

#include "contract/trail_events.h"

namespace madoguchi::audit {
namespace {

constexpr int kFacilityLogAudit = 13;
constexpr const char* kAppName = "madoguchi-server";
constexpr const char* kCheckpointId = "audit.checkpoint";
constexpr const char* kUtf8Mark = "\xEF\xBB\xBF";

// Printable ASCII without spaces, or "-" (RFC 5424 §6).
std::string Word(std::string_view text, std::size_t bytes_max) {
  std::string word(text.substr(0, bytes_max));
  std::replace_if(
      word.begin(), word.end(), [](char c) { return c <= ' ' || c > '~'; }, '?');
  return word.empty() ? "-" : word;
}

std::string Frame(Severity severity, const std::string& time, const SyslogSender& sender, std::string_view message_id,
                  const std::string& data, const std::string& content) {
  const std::string message = "<" + std::to_string(kFacilityLogAudit * 8 + static_cast<int>(severity)) + ">1 " + time +
                              " " + Word(sender.host_name, kSyslogHostNameBytesMax) + " " + kAppName + " " +
                              Word(sender.process_id, kSyslogMessageIdBytesMax) + " " +
                              Word(message_id, kSyslogMessageIdBytesMax) + " [madoguchi@32473 " + data + "] " +
                              kUtf8Mark + content;
  return std::to_string(message.size()) + " " + message;
}

// The registry's; a row with a code is never less than a warning.
Severity SeverityOf(const SinkRow& row) {
  const TrailEvent* const event = FindTrailEvent(row.action);
  const Severity usual = event != nullptr ? event->severity : Severity::kNotice;
  return row.code == 0 ? usual : std::min(usual, Severity::kWarning);
}

}  // namespace

std::string SyslogFrame(const SinkRow& row, const SyslogSender& sender) {
  return Frame(SeverityOf(row), row.recorded_at, sender, row.action,
               "leaf=\"" + std::to_string(row.leaf) + "\" sequence=\"" + std::to_string(row.sequence) + "\"", row.line);
}

std::string SyslogCheckpointFrame(const SinkBatch& batch, const SyslogSender& sender) {
  return Frame(Severity::kInformational, batch.signed_at, sender, kCheckpointId,
               "next_leaf=\"" + std::to_string(batch.next) + "\"", CheckpointLine(batch));
}

}  // namespace madoguchi::audit
