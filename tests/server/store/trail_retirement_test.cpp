// SPDX-License-Identifier: Apache-2.0
// Retiring a month of the trail on the real database: what goes, what stays, what refuses it, and who waits meanwhile.
#include "server/store/trail_retirement.h"

#include <atomic>
#include <future>

#include "server/store/pg_trail.h"
#include "server/store/pg_trail_keeping.h"
#include "tests/server/store/commit_breaker.h"
#include "tests/server/store/trail_fixture.h"

namespace madoguchi::store {
namespace {

constexpr int kRows = 60;

trail::Signer NewSigner() {
  return {"clinic.example/trail", crypto::Ed25519Key::Make().value(), trail::SignatureType::kEd25519};
}

class TrailRetirementTest : public TrailMonthsTest {
 protected:
  TrailRetirementTest() {
    BeginAt("2019-01");
    for (const char* month : {"2019-01", "2019-02", "2019-03"}) {
      AddMonth(month);
      AddRows(month, kRows);
    }
    Sql("SELECT trail_partitions_ahead()");
  }
  Result<RetiredPartition> Retire(const std::string& partition, bool dry_run = false, int years = 5) {
    return RetirePartition(owner_url(), {partition, "ada@clinic.example", "保存期間の満了", years, dry_run}, signer_,
                           [this](double looked_at) { progress_.push_back(looked_at); });
  }
  bool IsThere(const std::string& partition) const { return Sql("SELECT to_regclass('" + partition + "')") != ""; }
  int Events() const { return Count("audit_event WHERE action = 'audit.partition_retired'"); }

  const trail::Signer signer_ = NewSigner();
  std::vector<double> progress_;
};

TEST_F(TrailRetirementTest, OnlyTheMonthGoesAndASignedTombstoneStays) {
  BuildTree(&signer_);
  const Result<RetiredPartition> retired = Retire("audit_event_2019_02");
  ASSERT_EQ(CodeOf(retired), 0);
  EXPECT_EQ(RowsOf("2019-01"), kRows);
  EXPECT_EQ(RowsOf("2019-02"), 0);
  EXPECT_EQ(RowsOf("2019-03"), kRows);
  EXPECT_FALSE(IsThere("audit_event_2019_02"));
  EXPECT_EQ(Count("trail_leaf"), 3 * kRows);  // the tree stays whole
  EXPECT_GT(retired->bytes, 0);
  EXPECT_EQ(progress_.back(), 1);

  const auto note =
      trail::OpenNote(Sql("SELECT note FROM trail_tombstone"), signer_.verifier(), trail::kTombstoneBytesMax);
  ASSERT_EQ(CodeOf(note), 0);
  const Result<trail::Tombstone> stone = trail::ReadTombstone(note->text);
  ASSERT_EQ(CodeOf(stone), 0);
  EXPECT_EQ(stone->origin, "clinic.example/trail");
  EXPECT_EQ(stone->partition, "audit_event_2019_02");
  EXPECT_EQ(stone->rows, static_cast<std::uint64_t>(kRows));
  EXPECT_EQ(Written(stone->leaves), "60-119");
  EXPECT_EQ(stone->from, "2019-02-01T00:00:00+09:00");
  EXPECT_EQ(stone->until, "2019-03-01T00:00:00+09:00");
  EXPECT_EQ(stone->retired_by, "ada@clinic.example");
  EXPECT_EQ(stone->reason, "保存期間の満了");
  EXPECT_EQ(Sql("SELECT leaves FROM trail_tombstone"), "{[60,120)}");
  EXPECT_EQ(Sql("SELECT actor || ' ' || detail FROM audit_event WHERE action = 'audit.partition_retired'"),
            "root partition=audit_event_2019_02 rows=60 by=ada@clinic.example leaves=60-119");
}

TEST_F(TrailRetirementTest, TheServerGoesOnRecordingAndTheMonthIsNotRetiredTwice) {
  BuildTree(&signer_);
  ASSERT_EQ(CodeOf(Retire("audit_event_2019_01")), 0);
  AnswerLimit limit;
  PgTrail trail(server_url(), "server-one", limit);
  EXPECT_EQ(CodeOf(trail.RecordIntent(Intent(), Soon())), 0);
  EXPECT_EQ(CodeOf(Retire("audit_event_2019_01")), Number(ErrorCode::kPartitionNotRetirable));
  AddMonth("2019-01");  // by a clock that went wrong
  EXPECT_EQ(CodeOf(Retire("audit_event_2019_01")), Number(ErrorCode::kPartitionNotRetirable));
  EXPECT_EQ(Events(), 1);
}

TEST_F(TrailRetirementTest, TheFirstPartitionAndOneWithoutRowsCanGoToo) {
  BuildTree(&signer_);
  const Result<RetiredPartition> first = Retire("audit_event_first");
  ASSERT_EQ(CodeOf(first), 0);
  EXPECT_EQ(first->tombstone.from, "");
  EXPECT_EQ(first->tombstone.rows, 0U);
  EXPECT_EQ(Sql("SELECT leaves FROM trail_tombstone"), "{}");
  EXPECT_EQ(CodeOf(Retire("audit_event_2019_03")), 0);
}

TEST_F(TrailRetirementTest, AMonthThatTheSecondSinkHasNotGotStaysUntilItHas) {
  BuildTree(&signer_);
  const auto retire = [&](const std::string& sink) {
    return RetirePartition(owner_url(), {"audit_event_2019_02", "ada@clinic.example", "保存期間の満了", 5, true, sink},
                           signer_, [](double) {});
  };
  EXPECT_EQ(CodeOf(retire("sink.syslog")), Number(ErrorCode::kPartitionNotRetirable)) << "it has not even begun";
  Sql("INSERT INTO trail_follower (name, next_leaf) VALUES ('sink.syslog', 119), ('sink.file', 120)");
  const auto refused = retire("sink.syslog");
  ASSERT_EQ(CodeOf(refused), Number(ErrorCode::kPartitionNotRetirable));
  EXPECT_EQ(refused.error().detail,
            "the second sink (audit.sink) has the rows before leaf 119 only, these reach to leaf 119");
  EXPECT_EQ(CodeOf(retire("sink.file")), 0);
  EXPECT_EQ(CodeOf(retire("")), 0) << "none is configured";
}

TEST_F(TrailRetirementTest, ADryRunLooksAtEverythingAndChangesNothing) {
  BuildTree(&signer_);
  const Result<RetiredPartition> looked = Retire("audit_event_2019_02", true);
  ASSERT_EQ(CodeOf(looked), 0);
  EXPECT_EQ(Written(looked->tombstone.leaves), "60-119");
  EXPECT_EQ(RowsOf("2019-02"), kRows);
  EXPECT_EQ(Count("trail_tombstone"), 0);
  EXPECT_EQ(Events(), 0);
}

TEST_F(TrailRetirementTest, WhatIsYoungUnknownOrPartlyYoungStays) {
  BuildTree(&signer_);
  const std::string now = Sql("SELECT to_char(now() AT TIME ZONE 'Asia/Tokyo', 'YYYY_MM')");
  for (const std::string& partition : {"audit_event_" + now, std::string("audit_event_2018_01"),
                                       std::string("audit_event"), std::string("desk"), std::string("'; --")})
    EXPECT_EQ(CodeOf(Retire(partition)), Number(ErrorCode::kPartitionNotRetirable)) << partition;
  EXPECT_EQ(CodeOf(Retire("audit_event_2019_02", false, 30)), Number(ErrorCode::kPartitionNotRetirable));
  EXPECT_EQ(RowsOf("2019-02"), kRows);
}

TEST_F(TrailRetirementTest, WhatIsHeldStaysUntilTheHoldIsLifted) {
  BuildTree(&signer_);
  AnswerLimit limit;
  PgPool pool(server_url(), 1, limit);
  PgTrailKeeping keeping(pool, "server-one");
  const auto number = keeping.PlaceHold({"2019-02-28T23:59:59+09:00", "2019-03-01T00:00:01+09:00", "x"}, "aud", Soon());
  ASSERT_EQ(CodeOf(number), 0);
  const auto held = Retire("audit_event_2019_02");
  EXPECT_EQ(CodeOf(held), Number(ErrorCode::kTrailHeld));
  EXPECT_EQ(held.error().detail, "hold 1");
  EXPECT_EQ(CodeOf(Retire("audit_event_2019_03")), Number(ErrorCode::kTrailHeld));
  EXPECT_EQ(CodeOf(Retire("audit_event_2019_01")), 0);
  ASSERT_EQ(CodeOf(keeping.LiftHold(*number, "ada", {}, Soon())), 0);
  EXPECT_EQ(CodeOf(Retire("audit_event_2019_02")), 0);
}

TEST_F(TrailRetirementTest, ARowThatIsNotSignedYetKeepsItsMonth) {
  BuildTree(nullptr);
  EXPECT_EQ(CodeOf(Retire("audit_event_2019_03")), Number(ErrorCode::kPartitionNotRetirable));  // no checkpoint
  const trail::Checkpoint early{"clinic.example/trail", 3 * kRows - 1, {}};
  Sql("INSERT INTO trail_checkpoint (size, note, owner) VALUES (179, '" + trail::SignedCheckpoint(early, signer_) +
      "', 'x')");
  EXPECT_EQ(CodeOf(Retire("audit_event_2019_03")), Number(ErrorCode::kPartitionNotRetirable));  // one row too few
  EXPECT_EQ(CodeOf(Retire("audit_event_2019_02")), 0);
  AddRows("2019-03", 1);
  const auto unplaced = Retire("audit_event_2019_03");
  EXPECT_EQ(CodeOf(unplaced), Number(ErrorCode::kPartitionNotRetirable));
  EXPECT_EQ(unplaced.error().detail, "1 rows are not in the tree yet");
  EXPECT_EQ(RowsOf("2019-03"), kRows + 1);
}

TEST_F(TrailRetirementTest, ACheckpointOfAnotherKeyCountsForNothing) {
  const trail::Signer other = NewSigner();
  BuildTree(&other);
  EXPECT_NE(CodeOf(Retire("audit_event_2019_02")), 0);
  EXPECT_EQ(RowsOf("2019-02"), kRows);
}

TEST_F(TrailRetirementTest, RowsThatWereCommittedLateMakeSeveralRangesInOrder) {
  Sql("INSERT INTO trail_leaf (leaf_index, sequence, recorded_at) SELECT row_number() OVER (ORDER BY sequence % 7, "
      "sequence) - 1, sequence, recorded_at FROM audit_event");
  const trail::Checkpoint checkpoint{"clinic.example/trail", 3 * kRows, {}};
  Sql("INSERT INTO trail_checkpoint (size, note, owner) VALUES (180, '" + trail::SignedCheckpoint(checkpoint, signer_) +
      "', 'x')");
  const std::string leaves = Sql(
      "SELECT string_agg(lower(place) || '-' || upper(place) - 1, ',' ORDER BY lower(place)) FROM unnest((SELECT "
      "range_agg(int8range(leaf_index, leaf_index + 1)) FROM audit_event_2019_02 JOIN trail_leaf USING (sequence))) "
      "AS place");
  const auto retired = Retire("audit_event_2019_02");
  ASSERT_EQ(CodeOf(retired), 0);
  EXPECT_EQ(retired->tombstone.leaves.size(), 7U);
  EXPECT_EQ(Written(retired->tombstone.leaves), leaves);
}

// A retirement that somebody is in the way of.
class TrailRetirementWaitsTest : public TrailRetirementTest {
 protected:
  // True: it has tried at least once.
  bool RetiresBehindAReader() {
    BuildTree(&signer_);
    reading_ = std::make_unique<pqxx::work>(reader_);
    reading_->exec("SELECT count(*) FROM audit_event");
    retiring_ = std::async(std::launch::async, [this] { return Retire("audit_event_2019_02"); });
    return Becomes(
        "SELECT count(*) > 0 FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = "
        "current_database()) AND relation = 'audit_event'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted",
        "t");
  }

  pqxx::connection reader_{server_url()};
  std::unique_ptr<pqxx::work> reading_;
  std::future<Result<RetiredPartition>> retiring_;
};

TEST_F(TrailRetirementWaitsTest, AReaderInTheWayDelaysItAndNoIntentWaitsLong) {
  ASSERT_TRUE(RetiresBehindAReader());
  AnswerLimit limit;
  PgTrail trail(server_url(), "server-one", limit);
  std::chrono::milliseconds longest{0};
  const Deadline enough = Deadline::In(std::chrono::seconds(4));
  while (!enough.passed()) {
    const auto began = std::chrono::steady_clock::now();
    ASSERT_EQ(CodeOf(trail.RecordIntent(Intent(), Soon())), 0);
    longest = std::max(longest,
                       std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began));
  }
  EXPECT_LT(longest, std::chrono::seconds(2));
  EXPECT_EQ(RowsOf("2019-02"), kRows);
  reading_.reset();
  const auto retired = retiring_.get();
  ASSERT_EQ(CodeOf(retired), 0) << retired.error().detail;
  EXPECT_EQ(RowsOf("2019-02"), 0);
}

TEST_F(TrailRetirementWaitsTest, AHoldThatIsPlacedAtTheLastMomentCounts) {
  ASSERT_TRUE(RetiresBehindAReader());
  AnswerLimit limit;
  PgPool pool(server_url(), 1, limit);
  PgTrailKeeping keeping(pool, "server-one");
  ASSERT_EQ(CodeOf(keeping.PlaceHold({"2019-02-01T00:00:00+09:00", "2019-02-02T00:00:00+09:00", "x"}, "aud", Soon())),
            0);
  reading_.reset();
  const auto retired = retiring_.get();
  EXPECT_EQ(CodeOf(retired), Number(ErrorCode::kTrailHeld)) << retired.error().detail;
  EXPECT_EQ(RowsOf("2019-02"), kRows);
}

// The backend of the command ends itself at the step, as if the command had been killed there.
TEST_F(TrailRetirementTest, WhereverItIsKilledNothingIsDoneAndItCanBeRunAgain) {
  BuildTree(&signer_);
  Sql("CREATE FUNCTION end_here() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM "
      "pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'; CREATE FUNCTION end_there() RETURNS event_trigger "
      "LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END'");
  const std::pair<const char*, const char*> steps[] = {
      {"CREATE TRIGGER step AFTER INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION end_here()",
       "DROP TRIGGER step ON audit_event"},
      {"CREATE TRIGGER step AFTER INSERT ON trail_tombstone FOR EACH ROW EXECUTE FUNCTION end_here()",
       "DROP TRIGGER step ON trail_tombstone"},
      {"CREATE EVENT TRIGGER step ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION end_there()",
       "DROP EVENT TRIGGER step"},
      {"CREATE EVENT TRIGGER step ON sql_drop EXECUTE FUNCTION end_there()", "DROP EVENT TRIGGER step"}};
  for (const auto& [begin, end] : steps) {
    Sql(begin);
    EXPECT_EQ(CodeOf(Retire("audit_event_2019_02")), Number(ErrorCode::kDatabaseUnreachable)) << begin;
    Sql(end);
    EXPECT_EQ(RowsOf("2019-02"), kRows) << begin;
    EXPECT_EQ(Count("trail_tombstone") + Events(), 0) << begin;
  }
  EXPECT_EQ(CodeOf(Retire("audit_event_2019_02")), 0);
  EXPECT_EQ(Count("trail_tombstone"), 1);
  EXPECT_EQ(Events(), 1);
}

TEST_F(TrailRetirementTest, OfACommitInDoubtTheNextRunSaysWhatBecameOfIt) {
  BuildTree(&signer_);
  CommitBreaker breaker(cluster_folder());
  const auto retire = [&] {
    return RetirePartition("host=" + breaker.folder() + " dbname=" + database_ + " user=madoguchi_owner",
                           {"audit_event_2019_02", "ada@clinic.example", "x", 5, false}, signer_, [](double) {});
  };
  breaker.BreakNextCommitBeforeTheDatabase();
  EXPECT_EQ(CodeOf(retire()), Number(ErrorCode::kDatabaseOutcomeInDoubt));
  EXPECT_TRUE(IsThere("audit_event_2019_02"));
  // Until the database has noticed that the first one is gone: one runs at a time.
  Sql("SELECT pg_advisory_xact_lock(hashtext('madoguchi.retire_trail'))");
  breaker.BreakNextCommitAfterTheDatabase();
  EXPECT_EQ(CodeOf(retire()), Number(ErrorCode::kDatabaseOutcomeInDoubt));
  EXPECT_FALSE(IsThere("audit_event_2019_02"));
  const auto again = retire();
  EXPECT_EQ(CodeOf(again), Number(ErrorCode::kPartitionNotRetirable));
  EXPECT_TRUE(again.error().detail.starts_with("audit_event_2019_02: retired at 2")) << again.error().detail;
  EXPECT_EQ(Events(), 1);
}

TEST_F(TrailRetirementTest, OfALeafThatSaysAnotherTimeTheRowIsNotTakenForPlaced) {
  Sql("INSERT INTO trail_leaf (leaf_index, sequence, recorded_at) SELECT row_number() OVER (ORDER BY sequence) - 1, "
      "sequence, recorded_at + (sequence = 70)::int * interval '1 second' FROM audit_event");
  const trail::Checkpoint checkpoint{"clinic.example/trail", 3 * kRows, {}};
  Sql("INSERT INTO trail_checkpoint (size, note, owner) VALUES (180, '" + trail::SignedCheckpoint(checkpoint, signer_) +
      "', 'x')");
  const auto refused = Retire("audit_event_2019_02");
  ASSERT_EQ(CodeOf(refused), Number(ErrorCode::kPartitionNotRetirable));
  EXPECT_EQ(refused.error().detail, "1 rows are not in the tree yet");
}

TEST_F(TrailRetirementTest, NamesAndReasonsAreOneLineEach) {
  BuildTree(&signer_);
  for (const auto& [by, reason] :
       {std::pair<const char*, const char*>{"", "x"}, {"x", ""}, {"a\nb", "x"}, {"x", "a\nb"}}) {
    const auto retired =
        RetirePartition(owner_url(), {"audit_event_2019_02", by, reason, 5, false}, signer_, [](double) {});
    EXPECT_EQ(CodeOf(retired), Number(ErrorCode::kConfigValueInvalid));
  }
}

}  // namespace
}  // namespace madoguchi::store
