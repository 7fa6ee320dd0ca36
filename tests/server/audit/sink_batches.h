// SPDX-License-Identifier: Apache-2.0
// Batches for tests of sinks.
#pragma once
#include <string>

#include "server/audit/sink.h"

namespace madoguchi::audit::test {

inline SinkRow RowAt(std::uint64_t leaf) {
  const std::string sequence = std::to_string(leaf + 1000);
  return {.leaf = leaf,
          .sequence = static_cast<std::int64_t>(leaf + 1000),
          .action = "check.intent",
          .code = 0,
          .recorded_at = "2026-11-23T20:15:01.123456+09:00",
          .line = R"({"v":1,"sequence":)" + sequence +
                  R"(,"recorded_at":"2026-11-23T20:15:01.123456+09:00","detail":"窓口"})"};
}

inline SinkBatch Batch(std::uint64_t first, std::uint64_t next) {
  SinkBatch batch{.first = first, .next = next, .rows = {}, .checkpoint = {}, .signed_at = {}};
  for (std::uint64_t leaf = first; leaf < next; ++leaf) batch.rows.push_back(RowAt(leaf));
  return batch;
}

inline SinkBatch WithCheckpoint(SinkBatch batch) {
  batch.checkpoint = "clinic.test/trail\n" + std::to_string(batch.next) + "\nroot=\n\n— clinic.test/trail c2ln\n";
  batch.signed_at = "2026-11-23T20:15:10.000000+09:00";
  return batch;
}

}  // namespace madoguchi::audit::test
