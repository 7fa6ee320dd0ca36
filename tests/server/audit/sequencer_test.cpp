// SPDX-License-Identifier: Apache-2.0
// Heads that are signed after their round, and a tree that no longer goes on from what was signed; on a real database.
#include "server/audit/sequencer.h"

#include "server/audit/event.h"
#include "server/store/pg_trail.h"
#include "server/store/pg_tree.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::audit {
namespace {

using store::CodeOf;
using store::Number;
using store::Soon;

constexpr char kOrigin[] = "clinic.example/trail";

class SequencerTest : public store::StoreTest {
 protected:
  void Write(int rows) {
    for (int i = 0; i < rows; ++i)
      ASSERT_EQ(CodeOf(trail_.RecordEvent({action::kAppStarted, "", {}, 0, "test"}, Soon())), 0);
  }
  Sequencer Make(std::optional<trail::Checkpoint> known = {}, const std::string& owner = "server-one") {
    return Sequencer({tree_, trail_, signer_, owner, {}}, std::move(known));
  }
  std::optional<StoredCheckpoint> Newest() { return *tree_.Checkpoint(trail::kTreeSizeMax, Soon()); }
  trail::Checkpoint Opened() { return *trail::OpenCheckpoint(Newest()->note, signer_.verifier()); }
  void Age(const char* interval) const {
    Sql(std::string(
            "SET session_replication_role = replica; UPDATE trail_checkpoint SET signed_at = signed_at - interval '") +
        interval + "'; SELECT 1");
  }
  std::string Checkpoints() const { return Sql("SELECT count(*) FROM trail_checkpoint"); }

  store::AnswerLimit limit_;
  store::PgPool pool_{server_url(), 4, limit_};
  store::PgTree tree_{server_url(), pool_};
  store::PgTrail trail_{server_url(), "server-one", limit_};
  trail::Signer signer_{kOrigin, *crypto::Ed25519Key::Make(), trail::SignatureType::kEd25519};
};

TEST_F(SequencerTest, RowsGetTheirPlacesAndTheHeadIsSigned) {
  Write(3);
  Sequencer sequencer = Make();
  EXPECT_TRUE(sequencer.Tick());
  const TreeHead head = *tree_.Head(Soon());
  EXPECT_EQ(head.size, 3u);
  const trail::Checkpoint checkpoint = Opened();
  EXPECT_EQ(checkpoint.origin, kOrigin);
  EXPECT_EQ(checkpoint.size, 3u);
  EXPECT_EQ(checkpoint.root, head.root);
  EXPECT_FALSE(sequencer.state().forked);
}

TEST_F(SequencerTest, SignaturesHaveAPauseAndTheNextOneCoversWhatCameMeanwhile) {
  Write(1);
  Sequencer sequencer = Make(), other = Make({}, "server-two");
  sequencer.Tick();
  Write(2);
  sequencer.Tick();
  other.Tick();
  EXPECT_EQ(Checkpoints(), "1");
  Age("9 s");
  other.Tick();
  sequencer.Tick();
  EXPECT_EQ(Checkpoints(), "2");
  EXPECT_EQ(Opened().size, 3u);
  EXPECT_EQ(Sql("SELECT owner FROM trail_checkpoint WHERE size = 3"), "server-two");
}

TEST_F(SequencerTest, AHeadWhoseSignerDiedIsSignedByTheNext) {
  Write(4);
  ASSERT_EQ(CodeOf(tree_.TakeRound(Soon())), 0);
  EXPECT_FALSE(Newest());
  Sequencer next = Make();
  next.Tick();
  EXPECT_EQ(Opened().size, 4u);
}

TEST_F(SequencerTest, ATreeThatBecameSmallerThanAWitnessSawIsForkedAndNothingMoreIsSigned) {
  Write(5);
  Sequencer first = Make();
  first.Tick();
  trail::Checkpoint seen = Opened();
  seen.size = 50;
  Age("9 s");
  Write(1);
  Sequencer restarted = Make(seen);
  restarted.Tick();
  EXPECT_TRUE(restarted.state().forked);
  EXPECT_EQ(Opened().size, 5u);
  EXPECT_EQ(Sql("SELECT code FROM audit_event WHERE action = 'audit.forked'"),
            std::to_string(Number(ErrorCode::kTrailForked)));
  // Rows are recorded, and get their places, all the same.
  Write(1);
  restarted.Tick();
  restarted.Tick();
  EXPECT_EQ(tree_.Head(Soon())->size, 8u);
  EXPECT_EQ(Checkpoints(), "1");
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_event WHERE action = 'audit.forked'"), "1");
}

TEST_F(SequencerTest, AnotherHistoryOfTheSameSizeIsForked) {
  Write(5);
  Sequencer first = Make();
  first.Tick();
  trail::Checkpoint seen = Opened();
  seen.root[0] ^= 1;
  Sequencer restarted = Make(seen);
  restarted.Tick();
  EXPECT_TRUE(restarted.state().forked);
}

TEST_F(SequencerTest, ATreeWhoseEdgeWasChangedIsForkedAtTheNextSignature) {
  Write(300);
  Sequencer sequencer = Make();
  sequencer.Tick();
  Sql("UPDATE trail_head SET edge = set_byte(edge, 5, get_byte(edge, 5) # 1); SELECT 1");
  Age("9 s");
  Write(1);
  sequencer.Tick();
  EXPECT_TRUE(sequencer.state().forked);
  EXPECT_EQ(Checkpoints(), "1");
}

TEST_F(SequencerTest, ACheckpointOfAnotherKeyInTheDatabaseIsForked) {
  Write(2);
  Sequencer sequencer = Make();
  sequencer.Tick();
  const trail::Signer other(kOrigin, *crypto::Ed25519Key::Make(), trail::SignatureType::kEd25519);
  Sequencer stranger({tree_, trail_, other, "server-two", {}});
  stranger.Tick();
  EXPECT_TRUE(stranger.state().forked);
}

TEST_F(SequencerTest, ACheckpointOfRowsThatThereAreNotIsForkedAtOnceAndDoesNotSilenceTheSigner) {
  Write(2);
  Sequencer sequencer = Make();
  sequencer.Tick();
  // What the server's own role may write.
  ASSERT_EQ(CodeOf(tree_.AddCheckpoint({1'000'000, "garbage"}, "somebody", Soon())), 0);
  sequencer.Tick();
  EXPECT_TRUE(sequencer.state().forked);
}

TEST_F(SequencerTest, AClockThatIsSetBackDoesNotHoldUpSignatures) {
  Write(1);
  Sequencer sequencer = Make();
  sequencer.Tick();
  Age("-1 hour");
  Write(1);
  sequencer.Tick();
  EXPECT_EQ(Opened().size, 2u);
}

TEST_F(SequencerTest, TheLastTickSignsWithoutThePause) {
  Write(1);
  Sequencer sequencer = Make();
  sequencer.Tick();
  Write(2);
  sequencer.Tick();
  EXPECT_EQ(Opened().size, 1u);
  sequencer.Finish();
  EXPECT_EQ(Opened().size, 3u);
}

TEST_F(SequencerTest, ATransactionThatStaysOpenIsToldWithItsProcess) {
  Write(1);
  Sequencer sequencer = Make();
  sequencer.Tick();
  pqxx::connection holder(server_url());
  pqxx::work old(holder);
  old.exec("SELECT pg_current_xact_id()");
  Write(1);
  sequencer.Tick();
  EXPECT_EQ(sequencer.state().look.held_by, holder.backendpid());
  EXPECT_EQ(sequencer.state().look.waiting, 1u);
  old.abort();
  sequencer.Tick();
  EXPECT_EQ(sequencer.state().look.waiting, 0u);
  EXPECT_EQ(sequencer.state().look.oldest.count(), 0);
}

}  // namespace
}  // namespace madoguchi::audit
