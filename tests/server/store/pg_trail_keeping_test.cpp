// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_trail_keeping.h"

#include <algorithm>

#include "tests/server/store/trail_fixture.h"

namespace madoguchi::store {
namespace {

using console::HoldFacts;
using console::PartitionFacts;

constexpr int kYears = 5;
constexpr char kAda[] = "ada@clinic.example";

class PgTrailKeepingTest : public TrailMonthsTest {
 protected:
  std::vector<PartitionFacts> Partitions() {
    const auto partitions = keeping_.Partitions(kYears, Soon());
    EXPECT_EQ(CodeOf(partitions), 0);
    return partitions.ok() ? *partitions : std::vector<PartitionFacts>();
  }
  PartitionFacts Partition(const std::string& name) {
    for (const PartitionFacts& facts : Partitions()) {
      if (facts.name == name) return facts;
    }
    ADD_FAILURE() << "no " << name;
    return {};
  }
  std::vector<HoldFacts> Holds() { return keeping_.Holds(Soon()).value(); }
  int Place(const std::string& from, const std::string& until) {
    return CodeOf(keeping_.PlaceHold({from, until, "訴訟のため"}, kAda, Soon()));
  }
  int Lift(std::int64_t number) { return CodeOf(keeping_.LiftHold(number, kAda, {}, Soon())); }
  std::string Detail(const std::string& action) const {
    return Sql("SELECT string_agg(actor || ' ' || detail, ';' ORDER BY sequence) FROM audit_event WHERE action = '" +
               action + "'");
  }

  AnswerLimit limit_;
  PgPool pool_{server_url(), 2, limit_};
  PgTrailKeeping keeping_{pool_, "server-one"};
};

TEST_F(PgTrailKeepingTest, APartitionSaysWhetherItGrowsIsKeptHeldOrRetirable) {
  BeginAt("2019-01");
  AddMonth("2019-01");
  AddMonth("2019-02");
  AddRows("2019-01", 40);
  Sql("ANALYZE audit_event_2019_01; SELECT trail_partitions_ahead()");
  ASSERT_EQ(Place("2019-02-10T00:00:00+09:00", "2019-02-11T00:00:00+09:00"), 0);

  EXPECT_EQ(Partition("audit_event_first").state, "retirable");
  EXPECT_EQ(Partition("audit_event_first").from, "");
  const PartitionFacts retirable = Partition("audit_event_2019_01"), held = Partition("audit_event_2019_02");
  EXPECT_EQ(retirable.state, "retirable");
  EXPECT_EQ(retirable.from, "2018-12-31T15:00:00Z");
  EXPECT_EQ(retirable.until, "2019-01-31T15:00:00Z");
  EXPECT_EQ(retirable.retirable_from, "2024-01-31T15:00:00Z");
  EXPECT_EQ(retirable.rows, 40);
  EXPECT_GT(retirable.bytes, 0);
  EXPECT_EQ(retirable.hold, 0);
  EXPECT_EQ(held.state, "held");
  EXPECT_EQ(held.hold, 1);
  const std::vector<PartitionFacts> all = Partitions();
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const PartitionFacts& one) { return one.state == "growing"; }), 1);
  EXPECT_EQ(all.front().name, "audit_event_first");
  EXPECT_EQ(all.back().state, "ahead");
  // Kept longer, the same months are not old enough.
  const auto longer = keeping_.Partitions(30, Soon()).value();
  EXPECT_EQ(longer[1].name, "audit_event_2019_01");
  EXPECT_EQ(longer[1].state, "kept");
}

TEST_F(PgTrailKeepingTest, TheYearsOfAMonthEndAtMidnightInJapanAlsoWhereAFebruaryIsLonger) {
  BeginAt("2019-02");
  AddMonth("2019-02");
  EXPECT_EQ(Partition("audit_event_2019_02").until, "2019-02-28T15:00:00Z");
  EXPECT_EQ(Partition("audit_event_2019_02").retirable_from, "2024-02-29T15:00:00Z");  // the first of March in Japan
}

TEST_F(PgTrailKeepingTest, WhatWasRetiredIsListedWithItsTombstone) {
  Sql("INSERT INTO trail_tombstone (partition, from_at, until_at, rows, leaves, note, retired_by, reason) VALUES "
      "('audit_event_2018_12', '2018-12-01+09', '2019-01-01+09', 12, '{[0,10),[20,22)}', 'note', 'ada', 'old')");
  const PartitionFacts gone = Partitions().front();
  EXPECT_EQ(gone.name, "audit_event_2018_12");
  EXPECT_EQ(gone.state, "retired");
  EXPECT_EQ(gone.rows, 12);
  EXPECT_EQ(gone.leaves, "0-9,20-21");
  EXPECT_EQ(gone.retired_by, "ada");
  EXPECT_EQ(gone.reason, "old");
}

TEST_F(PgTrailKeepingTest, AHoldIsPlacedAndLiftedOnceEachWithARowInTheTrail) {
  ASSERT_EQ(Place("2026-01-01T00:00:00+09:00", "2026-02-01T00:00:00+09:00"), 0);
  ASSERT_EQ(Holds().size(), 1U);
  EXPECT_EQ(Holds()[0].from, "2025-12-31T15:00:00Z");
  EXPECT_EQ(Holds()[0].reason, "訴訟のため");
  EXPECT_EQ(Holds()[0].placed_by, kAda);
  EXPECT_EQ(Holds()[0].lifted_by, "");
  EXPECT_EQ(Lift(2), Number(ErrorCode::kHoldUnknown));
  EXPECT_EQ(Lift(1), 0);
  EXPECT_EQ(Lift(1), Number(ErrorCode::kHoldUnknown));
  EXPECT_EQ(Holds()[0].lifted_by, kAda);
  EXPECT_EQ(Detail("audit.hold_placed"),
            "ada@clinic.example hold=1 from=2026-01-01T00:00:00+09:00 until=2026-02-01T00:00:00+09:00");
  EXPECT_EQ(Detail("audit.hold_lifted"), "ada@clinic.example hold=1");
}

TEST_F(PgTrailKeepingTest, AHoldThatEndsBeforeItBeginsIsRefused) {
  EXPECT_EQ(Place("2026-02-01T00:00:00+09:00", "2026-02-01T00:00:00+09:00"), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(Count("trail_hold"), 0);
  EXPECT_EQ(Detail("audit.hold_placed"), "");
}

TEST_F(PgTrailKeepingTest, NoMoreHoldsStandThanThereMay) {
  Sql("INSERT INTO trail_hold (from_at, until_at, reason, placed_by) SELECT now(), now() + interval '1 day', 'x', 'x' "
      "FROM generate_series(1, " +
      std::to_string(console::kHoldsStandingMax) + ")");
  EXPECT_EQ(Place("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), Number(ErrorCode::kServerBusy));
  EXPECT_EQ(Lift(1), 0);
  EXPECT_EQ(Place("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), 0);
}

TEST_F(PgTrailKeepingTest, AHoldIsNeverChangedByTheServersRole) {
  ASSERT_EQ(Place("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), 0);
  pqxx::connection connection(server_url());
  for (const char* sql : {"UPDATE trail_hold SET until_at = from_at + interval '1 second'", "DELETE FROM trail_hold",
                          "UPDATE trail_hold SET reason = 'x'"})
    EXPECT_THROW(pqxx::nontransaction(connection).exec(sql), pqxx::insufficient_privilege) << sql;
}

}  // namespace
}  // namespace madoguchi::store
