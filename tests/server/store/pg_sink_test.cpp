// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_sink.h"

#include <gmock/gmock.h>

#include "server/store/pg_trail.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using audit::SinkBatch;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class PgSinkTest : public StoreTest {
 protected:
  // `count` more rows get their places in the tree.
  void Grow(int count) const {
    Sql("INSERT INTO audit_event (record_id, action, owner, code, desk_id, detail) SELECT gen_random_uuid(), "
        "'test.row', "
        "'server-one', 0, '" +
        desk_one_ + "', '\"窓口\"' FROM generate_series(1, " + std::to_string(count) + ")");
    Sql("INSERT INTO trail_leaf SELECT (SELECT count(*) FROM trail_leaf) + row_number() OVER (ORDER BY sequence) - 1, "
        "sequence, "
        "recorded_at FROM audit_event WHERE NOT EXISTS (SELECT FROM trail_leaf WHERE trail_leaf.sequence = "
        "audit_event.sequence)");
    Sql("UPDATE trail_head SET size = (SELECT count(*) FROM trail_leaf)");
  }
  std::uint64_t Size() const { return static_cast<std::uint64_t>(Count("trail_leaf")); }
  static SinkBatch Next(PgSink& sink) {
    auto batch = sink.Next();
    EXPECT_EQ(CodeOf(batch), 0);
    return batch.ok() ? std::move(batch).value() : SinkBatch{};
  }
  static bool Holds(PgSink& sink) {
    const Result<bool> held = sink.Hold();
    EXPECT_EQ(CodeOf(held), 0);
    return held.ok() && *held;
  }
  void Sign(std::uint64_t size) const {
    Sql("INSERT INTO trail_checkpoint (size, note, owner) VALUES (" + std::to_string(size) + ", 'note of " +
        std::to_string(size) + "', 'server-one')");
  }

  AnswerLimit limit_;
  PgPool pool_{server_url(), 2, limit_};
  PgSink sink_{server_url(), "sink.file", "server-one", pool_, limit_};
  PgSink other_{server_url(), "sink.file", "server-two", pool_, limit_};
};

TEST_F(PgSinkTest, OneServerHoldsTheSinkUntilItLetsGoOrItsConnectionIsGone) {
  EXPECT_TRUE(Holds(sink_));
  EXPECT_TRUE(Holds(sink_)) << "still";
  EXPECT_FALSE(Holds(other_));
  PgSink of_another_kind(server_url(), "sink.syslog", "server-one", pool_, limit_);
  EXPECT_TRUE(Holds(of_another_kind));
  sink_.Release();
  // Of this database alone: others of the same cluster are in use beside this test.
  const std::string held =
      "pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND locktype = "
      "'advisory' AND classid = (hashtext('madoguchi.sink')::bigint & 4294967295)::oid";
  const std::string held_file = held + " AND objid = (hashtext('sink.file')::bigint & 4294967295)::oid";
  EXPECT_TRUE(Becomes("SELECT count(*) FROM " + held, "1"));
  EXPECT_TRUE(Holds(other_));
  EXPECT_FALSE(Holds(sink_));
  Sql("SELECT count(pg_terminate_backend(pid)) FROM " + held_file);
  EXPECT_TRUE(Becomes("SELECT count(*) FROM " + held_file, "0"));
  EXPECT_TRUE(Holds(sink_));
  EXPECT_NE(CodeOf(other_.Taken({.first = 0, .next = 1, .rows = {}, .checkpoint = {}, .signed_at = {}})), 0)
      << "it lost the hold without knowing";
}

TEST_F(PgSinkTest, GivesTheLinesOfTheTreeInTheirOrderAndGoesOnWhereItWas) {
  Grow(2500);
  ASSERT_TRUE(Holds(sink_));
  std::uint64_t next = 0;
  for (int batches = 0; next < Size() && batches < 5; ++batches) {
    const SinkBatch batch = Next(sink_);
    ASSERT_EQ(batch.first, next);
    ASSERT_EQ(batch.next, std::min<std::uint64_t>(next + audit::kSinkRowsMax, Size()));
    ASSERT_EQ(batch.rows.size(), batch.next - batch.first);
    for (const audit::SinkRow& row : batch.rows) ASSERT_EQ(row.leaf, next++);
    ASSERT_EQ(CodeOf(sink_.Taken(batch)), 0);
  }
  EXPECT_EQ(next, Size());
  EXPECT_TRUE(Next(sink_).empty());
  Grow(1);
  const SinkBatch batch = Next(sink_);
  ASSERT_EQ(batch.rows.size(), 1u);
  const audit::SinkRow& row = batch.rows[0];
  EXPECT_EQ(row.action, "test.row");
  EXPECT_EQ(std::to_string(row.sequence), Sql("SELECT max(sequence) FROM audit_event"));
  EXPECT_EQ(row.recorded_at,
            Sql("SELECT to_char(recorded_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') "
                "|| '+09:00' FROM audit_event ORDER BY sequence DESC LIMIT 1"));
  EXPECT_THAT(row.line, StartsWith("{\"v\":1,\"sequence\":" + std::to_string(row.sequence) + ",\"recorded_at\":\"" +
                                   row.recorded_at + "\",\"record_id\":\""));
  EXPECT_THAT(row.line, HasSubstr(R"(,"action":"test.row","owner":"server-one","desk_id":")" + desk_one_ +
                                  R"(","code":0,"detail":"\"窓口\"")"));
}

TEST_F(PgSinkTest, ABatchThatWasNotNotedComesAgain) {
  Grow(3);
  ASSERT_TRUE(Holds(sink_));
  const SinkBatch batch = Next(sink_);
  ASSERT_EQ(CodeOf(sink_.Failed(ErrorCode::kTrailSinkFailed)), 0);
  EXPECT_EQ(Sql("SELECT next_leaf || ' ' || trouble_code FROM trail_follower WHERE name = 'sink.file'"), "0 1615");
  EXPECT_EQ(Next(sink_).next, batch.next);
  ASSERT_EQ(CodeOf(sink_.Taken(batch)), 0);
  EXPECT_EQ(Sql("SELECT next_leaf || ' ' || trouble_code FROM trail_follower WHERE name = 'sink.file'"),
            std::to_string(batch.next) + " 0");
  EXPECT_EQ(CodeOf(sink_.Taken(batch)), 1615) << "noted once";
}

TEST_F(PgSinkTest, ARetiredRowIsLeftOut) {
  Grow(3);
  const std::uint64_t size = Size();
  Sql("INSERT INTO trail_leaf VALUES (" + std::to_string(size) + ", 999999, clock_timestamp())");
  Sql("UPDATE trail_head SET size = size + 1");
  ASSERT_TRUE(Holds(sink_));
  const SinkBatch batch = Next(sink_);
  EXPECT_EQ(batch.next, size + 1);
  EXPECT_EQ(batch.rows.size(), size);
}

TEST_F(PgSinkTest, GivesTheNewestCheckpointWhoseRowsTheSinkHasOnce) {
  Grow(5);
  const std::uint64_t size = Size();
  Sign(2);
  Sign(3);
  ASSERT_TRUE(Holds(sink_));
  SinkBatch batch = Next(sink_);
  EXPECT_EQ(batch.checkpoint, "note of 3");
  EXPECT_EQ(batch.signed_at.size(), std::string("2026-11-23T20:15:01.123456+09:00").size());
  ASSERT_EQ(CodeOf(sink_.Taken(batch)), 0);
  EXPECT_TRUE(Next(sink_).empty());
  Sign(size);
  batch = Next(sink_);
  EXPECT_EQ(batch.first, batch.next);
  EXPECT_EQ(batch.checkpoint, "note of " + std::to_string(size));
  ASSERT_EQ(CodeOf(sink_.Taken(batch)), 0);
  Sign(size + 1);
  EXPECT_TRUE(Next(sink_).empty()) << "the rows before it are not there yet";
  Grow(1);
  batch = Next(sink_);
  EXPECT_EQ(batch.checkpoint, "note of " + std::to_string(size + 1));
  ASSERT_EQ(CodeOf(sink_.Taken(batch)), 0);
  EXPECT_TRUE(Next(sink_).empty());
}

TEST_F(PgSinkTest, SaysHowFarBehindItIsEvenBeforeItBegan) {
  Grow(3);
  const std::uint64_t size = Size();
  Sql("UPDATE trail_head SET size = 0");
  EXPECT_EQ(sink_.Lag(Soon())->rows, 0u);
  Sql("UPDATE trail_head SET size = " + std::to_string(size));
  Result<audit::SinkLag> lag = sink_.Lag(Soon());
  ASSERT_EQ(CodeOf(lag), 0);
  EXPECT_EQ(lag->rows, size);
  EXPECT_GE(lag->oldest.count(), 1);
  ASSERT_TRUE(Holds(sink_));
  ASSERT_EQ(CodeOf(sink_.Taken(Next(sink_))), 0);
  lag = other_.Lag(Soon());
  ASSERT_EQ(CodeOf(lag), 0);
  EXPECT_EQ(lag->rows, 0u);
  EXPECT_EQ(lag->oldest.count(), 0);
}

TEST_F(PgSinkTest, TheTrailSaysOnceThatTheSinkIsBehindAndOnceThatItHasCaughtUp) {
  const std::string rows =
      "SELECT coalesce(string_agg(concat_ws(' ', action, owner, code, seconds, destination, detail), ', ' "
      "ORDER BY sequence), '') FROM audit_event WHERE action LIKE 'audit.sink%'";
  const auto told = [&](PgSink& sink, bool behind, const audit::SinkLag& lag) {
    const Result<bool> result = sink.Tell(behind, lag, Soon());
    EXPECT_EQ(CodeOf(result), 0);
    return result.ok() && *result;
  };
  EXPECT_FALSE(told(sink_, true, {})) << "nobody has fed it yet: nothing to be behind of";
  ASSERT_TRUE(Holds(sink_));
  EXPECT_FALSE(told(sink_, false, {})) << "it was not behind";
  ASSERT_EQ(CodeOf(sink_.Failed(ErrorCode::kTrailSinkFailed)), 0);
  const audit::SinkLag late{12, std::chrono::seconds(41)};
  EXPECT_TRUE(told(sink_, true, late));
  EXPECT_FALSE(told(sink_, true, late));
  EXPECT_FALSE(told(other_, true, late)) << "another server sees the same";
  EXPECT_TRUE(sink_.Lag(Soon())->told);
  EXPECT_EQ(Sql(rows), "audit.sink_behind server-one 1615 41 sink.file rows=12");
  EXPECT_TRUE(told(other_, false, {}));
  EXPECT_FALSE(told(sink_, false, {}));
  EXPECT_FALSE(other_.Lag(Soon())->told);
  EXPECT_EQ(
      Sql(rows),
      "audit.sink_behind server-one 1615 41 sink.file rows=12, audit.sink_caught_up server-two 0 sink.file rows=0");
}

}  // namespace
}  // namespace madoguchi::store
