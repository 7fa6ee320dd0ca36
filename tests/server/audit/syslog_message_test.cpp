// SPDX-License-Identifier: Apache-2.0
#include "server/audit/syslog_message.h"

#include <gmock/gmock.h>

#include <set>

#include "contract/trail_events.h"
#include "tests/server/audit/sink_batches.h"

namespace madoguchi::audit {
namespace {

using testing::HasSubstr;

const SyslogSender kSender{"clinic-server", "4711"};

// RFC 5425 §4.3: MSG-LEN counts the octets of the message.
void ExpectFrame(const std::string& frame, const std::string& message) {
  EXPECT_EQ(frame, std::to_string(message.size()) + " " + message);
}

TEST(SyslogMessage, IsFramedByItsLengthAndHoldsTheLineOfTheTreeBehindAByteOrderMark) {
  ExpectFrame(SyslogFrame(test::RowAt(7), kSender),
              "<109>1 2026-11-23T20:15:01.123456+09:00 clinic-server madoguchi-server 4711 check.intent "
              "[madoguchi@32473 leaf=\"7\" sequence=\"1007\"] \xEF\xBB\xBF" +
                  test::RowAt(7).line);
}

TEST(SyslogMessage, SeverityIsTheRegistrysAndARowWithACodeIsAtLeastAWarning) {
  SinkRow row = test::RowAt(7);
  row.code = 1301;
  EXPECT_THAT(SyslogFrame(row, kSender), HasSubstr(" <108>1 "));
  row.action = "console.break_glass_used";
  EXPECT_THAT(SyslogFrame(row, kSender), HasSubstr(" <105>1 "));
  row.code = 0;
  EXPECT_THAT(SyslogFrame(row, kSender), HasSubstr(" <105>1 "));
  row.action = "word.of_a_newer_server";
  EXPECT_THAT(SyslogFrame(row, kSender), HasSubstr(" <109>1 "));
}

TEST(SyslogMessage, ACheckpointIsInformational) {
  const SinkBatch batch = test::WithCheckpoint(test::Batch(0, 2));
  ExpectFrame(SyslogCheckpointFrame(batch, kSender),
              "<110>1 2026-11-23T20:15:10.000000+09:00 clinic-server madoguchi-server 4711 audit.checkpoint "
              "[madoguchi@32473 next_leaf=\"2\"] \xEF\xBB\xBF" +
                  CheckpointLine(batch));
}

TEST(SyslogMessage, WordsAreNeverEmptyTooLongOrMoreThanOne) {
  SinkRow row = test::RowAt(7);
  row.action = "two words " + std::string(100, 'x');
  const std::string frame = SyslogFrame(row, {"", "窓"});
  EXPECT_THAT(frame, HasSubstr("+09:00 - madoguchi-server ??? two?words?" + std::string(22, 'x') + " ["));
}

TEST(SyslogMessage, EveryEventOfTheRegistryHasAnIdOfItsOwnAlthoughLongWordsAreCut) {
  std::set<std::string> ids;
  int events = 0;
  for (int number = 1100; number < 2500; ++number) {
    const TrailEvent* const event = FindTrailEvent(number);
    if (event == nullptr) continue;
    SinkRow row = test::RowAt(7);
    row.action = event->word;
    const std::string frame = SyslogFrame(row, kSender);
    const std::size_t begin = frame.find(" 4711 ") + 6;
    const std::string id = frame.substr(begin, frame.find(' ', begin) - begin);
    EXPECT_EQ(id, std::string(event->word.substr(0, kSyslogMessageIdBytesMax)));
    ids.insert(id);
    ++events;
  }
  EXPECT_GT(events, 100);
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(events));
  EXPECT_THAT(ids, testing::Contains("identity.server_certificate_rene"));
}

}  // namespace
}  // namespace madoguchi::audit
