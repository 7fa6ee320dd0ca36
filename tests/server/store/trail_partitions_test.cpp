// SPDX-License-Identifier: Apache-2.0
// Month partitions of the trail on the real database: made ahead, filled where they are missing, closed to everybody.
#include "server/store/trail_partitions.h"

#include <filesystem>
#include <future>

#include "contract/crypto/random.h"
#include "server/audit/event.h"
#include "server/store/migrations.h"
#include "server/store/pg_trail.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/store/trail_fixture.h"

namespace madoguchi::store {
namespace {

constexpr char kInsert[] = "INSERT INTO audit_event (record_id, action, owner) VALUES (gen_random_uuid(), 'a', 'b')";
constexpr std::chrono::seconds kWithin{20};
constexpr int kMonths = 14;      // this one and 13 ahead
constexpr int kIndexesMax = 16;  // of a partition

class TrailPartitionsTest : public TrailMonthsTest {
 protected:
  int Partitions() const { return Count("trail_partitions()"); }
  std::string Month(const std::string& from_now) const {
    return Sql("SELECT to_char(now() AT TIME ZONE 'Asia/Tokyo' + interval '" + from_now + "', 'YYYY-MM')");
  }
  std::chrono::system_clock::time_point Until() const {
    pqxx::connection connection(server_url());
    pqxx::work transaction(connection);
    return PartitionsUntil(transaction);
  }
  static int LocksOnTheTrail(pqxx::work& transaction) {
    return transaction
        .exec(
            "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE pid = pg_backend_pid() AND "
            "relkind <> 'S' AND "
            "(relname LIKE 'audit\\_event%' OR relname = 'trail_leaf')")[0][0]
        .as<int>();
  }
  // The beginning of the month so far from this one, in Japan.
  std::chrono::system_clock::time_point Begin(const std::string& from_now) const {
    return std::chrono::system_clock::time_point(std::chrono::seconds(
        std::stoll(Sql("SELECT extract(epoch FROM '" + Month(from_now) + "-01 00:00:00+09'::timestamptz)::bigint"))));
  }
};

// A database as an earlier release left it.
class OldDatabaseTest : public PostgresTest {
 protected:
  void MigrateUntil(const std::string& number) const {
    const TestFolder folder;
    for (const auto& entry : std::filesystem::directory_iterator(MigrationsFolder())) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(".sql") && name < number) std::filesystem::copy(entry.path(), folder.File(name));
    }
    ASSERT_EQ(CodeOf(Migrate(owner_url(), folder.File(""))), 0);
  }
};

TEST_F(TrailPartitionsTest, AreMadeByTheMigrationAndNotAgain) {
  EXPECT_EQ(Partitions(), kMonths);
  EXPECT_EQ(MakePartitionsAhead(server_url(), kWithin).value(), 0);
  EXPECT_EQ(Partitions(), kMonths);
  EXPECT_EQ(Until(), Begin("14 months"));
}

TEST_F(TrailPartitionsTest, MonthsEndWhereTheNextBeginsInJapanWhateverTheSessionsTimes) {
  EXPECT_EQ(
      Count("trail_partitions() AS one WHERE until_at NOT IN (SELECT from_at FROM trail_partitions() AS other WHERE "
            "from_at IS NOT NULL) AND until_at < (SELECT max(until_at) FROM trail_partitions())"),
      0);
  EXPECT_EQ(Count("trail_partitions() WHERE to_char(until_at AT TIME ZONE 'Asia/Tokyo', 'DD HH24:MI:SS') <> "
                  "'01 00:00:00'"),
            0);
  Sql("ALTER DATABASE " + database_ + " SET timezone = 'America/New_York'; ALTER DATABASE " + database_ +
      " SET datestyle = 'SQL, DMY'");
  BeginAt(Month("0 months"));
  EXPECT_EQ(MakePartitionsAhead(server_url(), kWithin).value(), kMonths);
  EXPECT_EQ(MakePartitionsAhead(server_url(), kWithin).value(), 0);
  EXPECT_EQ(Until(), Begin("14 months"));
}

TEST_F(TrailPartitionsTest, OfAServerThatWasOffForTwentyMonthsAreMadeBeforeItRecords) {
  BeginAt(Month("-20 months"));
  AddMonth(Month("-20 months"));
  pqxx::connection connection(server_url());
  EXPECT_THROW(pqxx::nontransaction(connection).exec(kInsert), pqxx::sql_error);
  EXPECT_EQ(Until(), std::chrono::system_clock::time_point());
  EXPECT_EQ(MakePartitionsAhead(server_url(), kWithin).value(), kMonths);
  EXPECT_NO_THROW(pqxx::nontransaction(connection).exec(kInsert));
  EXPECT_EQ(Until(), Begin("14 months"));
}

TEST_F(TrailPartitionsTest, ACheckThatMeetsAMonthWithoutOneIsRecordedAllTheSame) {
  AnswerLimit limit;
  PgTrail trail(server_url(), "server-one", limit);
  ASSERT_EQ(CodeOf(trail.RecordIntent(Intent(), Soon())), 0);  // it serves already
  Sql("ALTER TABLE audit_event DETACH PARTITION audit_event_first");
  std::vector<std::future<Result<audit::IntentReceipt>>> presses;
  for (int i = 0; i < 5; ++i)
    presses.push_back(std::async(std::launch::async, [&] { return trail.RecordIntent(Intent(), Soon()); }));
  for (auto& press : presses) EXPECT_EQ(CodeOf(press.get()), 0);
  EXPECT_EQ(Count("audit_event WHERE action = 'check.intent'"), 5);
}

TEST_F(TrailPartitionsTest, ThatLieYearsAheadLeaveNoGapForThatTime) {
  BeginAt(Month("0 months"));
  AddMonth(Month("0 months"));
  AddMonth(Month("3 months"));  // the clock stood there once
  AddMonth(Month("60 months"));
  EXPECT_EQ(Until(), Begin("1 month"));
  EXPECT_EQ(MakePartitionsAhead(server_url(), kWithin).value(), kMonths - 2);
  EXPECT_EQ(Until(), Begin("14 months"));
}

TEST_F(TrailPartitionsTest, AreMadeOnceByManyServersThatStartTogether) {
  BeginAt(Month("0 months"));
  std::vector<std::future<Result<int>>> servers;
  for (int i = 0; i < 6; ++i)
    servers.push_back(std::async(std::launch::async, [this] { return MakePartitionsAhead(server_url(), kWithin); }));
  int made = 0;
  for (auto& server : servers) {
    const Result<int> one = server.get();
    ASSERT_EQ(CodeOf(one), 0);
    made += *one;
  }
  EXPECT_EQ(made, kMonths);
}

TEST_F(TrailPartitionsTest, AreMadeWhileOthersWrite) {
  BeginAt(Month("0 months"));
  AddMonth(Month("0 months"));
  pqxx::connection connection(server_url());
  pqxx::work writing(connection);
  writing.exec(kInsert);
  EXPECT_EQ(MakePartitionsAhead(server_url(), kWithin).value(), kMonths - 1);
  writing.exec(kInsert);
  writing.commit();
  EXPECT_EQ(Count("audit_event WHERE action = 'a'"), 2);
}

TEST_F(TrailPartitionsTest, KeepOneNumberingAndEveryRowThatWasThere) {
  EXPECT_EQ(Sql("SELECT count(*) FROM pg_attribute WHERE attidentity <> '' AND attrelid IN (SELECT partition FROM "
                "trail_partitions())"),
            "0");
  BeginAt(Month("1 month"));
  Sql(kInsert);
  MakePartitionsAhead(server_url(), kWithin).value();
  Sql("INSERT INTO audit_event (record_id, action, owner, recorded_at) VALUES (gen_random_uuid(), 'a', 'b', now() + "
      "interval '40 days')");
  EXPECT_EQ(Sql("SELECT string_agg(sequence::text, ',' ORDER BY sequence) FROM audit_event"), "1,2");
  EXPECT_EQ(Sql("SELECT count(DISTINCT tableoid) FROM audit_event"), "2");
}

TEST_F(TrailPartitionsTest, AreClosedToTheServersRoleAndUnchangeableForTheOwner) {
  const std::string ahead = Sql("SELECT max(partition::text) FROM trail_partitions() WHERE from_at IS NOT NULL");
  Sql(kInsert);
  pqxx::connection server(server_url()), owner(owner_url());
  for (const std::string& partition : {std::string("audit_event_first"), ahead}) {
    for (const std::string& sql :
         {"SELECT * FROM " + partition,
          "INSERT INTO " + partition +
              " (record_id, action, owner) VALUES "
              "(gen_random_uuid(), 'a', 'b')",
          "DROP TABLE " + partition, "ALTER TABLE audit_event DETACH PARTITION " + partition,
          "UPDATE " + partition + " SET detail = 'x'", "DELETE FROM " + partition, "TRUNCATE " + partition})
      EXPECT_THROW(pqxx::nontransaction(server).exec(sql), pqxx::insufficient_privilege) << sql;
    for (const std::string& sql :
         {"UPDATE " + partition + " SET detail = 'x'", "DELETE FROM " + partition, "TRUNCATE " + partition})
      EXPECT_THROW(pqxx::nontransaction(owner).exec(sql), pqxx::insufficient_privilege) << sql;
  }
  EXPECT_EQ(Count("audit_event"), 1);
}

TEST_F(TrailPartitionsTest, OfFiveYearsCostWhatAPatientWaitsForNoMoreLocksThanThoseOfOneMonth) {
  BeginAt(Month("-60 months"));
  AddMonths(Month("-60 months"), 60);
  ASSERT_EQ(MakePartitionsAhead(server_url(), kWithin).value(), kMonths);
  ASSERT_EQ(Partitions(), 1 + 60 + kMonths);
  audit::CheckIntent intent = Intent();
  const TrailRow event_row{UuidText(crypto::NewUuid()),
                           audit::Event{audit::action::kAppStarted, desk_one_, {}, 0, "x"}};
  pqxx::connection connection(server_url());
  PrepareTrailStatements(connection);
  for (int batch = 1; batch <= 12; ++batch) {  // also with the plans that PostgreSQL keeps after the fifth time
    pqxx::work writing(connection);
    intent.press_id = crypto::NewUuid();
    const TrailRow first{UuidText(crypto::NewUuid()), intent}, last{UuidText(crypto::NewUuid()), OutcomeOf(intent, 1)};
    ASSERT_EQ(CodeOf(WriteRows(writing, {&first}, "server-one")[0]), 0);
    for (const TrailRow* row : {&last, &event_row}) ASSERT_EQ(CodeOf(WriteRows(writing, {row}, "server-one")[0]), 0);
    EXPECT_EQ(LocksOnTheTrail(writing), 2) << "the table and this month";
    ASSERT_EQ(CodeOf(FindRows(writing, {&first})[0]), 0);
    EXPECT_LE(LocksOnTheTrail(writing), 4 * kIndexesMax) << "settling a doubt";
    writing.commit();
  }
}

TEST_F(TrailPartitionsTest, APressOfLastMonthIsNotBegunTwiceInThisOne) {
  BeginAt(Month("-1 month"));
  AddMonths(Month("-1 month"), 1);
  ASSERT_EQ(MakePartitionsAhead(server_url(), kWithin).value(), kMonths);
  AnswerLimit limit;
  PgTrail one(server_url(), "server-one", limit), other(server_url(), "server-two", limit);
  const audit::CheckIntent press = Intent();
  const std::string press_id = UuidText(press.press_id);
  ASSERT_EQ(CodeOf(one.RecordIntent(press, Soon())), 0);
  // As if it had been begun minutes before midnight at the end of last month.
  Sql("SET session_replication_role = replica; UPDATE audit_event SET recorded_at = date_trunc('month', now() AT TIME "
      "ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo' - interval '1 minute' WHERE press_id = '" +
      press_id + "'");
  ASSERT_EQ(
      Count("audit_event WHERE press_id = '" + press_id + "' AND tableoid = 'audit_event_" +
            Sql("SELECT to_char(now() AT TIME ZONE 'Asia/Tokyo' - interval '1 month', 'YYYY_MM')") + "'::regclass"),
      1);
  audit::CheckIntent of_another_card = press, of_another_desk = IntentOf(desk_two_, "W0000002");
  of_another_card.card_hash = "0011aabb:another";
  of_another_desk.press_id = press.press_id;
  EXPECT_EQ(CodeOf(other.RecordIntent(of_another_card, Soon())), Number(ErrorCode::kPressIdReused));
  EXPECT_EQ(CodeOf(other.RecordIntent(of_another_desk, Soon())), Number(ErrorCode::kPressIdReused));
  // What may go on with it takes it over under the next number, also when both come at once.
  auto first = std::async(std::launch::async, [&] { return one.RecordIntent(press, Soon()); });
  auto second = std::async(std::launch::async, [&] { return other.RecordIntent(press, Soon()); });
  const auto mine = first.get(), theirs = second.get();
  ASSERT_EQ(CodeOf(mine) + CodeOf(theirs), 0);
  EXPECT_EQ(mine->epoch + theirs->epoch, 2U + 3U);
  EXPECT_EQ(CodeOf(one.RecordOutcome(OutcomeOf(press, 1), Soon())), Number(ErrorCode::kPressTakenOver));
  EXPECT_EQ(CodeOf(one.RecordOutcome(OutcomeOf(press, 3), Soon())), 0);
  EXPECT_EQ(CodeOf(other.RecordOutcome(OutcomeOf(press, 3), Soon())), Number(ErrorCode::kPressTakenOver));
  EXPECT_EQ(CodeOf(other.RecordIntent(press, Soon())), Number(ErrorCode::kPressIdReused));
  EXPECT_EQ(Sql("SELECT string_agg(action || epoch, ' ' ORDER BY sequence) FROM audit_event WHERE press_id = '" +
                press_id + "'"),
            "check.intent1 check.intent2 check.intent3 check.outcome3");
}

TEST_F(TrailPartitionsTest, AreMadeByAFunctionOfTheOwnerThatNobodyElseCanTurnAgainstIt) {
  EXPECT_EQ(Sql("SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE prosecdef AND pronamespace = "
                "'public'::regnamespace"),
            "trail_partitions_ahead");
  EXPECT_EQ(Sql("SELECT rolname FROM pg_proc JOIN pg_roles ON pg_roles.oid = proowner WHERE prosecdef AND pronamespace "
                "= 'public'::regnamespace"),
            "madoguchi_owner");
  EXPECT_EQ(Sql("SELECT count(*) FROM pg_proc, unnest(proconfig) AS setting WHERE prosecdef AND setting = "
                "'search_path=pg_catalog, pg_temp'"),
            "1");
  EXPECT_EQ(Sql("SELECT string_agg(coalesce(rolname, 'PUBLIC'), ' ' ORDER BY rolname) FROM pg_proc, aclexplode(proacl) "
                "AS granted LEFT JOIN pg_roles ON pg_roles.oid = grantee WHERE proname = 'trail_partitions_ahead'"),
            "madoguchi_owner madoguchi_server");
  // Tables and functions of the caller's own session stand in nobody's way.
  BeginAt(Month("0 months"));
  pqxx::connection connection(server_url());
  pqxx::work work(connection);
  work.exec(
      "CREATE TEMPORARY TABLE audit_event (n int); CREATE TEMPORARY TABLE pg_inherits (n int); "
      "CREATE FUNCTION pg_temp.refuse_change_of_trail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; "
      "END'; CREATE FUNCTION pg_temp.trail_partitions() RETURNS int LANGUAGE sql AS 'SELECT 1'; "
      "SET search_path = pg_temp, public");
  EXPECT_EQ(work.exec("SELECT public.trail_partitions_ahead()")[0][0].as<int>(), kMonths);
  work.commit();
  EXPECT_EQ(Partitions(), 1 + kMonths);
}

TEST_F(TrailPartitionsTest, AreMadeByMigrateTooSoThatACommandOfRootHasAPlaceForItsRow) {
  BeginAt(Month("-20 months"));
  ASSERT_EQ(CodeOf(Migrate(owner_url(), MigrationsFolder())), 0);
  EXPECT_EQ(Until(), Begin("14 months"));
}

TEST_F(OldDatabaseTest, RowsFromBeforeThePartitionsKeepTheirNumbersInTheFirst) {
  MigrateUntil("0004");
  Sql("INSERT INTO audit_event (record_id, action, owner, recorded_at) SELECT gen_random_uuid(), 'old', 'b', now() - n "
      "* "
      "interval '40 days' FROM generate_series(0, 6) AS n");
  ASSERT_EQ(CodeOf(Migrate(owner_url(), MigrationsFolder())), 0);
  Sql(kInsert);
  EXPECT_EQ(Sql("SELECT string_agg(sequence || action, ' ' ORDER BY sequence) FROM audit_event"),
            "1old 2old 3old 4old 5old 6old 7old 8a");
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_event_first WHERE written_by IS NOT NULL"), "8");
}

// A trail of a year as the release before left it: nothing of it is changed, and work goes on.
TEST_F(OldDatabaseTest, EveryRowOfAYearIsWhatItWasInEveryColumn) {
  MigrateUntil("0004");
  Sql("INSERT INTO institution VALUES ('1311234567'); INSERT INTO desk (name) VALUES ('desk one'); "
      "INSERT INTO press (press_id, desk_id, institution_code, account_id, owner, resumed, ended_at, outcome_epoch) "
      "SELECT md5('p' || n)::uuid, desk_id, '1311234567', 'W0000001', 'x', false, now(), 1 FROM desk, "
      "generate_series(1, "
      "50) AS n; "
      "INSERT INTO audit_event (record_id, recorded_at, action, owner, institution_code, desk_id, account_id, "
      "press_id, "
      "epoch, method, card_hash, insurance_hash, code, segment_of_result_code, processing_status_code, "
      "processing_code, "
      "validity_code, results, card_trips, card_us, national_us, total_us, detail, operator_code, actor, presenter, "
      "photo_check, inquiry_reason, patient_hash) SELECT md5('r' || n)::uuid, now() - n * interval '4 hours', "
      "'check.outcome', 'x', '1311234567', desk_id, 'W0000001', md5('p' || n % 50)::uuid, 1, 'pin', 'k:' || md5('c' || "
      "n), CASE WHEN n % 3 = 0 THEN 'k:' || md5('i' || n) || ',k:' || md5('j' || n) END, n % 2 * 1201, '1', '1', 'p' "
      "|| "
      "n, '1', 1, 1, n, n, n, 'd' || n, '101', 'desk', 'holder', 'compared', 'card_forgotten', 'k:' || md5('t' || n) "
      "FROM desk, generate_series(1, 2000) AS n");
  const std::string columns =
      Sql("SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'audit_event'::regclass "
          "AND attnum > 0 AND NOT attisdropped");
  const auto everything = [&](const std::string& table, const std::string& what, const std::string& order) {
    return Sql("SELECT count(*) || ' ' || md5(string_agg(ROW(" + what + ")::text, ';' ORDER BY " + order + ")) FROM " +
               table);
  };
  const std::string before = everything("audit_event", columns, "sequence");
  const std::string presses = everything("press", "press_id, desk_id, ended_at, outcome_epoch", "press_id");
  ASSERT_TRUE(before.starts_with("2000 "));
  ASSERT_EQ(CodeOf(Migrate(owner_url(), MigrationsFolder())), 0);
  EXPECT_EQ(everything("audit_event", columns, "sequence"), before);
  EXPECT_EQ(everything("press", "press_id, desk_id, ended_at, outcome_epoch", "press_id"), presses);
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_event_first"), "2000");
  pqxx::connection connection(server_url());
  pqxx::nontransaction(connection).exec(kInsert);
  EXPECT_EQ(Sql("SELECT max(sequence) FROM audit_event"), "2001");
  for (const char* sql : {"UPDATE audit_event_first SET code = 0", "DELETE FROM audit_event WHERE sequence = 1"})
    EXPECT_THROW(Sql(sql), pqxx::insufficient_privilege) << sql;
}

TEST_F(OldDatabaseTest, RowsFromAClockThatWasAheadStillHaveAPlace) {
  MigrateUntil("0004");
  Sql("INSERT INTO audit_event (record_id, action, owner, recorded_at) VALUES (gen_random_uuid(), 'old', 'b', now() + "
      "interval '70 days')");
  ASSERT_EQ(CodeOf(Migrate(owner_url(), MigrationsFolder())), 0);
  Sql(kInsert);
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_event_first"), "2");
}

}  // namespace
}  // namespace madoguchi::store
