// SPDX-License-Identifier: Apache-2.0
#include "server/audit/sink.h"

#include <gtest/gtest.h>

#include "tests/server/audit/sink_batches.h"

namespace madoguchi::audit {
namespace {

TEST(Sink, ACheckpointIsOneLineOfJson) {
  EXPECT_EQ(CheckpointLine(test::WithCheckpoint(test::Batch(0, 2))),
            R"({"next_leaf":2,"checkpoint":"clinic.test/trail\n2\nroot=\n\n— clinic.test/trail c2ln\n"})");
  SinkBatch odd = test::Batch(0, 0);
  odd.checkpoint = R"(a"b\c)";
  EXPECT_EQ(CheckpointLine(odd), R"({"next_leaf":0,"checkpoint":"a\"b\\c"})");
}

}  // namespace
}  // namespace madoguchi::audit
