// SPDX-License-Identifier: Apache-2.0
// Couriers over the real database and real keys; what a channel does is set by each test.
#include "server/handoff/courier.h"

#include <gtest/gtest.h>

#include "tests/server/handoff/kept_fixture.h"

namespace madoguchi::handoff {
namespace {

using store::CodeOf;
using store::Soon;

class CourierTest : public test::KeptTest {
 protected:
  Courier With(Deliver deliver) {
    return {kWebhook, store_->kept_results(), keys_, std::move(deliver),
            [this](const std::string&, int code) { counted_.push_back(code); }};
  }
  Deliver Succeeding() {
    return [this](const DueRow&, const Handing& handing, Deadline) -> Result<Delivery> {
      delivered_.push_back(handing.answer.results.at(0).name.value_or(""));
      return Delivery{"", std::string(64, 'a')};
    };
  }
  static Deliver Failing(ErrorCode code) {
    return [code](const DueRow&, const Handing&, Deadline) -> Result<Delivery> { return Error{code, "", {}}; };
  }
  std::string State() const { return Sql("SELECT state FROM kept_result"); }

  const Channels webhook_{.webhook = true};
  std::vector<std::string> delivered_;
  std::vector<int> counted_;
};

TEST_F(CourierTest, DeliversAnOutcomesResultOnceAndDestroysItsKey) {
  const Bytes press_id = Answered(webhook_);
  EXPECT_EQ(Count("kept_result WHERE position('" + std::string("架空") + "'::bytea IN sealed) > 0"), 0);
  Courier courier = With(Succeeding());
  EXPECT_TRUE(*courier.Tick(Soon()));
  EXPECT_TRUE(*courier.Tick(Soon()));
  EXPECT_EQ(delivered_, std::vector<std::string>{test::kName});
  EXPECT_EQ(counted_, std::vector<int>{0});
  EXPECT_EQ(State(), "delivered");
  EXPECT_EQ(Count("kept_result WHERE sealed IS NULL AND ended_at IS NOT NULL"), 1);
  EXPECT_TRUE(keys_.All().empty());
  EXPECT_EQ(Sql("SELECT concat_ws(' ', role, destination, file_name, file_sha256) FROM audit_event WHERE action = "
                "'handoff.delivered' AND press_id = '" +
                UuidText(press_id) + "'"),
            "server webhook " + std::string(64, 'a'));
}

TEST_F(CourierTest, TriesLaterWhatMaySucceedLater) {
  Answered(webhook_);
  const std::string before = Sql("SELECT clock_timestamp()");
  EXPECT_TRUE(*With(Failing(ErrorCode::kHandoffReceiverUnreachable)).Tick(Soon()));
  EXPECT_EQ(State(), "waiting");
  EXPECT_EQ(Count("kept_result WHERE code = 2007 AND attempts = 1 AND next_at > '" + before +
                  "'::timestamptz + interval '0.7 seconds' AND next_at < clock_timestamp() + interval '2 seconds'"),
            1);
  EXPECT_EQ(Count("audit_event WHERE action LIKE 'handoff.%'"), 0);
  Sql("UPDATE kept_result SET next_at = next_at + interval '1 minute'");  // however slow this test is
  Courier courier = With(Succeeding());
  EXPECT_TRUE(*courier.Tick(Soon()));
  EXPECT_TRUE(delivered_.empty());  // not due yet
  Sql("UPDATE kept_result SET next_at = clock_timestamp()");
  EXPECT_TRUE(*courier.Tick(Soon()));
  EXPECT_EQ(delivered_.size(), 1U);
  EXPECT_EQ(Sql("SELECT code FROM kept_result"), "0");
}

TEST_F(CourierTest, StopsWhatIsRefusedUntilAnAdministratorRetriesIt) {
  Answered(webhook_);
  EXPECT_TRUE(*With(Failing(ErrorCode::kHandoffReceiverRefused)).Tick(Soon()));
  EXPECT_EQ(State(), "refused");
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.refused' AND code = 2008"), 1);
  Courier courier = With(Succeeding());
  EXPECT_TRUE(*courier.Tick(Soon()));
  EXPECT_TRUE(delivered_.empty());
  const std::int64_t number = std::stoll(Sql("SELECT number FROM kept_result"));
  ASSERT_EQ(CodeOf(store_->kept_results().Retry(number, {}, "ada@clinic.example", Soon())), 0);
  EXPECT_TRUE(*courier.Tick(Soon()));
  EXPECT_EQ(delivered_.size(), 1U);
  EXPECT_EQ(Sql("SELECT actor FROM audit_event WHERE action = 'handoff.retried'"), "ada@clinic.example");
}

TEST_F(CourierTest, OpensNothingOfADatabaseThatWasRestoredFromABackup) {
  Answered(webhook_);
  Sql("CREATE TABLE backup AS SELECT * FROM kept_result");
  EXPECT_TRUE(*With(Succeeding()).Tick(Soon()));
  Sql("DELETE FROM kept_result");
  Sql("INSERT INTO kept_result OVERRIDING SYSTEM VALUE SELECT * FROM backup");
  delivered_.clear();
  EXPECT_TRUE(*With(Succeeding()).Tick(Soon()));
  EXPECT_TRUE(delivered_.empty());
  EXPECT_EQ(State(), "waiting");
  const Bytes sealed = FromHex(Sql("SELECT encode(sealed, 'hex') FROM kept_result")).value();
  EXPECT_EQ(keys_.Open(Sql("SELECT row_id FROM kept_result"), sealed).error().code, ErrorCode::kHandoffKeyMissing);
}

TEST_F(CourierTest, LeavesRowsOfAnotherServersKeysToIt) {
  Answered(webhook_);
  const RowKeys others(folder_.File("other-keys"));
  std::filesystem::create_directory(folder_.File("other-keys"));
  ASSERT_TRUE(others.Seal(UuidText(crypto::NewUuid()), AsBytes("x")).ok());
  Courier elsewhere(kWebhook, store_->kept_results(), others, Succeeding(), [](const std::string&, int) {});
  EXPECT_TRUE(*elsewhere.Tick(Soon()));
  EXPECT_TRUE(delivered_.empty());
  EXPECT_EQ(Sql("SELECT attempts FROM kept_result"), "0");
}

TEST_F(CourierTest, DoesNotTakeARowThatAnotherThreadIsTrying) {
  Answered(webhook_);
  Courier second = With(Succeeding());
  Courier first = With([&](const DueRow&, const Handing&, Deadline) -> Result<Delivery> {
    EXPECT_TRUE(*second.Tick(Soon()));
    return Delivery{"", std::string(64, 'b')};
  });
  EXPECT_TRUE(*first.Tick(Soon()));
  EXPECT_TRUE(delivered_.empty());
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.delivered'"), 1);
}

TEST_F(CourierTest, RefusesAResultWhoseKeyIsDamaged) {
  Answered(webhook_);
  std::filesystem::resize_file(directory_ + "/" + keys_.All().at(0), 10);
  EXPECT_TRUE(*With(Succeeding()).Tick(Soon()));
  EXPECT_EQ(State(), "refused");
  EXPECT_EQ(Sql("SELECT code FROM kept_result"), "2009");
}

TEST_F(CourierTest, DoesNotCarryWhatIsHeldOrShownAgain) {
  Answered({.webhook = true, .show_again = std::chrono::seconds(60)}, true);
  EXPECT_TRUE(*With(Succeeding()).Tick(Soon()));
  EXPECT_TRUE(delivered_.empty());
}

TEST_F(CourierTest, HandsAPressOnOnceWhenItsAnswerIsSentAgain) {
  audit::CheckIntent intent = Intent();
  for (int i = 0; i < 2; ++i) {
    const auto receipt = store_->trail().RecordIntent(intent, Soon());
    ASSERT_TRUE(receipt.ok());
    audit::CheckOutcome outcome = OutcomeOf(intent, receipt->epoch);
    auto kept = Outbox(webhook_, keys_).Keep(test::TestHanding(desk_one_), false);
    outcome.kept = std::move(*kept);
    ASSERT_EQ(CodeOf(store_->trail().RecordOutcome(outcome, Soon())), 0);
    intent.resumes = true;  // the desk lost the answer
    intent.challenge_id.clear();
    intent.challenge.clear();
  }
  EXPECT_EQ(Count("kept_result"), 1);
}

TEST(PauseAfter, DoublesFromASecondToFiveMinutesWithJitter) {
  using std::chrono::milliseconds;
  EXPECT_EQ(PauseAfter(1, 0.5), milliseconds(1000));
  EXPECT_EQ(PauseAfter(3, 0.5), milliseconds(4000));
  EXPECT_EQ(PauseAfter(1, 0), milliseconds(750));
  EXPECT_EQ(PauseAfter(1, 1), milliseconds(1250));
  EXPECT_EQ(PauseAfter(1000, 0.5), kPauseMost);
}

}  // namespace
}  // namespace madoguchi::handoff
