// SPDX-License-Identifier: Apache-2.0
// Kept results over the real database: what a desk confirms or sees again, what time does to them.
#include "server/handoff/kept_results.h"

#include <gtest/gtest.h>

#include "tests/server/handoff/kept_fixture.h"

namespace madoguchi::handoff {
namespace {

using store::CodeOf;
using store::Number;
using store::Soon;

class KeptResultsTest : public test::KeptTest {
 protected:
  void MakeExpired() const {
    Sql("UPDATE kept_result SET created_at = created_at - interval '1 day', expires_at = clock_timestamp() WHERE "
        "ended_at IS NULL");
  }
  void AgeKeys() const {
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
      std::filesystem::last_write_time(entry.path(),
                                       std::filesystem::file_time_type::clock::now() - std::chrono::minutes(5));
    }
  }
  const std::unique_ptr<KeptResults> results_ = std::make_unique<KeptResults>(store_->kept_results(), keys_);
  const Channels both_{.oqs_folder = true, .webhook = true}, shown_{.show_again = std::chrono::seconds(60)};
};

TEST_F(KeptResultsTest, LeaveOnceTheDeskSaysThatItIsThePerson) {
  const Bytes press_id = Answered(both_, true);
  EXPECT_EQ(Count("kept_result WHERE state = 'held'"), 2);
  EXPECT_EQ(CodeOf(results_->ConfirmPerson(desk_two_, press_id, true, Soon())), Number(ErrorCode::kPersonNotConfirmed));
  ASSERT_EQ(CodeOf(results_->ConfirmPerson(desk_one_, press_id, true, Soon())), 0);
  EXPECT_EQ(Count("kept_result WHERE state = 'waiting' AND next_at <= clock_timestamp()"), 2);
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.confirmed' AND press_id = '" + UuidText(press_id) + "'"), 1);
  EXPECT_EQ(CodeOf(results_->ConfirmPerson(desk_one_, press_id, false, Soon())),
            Number(ErrorCode::kPersonNotConfirmed));
}

TEST_F(KeptResultsTest, AreDestroyedWhenItIsAnotherPerson) {
  const Bytes press_id = Answered(both_, true);
  ASSERT_EQ(CodeOf(results_->ConfirmPerson(desk_one_, press_id, false, Soon())), 0);
  EXPECT_EQ(Count("kept_result WHERE state = 'destroyed' AND sealed IS NULL"), 2);
  EXPECT_TRUE(keys_.All().empty());
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.destroyed'"), 1);
}

TEST_F(KeptResultsTest, AreShownAgainAtTheirDeskTheNewestOnlyAndInTheTrail) {
  EXPECT_EQ(CodeOf(results_->ShowAgain(desk_one_, Soon())), Number(ErrorCode::kResultGone));
  Answered(shown_, false, "架空　一郎");
  const Bytes press_id = Answered(shown_, false);
  const auto shown = results_->ShowAgain(desk_one_, Soon());
  ASSERT_EQ(CodeOf(shown), 0);
  EXPECT_EQ(shown->handing.press_id, press_id);
  EXPECT_EQ(shown->handing.answer.results.at(0).name, test::kName);
  EXPECT_GT(shown->left.count(), 50);
  EXPECT_LE(shown->left.count(), 60);
  EXPECT_EQ(Sql("SELECT press_id FROM audit_event WHERE action = 'handoff.shown_again'"), UuidText(press_id));
  EXPECT_EQ(CodeOf(results_->ShowAgain(desk_two_, Soon())), Number(ErrorCode::kResultGone));
}

TEST_F(KeptResultsTest, AreNotShownWhenTheirTimeIsOverOrTheirKeyIsElsewhere) {
  Answered(shown_, false);
  keys_.Destroy(keys_.All().at(0));
  EXPECT_EQ(CodeOf(results_->ShowAgain(desk_one_, Soon())), Number(ErrorCode::kResultGone));
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.shown_again'"), 0);
  Answered(shown_, false);
  MakeExpired();
  EXPECT_EQ(CodeOf(results_->ShowAgain(desk_one_, Soon())), Number(ErrorCode::kResultGone));
}

TEST_F(KeptResultsTest, AreDestroyedWithTheirKeysWhenTheyExpireAndSayWhy) {
  Answered(both_, false);
  Answered({.pull = true}, true);
  Answered(shown_, false);
  Sql("UPDATE kept_result SET code = 2001 WHERE channel = 'oqs_folder'");
  MakeExpired();
  EXPECT_TRUE(*results_->Expire(Soon()));
  EXPECT_EQ(Count("kept_result WHERE state = 'destroyed' AND sealed IS NULL"), 4);
  EXPECT_TRUE(keys_.All().empty());
  EXPECT_EQ(Sql("SELECT string_agg(channel || ' ' || code, ',' ORDER BY channel) FROM kept_result"),
            "oqs_folder 2001,pull 2014,show_again 0,webhook 2005");
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.destroyed'"), 4);
}

// The server that has the key ends both at once; another one only when that server is gone.
TEST_F(KeptResultsTest, AreLeftToTheServerThatHasTheirKeysUntilItIsLate) {
  Answered({.webhook = true}, false);
  MakeExpired();
  std::filesystem::create_directory(folder_.File("other-keys"));
  const RowKeys others(folder_.File("other-keys"));
  const KeptResults elsewhere(store_->kept_results(), others);
  EXPECT_TRUE(*elsewhere.Expire(Soon()));
  EXPECT_EQ(Count("kept_result WHERE state = 'waiting'"), 1);
  EXPECT_TRUE(*results_->Expire(Soon()));
  EXPECT_EQ(Count("kept_result WHERE state = 'destroyed'"), 1);
  EXPECT_TRUE(keys_.All().empty());
  Answered({.webhook = true}, false);
  MakeExpired();
  Sql("UPDATE kept_result SET expires_at = expires_at - interval '3 minutes' WHERE ended_at IS NULL");
  EXPECT_TRUE(*elsewhere.Expire(Soon()));
  EXPECT_EQ(Count("kept_result WHERE state = 'destroyed'"), 2);
}

TEST_F(KeptResultsTest, SweepKeysThatHaveNoLivingRow) {
  Answered({.webhook = true}, false);
  const std::string living = keys_.All().at(0), orphan = UuidText(crypto::NewUuid());
  ASSERT_TRUE(keys_.Seal(orphan, AsBytes("x")).ok());
  EXPECT_TRUE(*results_->SweepKeys(Soon()));
  EXPECT_EQ(keys_.All().size(), 2U);  // its row may still be on its way
  AgeKeys();
  EXPECT_TRUE(*results_->SweepKeys(Soon()));
  EXPECT_EQ(keys_.All(), std::vector<std::string>{living});
  Sql("UPDATE kept_result SET state = 'destroyed', sealed = NULL, ended_at = now()");  // by another server
  EXPECT_TRUE(*results_->SweepKeys(Soon()));
  EXPECT_TRUE(keys_.All().empty());
}

TEST_F(KeptResultsTest, AreDiscardedByAnAdministratorOfTheirInstitution) {
  Answered({.webhook = true}, false);
  const std::int64_t number = std::stoll(Sql("SELECT number FROM kept_result"));
  EXPECT_EQ(CodeOf(results_->Discard(number, {"1331234560"}, "ada", Soon())), Number(ErrorCode::kNotFoundHere));
  ASSERT_EQ(CodeOf(results_->Discard(number, {"1311234567"}, "ada", Soon())), 0);
  EXPECT_TRUE(keys_.All().empty());
  EXPECT_EQ(CodeOf(results_->Discard(number, {}, "ada", Soon())), Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(Sql("SELECT actor || ' ' || detail FROM audit_event WHERE action = 'handoff.destroyed'"),
            "ada channel=webhook discarded");
}

TEST_F(KeptResultsTest, AreForgottenAfterThirtyDays) {
  Answered({.webhook = true}, false);
  EXPECT_TRUE(*results_->ForgetEnded(Soon()));
  Sql("UPDATE kept_result SET state = 'destroyed', sealed = NULL, ended_at = now() - interval '29 days'");
  EXPECT_TRUE(*results_->ForgetEnded(Soon()));
  EXPECT_EQ(Count("kept_result"), 1);
  Sql("UPDATE kept_result SET ended_at = now() - interval '31 days'");
  EXPECT_TRUE(*results_->ForgetEnded(Soon()));
  EXPECT_EQ(Count("kept_result"), 0);
}

}  // namespace
}  // namespace madoguchi::handoff
