// SPDX-License-Identifier: Apache-2.0
#include "server/audit/syslog_sink.h"

#include <gmock/gmock.h>

#include "tests/server/audit/sink_batches.h"
#include "tests/server/audit/syslog_receiver.h"

namespace madoguchi::audit {
namespace {

using test::Batch;
using test::RowAt;
using test::SyslogReceiver;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::chrono::milliseconds kShort{1'000};

int CodeOf(const Result<void>& result) {
  return result.ok() ? 0 : static_cast<int>(result.error().code);
}

void ExpectRows(const std::vector<std::string>& lines, std::uint64_t first, std::uint64_t next) {
  ASSERT_GE(lines.size(), next);
  for (std::uint64_t leaf = first; leaf < next; ++leaf) {
    ASSERT_THAT(lines[leaf], StartsWith("<109>1 2026-11-23T20:15:01.123456+09:00 "));
    ASSERT_THAT(lines[leaf], HasSubstr(" check.intent [madoguchi@32473 leaf=\"" + std::to_string(leaf) + "\" "));
    ASSERT_THAT(lines[leaf], EndsWith("] \xEF\xBB\xBF" + RowAt(leaf).line));
  }
}

TEST(SyslogSink, ARealReceiverGetsEveryRowInOrderByteForByte) {
  SyslogReceiver receiver;
  SyslogSink sink(receiver.address());
  EXPECT_EQ(CodeOf(sink.Take(Batch(0, 1000))), 0);
  EXPECT_EQ(CodeOf(sink.Take(test::WithCheckpoint(Batch(1000, 1500)))), 0);
  const std::vector<std::string> lines = receiver.WaitForLines(1501);
  ExpectRows(lines, 0, 1500);
  EXPECT_THAT(lines.back(), HasSubstr(" audit.checkpoint [madoguchi@32473 next_leaf=\"1500\"] "));
  EXPECT_EQ(lines.size(), 1501u);
}

TEST(SyslogSink, AFrozenReceiverIsNoticedAndGetsTheRowsWhenItReadsAgain) {
  SyslogReceiver receiver;
  SyslogSink patient(receiver.address()), hurried(receiver.address(), kShort);
  EXPECT_EQ(CodeOf(patient.Take(Batch(0, 10))), 0);
  receiver.Freeze();
  const Result<void> taken = hurried.Take(Batch(10, 20));
  EXPECT_EQ(CodeOf(taken), 1615);
  EXPECT_THAT(taken.error().detail, StartsWith("audit.sink_host: "));
  receiver.Thaw();
  EXPECT_EQ(CodeOf(patient.Take(Batch(10, 20))), 0);
  ExpectRows(receiver.WaitForLines(20), 0, 20);
}

TEST(SyslogSink, AReceiverThatIsGoneIsNoticedAndGetsTheRowsWhenItIsBack) {
  SyslogReceiver receiver;
  SyslogSink sink(receiver.address());
  EXPECT_EQ(CodeOf(sink.Take(Batch(0, 10))), 0);
  receiver.WaitForLines(10);
  receiver.Kill();
  EXPECT_EQ(CodeOf(sink.Take(Batch(10, 20))), 1615);
  receiver.Start();
  EXPECT_EQ(CodeOf(sink.Take(Batch(10, 20))), 0);
  ExpectRows(receiver.WaitForLines(20), 0, 20);
}

TEST(SyslogSink, AnEmptyBatchIsNoConnection) {
  SyslogSink sink({.host = "localhost", .port = 1, .root_file = "/nowhere"});
  EXPECT_EQ(CodeOf(sink.Take(Batch(5, 5))), 0) << "all its rows were retired";
}

}  // namespace
}  // namespace madoguchi::audit
