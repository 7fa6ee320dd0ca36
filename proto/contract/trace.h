// SPDX-License-Identifier: Apache-2.0
// The trace id of what this thread works on: 16 random bytes as 32 hex digits (W3C Trace Context §3.2.2.3). While a
// TraceScope lives, every log line of its thread ends in trace=…, rows of the trail carry it, and calls to other
// systems name it in a `traceparent` header: one id leads from any of the three to the other two. Thread: each its own;
// work that is handed to another thread takes its id along by a scope there.
#pragma once
#include <string>
#include <string_view>

#include "contract/bytes.h"

namespace madoguchi {

inline constexpr std::size_t kTraceIdBytes = 16;
inline constexpr std::size_t kSpanIdBytes = 8;

class TraceScope {
 public:
  explicit TraceScope(std::string trace_id);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  const std::string before_;
};

// Empty outside every scope.
const std::string& CurrentTrace();

// "00-<trace id>-<span id>-01"; empty when there is no trace id.
std::string TraceParent(std::string_view trace_id, ByteView span_id);

}  // namespace madoguchi
