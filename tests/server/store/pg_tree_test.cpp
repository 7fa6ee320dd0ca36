// SPDX-License-Identifier: Apache-2.0
// The tree in the database: two servers that take rows at once, writers that commit late, a cluster that is another
// one.
#include "server/store/pg_tree.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "server/audit/row_line.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using audit::Round;
using trail::Hash;

constexpr int kWriters = 4;
constexpr int kTransactionsEach = 60;
constexpr int kRoundsMax = 10'000;
constexpr char kInsert[] =
    "INSERT INTO audit_event (record_id, action, owner) SELECT gen_random_uuid(), 'test.row', 'writer' FROM "
    "generate_series(1, $1)";

class PgTreeTest : public StoreTest {
 protected:
  void Write(int rows) {
    pqxx::connection connection(server_url());
    pqxx::work transaction(connection);
    transaction.exec_params(kInsert, rows);
    transaction.commit();
  }
  // Until nothing more can be taken; how many rows it took.
  static std::size_t TakeAll(PgTree& tree) {
    std::size_t rows = 0;
    for (int i = 0; i < kRoundsMax; ++i) {
      const Result<Round> round = tree.TakeRound(Soon());
      EXPECT_EQ(CodeOf(round), 0) << (round.ok() ? "" : round.error().detail);
      if (!round.ok()) break;
      rows += round->rows;
      if (round->ours && !round->more) break;
    }
    return rows;
  }
  // From the rows themselves, by the leaves' order.
  Hash RootOfRows() {
    trail::Edge edge;
    std::vector<trail::Tile> full;
    const audit::TreeHead head = *tree_.Head(Soon());
    for (std::uint64_t first = 0; first < head.size; first += audit::kEntriesPageMax) {
      const auto entries = tree_.Entries(first, audit::kEntriesPageMax, Soon());
      EXPECT_EQ(CodeOf(entries), 0);
      for (const audit::Entry& entry : *entries) {
        EXPECT_EQ(entry.leaf, edge.size());
        edge.Append(trail::LeafHash(AsBytes(entry.line)), full);
      }
    }
    EXPECT_EQ(edge.size(), head.size);
    return edge.Root();
  }
  void ExpectWhole() {
    EXPECT_EQ(Sql("SELECT count(*) FROM audit_event LEFT JOIN trail_leaf USING (sequence) WHERE leaf_index IS NULL"),
              "0");
    EXPECT_EQ(
        Sql("SELECT count(*) = (SELECT count(*) FROM audit_event) AND count(*) = (SELECT size FROM trail_head) AND "
            "max(leaf_index) = count(*) - 1 FROM trail_leaf"),
        "t");
    EXPECT_EQ(RootOfRows(), tree_.Head(Soon())->root);
  }

  AnswerLimit limit_;
  PgPool pool_{server_url(), 4, limit_}, other_pool_{server_url(), 4, limit_};
  PgTree tree_{server_url(), pool_}, other_{server_url(), other_pool_};
};

TEST_F(PgTreeTest, TwoServersAndLateWritersGiveEveryRowOnePlaceWithoutAGap) {
  // A new database is looked at once as a whole, as after a restore: rows that are seen then are taken before older
  // ones that are committed later.
  TakeAll(tree_);
  std::atomic<int> writing{kWriters};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([this, writer, &writing] {
      pqxx::connection late_connection(server_url()), connection(server_url());
      for (int i = 0; i < kTransactionsEach; ++i) {
        // The first transaction is older and committed, or rolled back, after the second one.
        pqxx::work late(late_connection);
        late.exec_params(kInsert, 3);
        for (int j = 0; j < 1 + (i + writer) % 4; ++j) {
          pqxx::work quick(connection);
          quick.exec_params(kInsert, 1 + j * 7);
          quick.commit();
        }
        if (i % 5 != 4) late.commit();
      }
      --writing;
    });
  }
  std::atomic<std::size_t> taken{0};
  std::vector<std::thread> servers;
  for (PgTree* tree : {&tree_, &other_}) {
    servers.emplace_back([tree, &writing, &taken] {
      while (writing > 0) taken += TakeAll(*tree);
    });
  }
  for (std::thread& thread : writers) thread.join();
  for (std::thread& thread : servers) thread.join();
  taken += TakeAll(tree_) + TakeAll(other_);
  EXPECT_EQ(std::to_string(taken), Sql("SELECT count(*) FROM audit_event"));
  ExpectWhole();
  EXPECT_EQ(Sql("SELECT bool_and(sequence = expected) FROM (SELECT sequence, leaf_index FROM trail_leaf) AS leaf JOIN "
                "(SELECT "
                "sequence AS expected, row_number() OVER (ORDER BY written_by, sequence) - 1 AS leaf_index FROM "
                "audit_event) AS "
                "row USING (leaf_index)"),
            "t");
}

TEST_F(PgTreeTest, ARowIsNotTakenWhileAnOlderTransactionIsOpenAndTheHolderIsNamed) {
  TakeAll(tree_);
  pqxx::connection holder(server_url());
  const int pid = holder.backendpid();
  {
    pqxx::work old(holder);
    old.exec_params(kInsert, 1);
    Write(5);
    EXPECT_EQ(TakeAll(tree_), 0u);
    const auto look = tree_.Look(Soon());
    ASSERT_EQ(CodeOf(look), 0) << look.error().detail;
    EXPECT_EQ(look->waiting, 5u);
    EXPECT_EQ(look->ready, 0u);
    EXPECT_EQ(look->held_by, pid);
    old.commit();
  }
  EXPECT_EQ(TakeAll(tree_), 6u);
  ExpectWhole();
}

TEST_F(PgTreeTest, MoreRowsOfOneTransactionThanARoundTakesAreAllTaken) {
  TakeAll(tree_);
  Write(2 * static_cast<int>(audit::kRoundRowsMax) + 77);
  const auto first = tree_.TakeRound(Soon());
  ASSERT_EQ(CodeOf(first), 0);
  EXPECT_TRUE(first->more);
  // Another server, which remembers nothing, goes on.
  EXPECT_EQ(TakeAll(other_), audit::kRoundRowsMax + 77);
  ExpectWhole();
  EXPECT_EQ(Sql("SELECT count(*) FROM trail_tile WHERE level = 0"), Sql("SELECT (size / 256)::text FROM trail_head"));
}

TEST_F(PgTreeTest, NothingIsWrittenWhileNothingHappens) {
  TakeAll(tree_);
  const std::string before = Sql("SELECT xmin::text || ctid::text FROM trail_head");
  EXPECT_EQ(TakeAll(tree_), 0u);
  EXPECT_EQ(Sql("SELECT xmin::text || ctid::text FROM trail_head"), before);
}

TEST_F(PgTreeTest, AfterARestoreIntoAnotherClusterEveryRowWithoutAPlaceIsTakenOnce) {
  Write(10);
  TakeAll(tree_);
  Write(7);
  // As a dump restored elsewhere: numbers of transactions that were never given out here, and another cluster.
  Sql("SET session_replication_role = replica; UPDATE audit_event SET written_by = (written_by::text::bigint + "
      "1000000000)::text::xid8; "
      "UPDATE trail_head SET watermark = (watermark::text::bigint + 1000000000)::text::xid8, cluster = 42; SELECT 1");
  Write(4);
  PgTree fresh(server_url(), other_pool_);
  EXPECT_TRUE(fresh.Look(Soon())->moved);
  EXPECT_EQ(TakeAll(fresh), 11u);
  EXPECT_FALSE(fresh.Look(Soon())->moved);
  EXPECT_EQ(fresh.Look(Soon())->waiting, 0u);
  Write(3);
  EXPECT_EQ(fresh.Look(Soon())->waiting, 3u);
  EXPECT_EQ(TakeAll(fresh), 3u);
  ExpectWhole();
}

TEST_F(PgTreeTest, ProofsHoldForEverySizeThereWas) {
  TakeAll(tree_);
  std::vector<audit::TreeHead> heads;
  for (const int rows : {1, 30, 300, 1, 2000, 5}) {
    Write(rows);
    TakeAll(tree_);
    heads.push_back(*tree_.Head(Soon()));
  }
  const audit::TreeHead last = heads.back();
  const trail::TileReader tiles = TilesOf(tree_, Soon());
  for (const audit::TreeHead& head : heads) {
    const auto proof = trail::ConsistencyProof(head.size, last.size, tiles);
    ASSERT_EQ(CodeOf(proof), 0) << proof.error().detail;
    EXPECT_EQ(CodeOf(trail::CheckConsistency(head.size, last.size, head.root, last.root, *proof)), 0);
  }
  const auto entries = tree_.Entries(256, 3, Soon());
  ASSERT_EQ(entries->size(), 3u);
  const auto path = trail::InclusionProof(257, last.size, tiles);
  ASSERT_EQ(CodeOf(path), 0);
  const Hash leaf = trail::LeafHash(AsBytes((*entries)[1].line));
  EXPECT_EQ(CodeOf(trail::CheckInclusion(257, last.size, leaf, *path, last.root)), 0);
}

TEST_F(PgTreeTest, WhatWasRememberedOfATreeThatWasSetBackSinceIsNotUsed) {
  Write(1);
  TakeAll(tree_);
  // As after a restore of a base backup: the same cluster gives its numbers of transactions out again.
  Sql("UPDATE trail_head SET watermark = (watermark::text::bigint - 5)::text::xid8; "
      "INSERT INTO audit_event (record_id, action, owner, written_by) SELECT gen_random_uuid(), 'test.row', 'writer', "
      "(watermark::text::bigint + 1)::text::xid8 FROM trail_head; SELECT 1");
  EXPECT_EQ(TakeAll(tree_), 1u);
  EXPECT_EQ(tree_.Look(Soon())->waiting, 0u);
}

TEST_F(PgTreeTest, OfManyCheckpointsTheFirstTheLastAndAFewInBetweenAreListed) {
  EXPECT_TRUE(tree_.Checkpoints(trail::kTreeSizeMax, Soon())->empty());
  Sql("INSERT INTO trail_checkpoint (size, note, owner) SELECT 7 + number * 3, 'note', 'test' FROM generate_series(0, "
      "9999) AS number");
  const auto all = *tree_.Checkpoints(trail::kTreeSizeMax, Soon());
  EXPECT_GE(all.size(), audit::kCheckpointsListMax);
  EXPECT_LE(all.size(), audit::kCheckpointsListMax + 2);
  EXPECT_EQ(all.front().size, 7u);
  EXPECT_EQ(all.back().size, 7u + 9999 * 3);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](auto& one, auto& other) { return one.size < other.size; }));
  const auto few = *tree_.Checkpoints(17, Soon());
  ASSERT_EQ(few.size(), 4u);
  EXPECT_EQ(few.back().size, 16u);
}

}  // namespace
}  // namespace madoguchi::store
