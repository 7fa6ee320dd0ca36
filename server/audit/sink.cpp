// SPDX-License-Identifier: Apache-2.0
#include "server/audit/sink.h"

namespace madoguchi::audit {

std::string CheckpointLine(const SinkBatch& batch) {
  std::string line = "{\"next_leaf\":" + std::to_string(batch.next) + ",\"checkpoint\":\"";
  for (const char c : batch.checkpoint) {
    if (c == '\n') {
      line += "\\n";
    } else {
      if (c == '"' || c == '\\') line += '\\';
      line += c;
    }
  }
  return line + "\"}";
}

}  // namespace madoguchi::audit
