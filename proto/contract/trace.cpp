// SPDX-License-Identifier: Apache-2.0
#include "contract/trace.h"

#include <utility>

namespace madoguchi {
namespace {

std::string& Current() {
  thread_local std::string current;
  return current;
}

}  // namespace

TraceScope::TraceScope(std::string trace_id) : before_(std::exchange(Current(), std::move(trace_id))) {}

TraceScope::~TraceScope() {
  Current() = before_;
}

const std::string& CurrentTrace() {
  return Current();
}

std::string TraceParent(std::string_view trace_id, ByteView span_id) {
  if (trace_id.empty()) return {};
  return "00-" + std::string(trace_id) + "-" + ToHex(span_id) + "-01";
}

}  // namespace madoguchi
