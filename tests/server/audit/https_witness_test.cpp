// SPDX-License-Identifier: Apache-2.0
// Checkpoints that go to a witness over TLS: our client, a real listener and a real cosigner, the tree in a database.
#include "server/audit/https_witness.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "contract/web/https_listener.h"
#include "server/audit/cosigner.h"
#include "server/audit/event.h"
#include "server/audit/sequencer.h"
#include "server/store/pg_trail.h"
#include "server/store/pg_tree.h"
#include "tests/proto/contract/web/silent_peer.h"
#include "tests/server/outbound/tls_server.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::audit {
namespace {

using store::CodeOf;
using store::Number;
using store::Soon;

constexpr char kOrigin[] = "clinic.example/trail";

class HttpsWitnessTest : public store::StoreTest {
 protected:
  void SetUp() override {
    std::filesystem::remove(File());
    std::filesystem::permissions(authority_.files().key, std::filesystem::perms::owner_read);
    auto opened = Cosigner::Open(File(), log_.verifier(), own_, [] { return std::chrono::seconds(1'800'000'000); });
    ASSERT_TRUE(opened.ok());
    cosigner_.emplace(std::move(opened).value());
    auto listener = web::HttpsListener::Start({.address = "127.0.0.1",
                                               .port = 0,
                                               .certificate_file = authority_.directory() + "/end.pem",
                                               .key_file = authority_.directory() + "/end.key",
                                               .posts = true},
                                              [this](const web::Request& request) -> web::Response {
                                                Cosigner::Answer answer = cosigner_->Add(request.body);
                                                return {answer.status, answer.content_type, std::move(answer.body)};
                                              });
    ASSERT_TRUE(listener.ok()) << listener.error().detail;
    listener_ = std::move(listener).value();
  }
  std::string File() const { return authority_.directory() + "/witness-checkpoint"; }
  HttpsWitness Witness() {
    return HttpsWitness("https://127.0.0.1:" + std::to_string(listener_->port()),
                        {authority_.directory() + "/root.pem", "", ""}, own_.verifier(), tree_);
  }
  // A signed head over so many rows more.
  StoredCheckpoint Grow(int rows) {
    for (int i = 0; i < rows; ++i)
      EXPECT_EQ(CodeOf(trail_.RecordEvent({action::kAppStarted, "", {}, 0, "test"}, Soon())), 0);
    EXPECT_EQ(CodeOf(tree_.TakeRound(Soon())), 0);
    const TreeHead head = *tree_.Head(Soon());
    StoredCheckpoint signed_head{head.size, trail::SignedCheckpoint({kOrigin, head.size, head.root}, log_)};
    EXPECT_EQ(CodeOf(tree_.AddCheckpoint(signed_head, "server-one", Soon())), 0);
    return signed_head;
  }

  outbound::test::Authority authority_;
  store::AnswerLimit limit_;
  store::PgPool pool_{server_url(), 4, limit_};
  store::PgTree tree_{server_url(), pool_};
  store::PgTrail trail_{server_url(), "server-one", limit_};
  trail::Signer log_{kOrigin, *crypto::Ed25519Key::Make(), trail::SignatureType::kEd25519};
  trail::Signer own_{"witness.example/one", *crypto::Ed25519Key::Make(), trail::SignatureType::kCosignature};
  std::optional<Cosigner> cosigner_;
  std::unique_ptr<web::HttpsListener> listener_;
};

TEST_F(HttpsWitnessTest, EachCheckpointIsCosignedAndWhatTheWitnessHasSeenIsNotAskedTwice) {
  HttpsWitness witness = Witness();
  std::vector<int> codes;
  WitnessRounds rounds(tree_, {&witness},
                       [&codes](const std::string&, std::uint64_t, int code) { codes.push_back(code); });
  for (const int rows : {3, 300, 1}) {
    Grow(rows);
    rounds.Tick();
    rounds.Tick();
  }
  EXPECT_EQ(codes, (std::vector<int>{0, 0, 0}));
  const WitnessState state = *tree_.Witness("witness.url", Soon());
  EXPECT_EQ(state.size, 304u);
  EXPECT_TRUE(trail::OpenNote(state.note, own_.verifier()).ok());
  EXPECT_TRUE(trail::OpenNote(state.note, log_.verifier()).ok());
}

TEST_F(HttpsWitnessTest, AWitnessThatHasSeenAnotherSizeIsAskedFromThereOnce) {
  HttpsWitness witness = Witness();
  ASSERT_EQ(CodeOf(witness.Give(Grow(5), 0, Soon())), 0);
  const StoredCheckpoint later = Grow(7);
  const auto given = witness.Give(later, 2, Soon());
  ASSERT_TRUE(given.ok()) << given.error().detail;
  EXPECT_TRUE(given->note.starts_with(later.note));
}

TEST_F(HttpsWitnessTest, AWitnessThatHasANewerOneOfAnotherServerIsGivenTheNewest) {
  HttpsWitness witness = Witness();
  const StoredCheckpoint first = Grow(5);
  const StoredCheckpoint later = Grow(7);
  ASSERT_EQ(CodeOf(witness.Give(later, 0, Soon())), 0);
  const auto given = witness.Give(first, 0, Soon());
  ASSERT_TRUE(given.ok()) << given.error().detail;
  EXPECT_EQ(given->size, later.size);
}

TEST_F(HttpsWitnessTest, ATreeThatWasSetBackOrIsAnotherOneIsRefusedAndSaid) {
  HttpsWitness witness = Witness();
  ASSERT_EQ(CodeOf(witness.Give(Grow(12), 0, Soon())), 0);
  const auto refused = [&](const StoredCheckpoint& checkpoint) {
    const auto given = witness.Give(checkpoint, 0, Soon());
    return given.ok() ? std::string() : given.error().detail;
  };
  // The restore of a database that lost rows; then it grows beyond what the witness saw.
  Sql("SET session_replication_role = replica; DELETE FROM trail_leaf; DELETE FROM trail_checkpoint; DELETE FROM "
      "audit_event; UPDATE trail_head SET size = 0, edge = '', watermark = '0'; SELECT 1");
  EXPECT_THAT(refused(Grow(5)), testing::HasSubstr("refused: what it has seen, 12 rows"));
  EXPECT_THAT(refused(Grow(9)), testing::HasSubstr("refused: what it has seen, 12 rows"));
}

TEST_F(HttpsWitnessTest, AWitnessThatIsGoneIsToldAndNotAskedAtTheEnd) {
  HttpsWitness witness = Witness();
  Grow(5);
  listener_.reset();
  std::vector<int> codes;
  WitnessRounds rounds(tree_, {&witness},
                       [&codes](const std::string&, std::uint64_t, int code) { codes.push_back(code); });
  rounds.Tick();
  EXPECT_EQ(codes, (std::vector<int>{Number(ErrorCode::kTrailWitnessFailed)}));
  EXPECT_EQ(tree_.Witness("witness.url", Soon())->trouble_code, Number(ErrorCode::kTrailWitnessFailed));
  rounds.Finish();
  EXPECT_EQ(codes.size(), 1u);
}

TEST_F(HttpsWitnessTest, AWitnessThatAcceptsAndNeverReadsOrNeverAnswersHoldsNothingUpBeyondTheDeadline) {
  using web::test::SilentPeer;
  const StoredCheckpoint checkpoint = Grow(5);
  for (const auto does : {SilentPeer::Does::kNeverShake, SilentPeer::Does::kNeverRead}) {
    const SilentPeer peer(does);
    const web::TlsPeer address = peer.address();
    HttpsWitness witness("https://" + address.host + ":" + std::to_string(address.port), {address.root_file, "", ""},
                         own_.verifier(), tree_);
    const Stopwatch since;
    EXPECT_EQ(CodeOf(witness.Give(checkpoint, 0, Deadline::In(std::chrono::milliseconds(500)))),
              Number(ErrorCode::kTrailWitnessFailed));
    EXPECT_LT(since.elapsed(), kWitnessWithin);
  }
}

}  // namespace
}  // namespace madoguchi::audit
