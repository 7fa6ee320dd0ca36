// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_calls.h"

#include "contract/crypto/random.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using eligibility::Became;
using eligibility::CallPage;
using eligibility::CallRecord;
using eligibility::CallSearch;
using eligibility::UnknownCall;
using std::chrono::milliseconds;

constexpr char kKey[] = "00112233-4455-6677-8899-aabbccddeeff";

class PgCallsTest : public StoreTest {
 protected:
  CallRecord Begun(const std::string& kind, const std::string& key = kKey) const {
    CallRecord record;
    record.call_id = UuidText(crypto::NewUuid());
    record.kind = kind;
    record.key = key;
    record.caller = {"1311234567", "W0000001", desk_one_};
    record.began = Deadline::Clock::now() - milliseconds(250);
    return record;
  }
  static CallRecord Ended(CallRecord record, const std::string& outcome, int code = 0) {
    record.ended = true;
    record.outcome = outcome;
    record.code = code;
    record.status = code == 0 ? 200 : 0;
    record.attempts = 2;
    record.took = milliseconds(200);
    record.processing_code = "1/1/";
    record.reconcile = outcome == "unknown";
    return record;
  }
  void Write(const std::vector<CallRecord>& records) { ASSERT_EQ(CodeOf(calls_.Write(records, Soon())), 0); }
  // As if it had been waiting for this long already.
  void MakeOlder(const std::string& seconds) const {
    Sql("UPDATE service_call SET started_at = started_at - interval '" + seconds +
        " s', ended_at = ended_at - interval '" + seconds + " s', reconcile_at = reconcile_at - interval '" + seconds +
        " s'");
  }
  std::vector<UnknownCall> TakeUnknown() {
    auto taken = calls_.TakeUnknown(Soon());
    EXPECT_EQ(CodeOf(taken), 0);
    return std::move(taken).value();
  }
  CallPage Find(const CallSearch& search) {
    auto found = calls_.Search(search, Soon());
    EXPECT_EQ(CodeOf(found), 0);
    return std::move(found).value();
  }

  AnswerLimit limit_;
  PgPool pool_{server_url(), 2, limit_};
  PgCalls calls_{pool_, "server-one"}, other_{pool_, "server-two"};
};

TEST_F(PgCallsTest, TheEndOfACallFindsItsBeginning) {
  const CallRecord begun = Begun("check");
  Write({begun});
  EXPECT_EQ(Sql("SELECT ended_at IS NULL AND outcome IS NULL AND took_us IS NULL FROM service_call"), "t");
  Write({Ended(begun, "answered")});
  EXPECT_EQ(Count("service_call"), 1);
  const CallPage page = Find({});
  ASSERT_EQ(page.rows.size(), 1u);
  const eligibility::CallRow& row = page.rows[0];
  EXPECT_EQ(row.kind, "check");
  EXPECT_EQ(row.key, kKey);
  EXPECT_EQ(row.outcome, "answered");
  EXPECT_EQ(row.took_us, 200'000);
  EXPECT_EQ(row.status, 200);
  EXPECT_EQ(row.attempts, 2);
  EXPECT_EQ(row.desk_id, desk_one_);
  EXPECT_EQ(row.desk_name, Sql("SELECT name FROM desk WHERE desk_id = '" + desk_one_ + "'"));
  EXPECT_EQ(row.account_id, "W0000001");
  EXPECT_EQ(row.institution_code, "1311234567");
  EXPECT_EQ(row.processing_code, "1/1/");
  EXPECT_EQ(Sql("SELECT owner FROM service_call"), "server-one");
}

TEST_F(PgCallsTest, ACallAboutAnAccountIsOneRowOfTheTrailAndAChecksIsNone) {
  const CallRecord begun = Begun("account");
  Write({begun});
  EXPECT_EQ(Count("audit_event"), 0) << "it has not ended";
  const CallRecord ended = Ended(begun, "answered");
  Write({ended, Ended(Begun("check"), "answered")});
  Write({ended});
  EXPECT_EQ(Sql("SELECT string_agg(concat_ws('|', action, detail, code, account_id, institution_code, desk_id = '" +
                desk_one_ + "', role), ' ') FROM audit_event"),
            "eligibility.called|kind=account outcome=answered status=200 attempts=2 took_us=200000|0|W0000001|"
            "1311234567|t|server");
}

TEST_F(PgCallsTest, TimesAreWhenItHappenedAndNotWhenItWasWritten) {
  Write({Ended(Begun("check"), "answered")});
  EXPECT_EQ(Sql("SELECT clock_timestamp() - started_at > interval '250 ms' AND started_at > clock_timestamp() - "
                "interval '60 s' AND "
                "abs(extract(epoch FROM ended_at - started_at) - 0.2) < 0.05 FROM service_call"),
            "t");
}

TEST_F(PgCallsTest, TheSameRecordsAgainChangeNothing) {
  const CallRecord ended = Ended(Begun("check"), "answered");
  Write({ended, Begun("challenge", "")});
  const std::string before = Sql("SELECT string_agg(service_call::text, ';' ORDER BY number) FROM service_call");
  Write({ended});
  CallRecord begun_again = ended;
  begun_again.ended = false;
  Write({begun_again});
  EXPECT_EQ(Sql("SELECT string_agg(service_call::text, ';' ORDER BY number) FROM service_call"), before);
}

TEST_F(PgCallsTest, AnOddRecordDoesNotCostItsNeighboursTheirs) {
  CallRecord odd = Ended(Begun("check", std::string(500, 'k')), "failed", 1301);
  odd.caller = {"?", "W'; DROP", "no uuid"};
  odd.processing_code = std::string(500, '"');
  CallRecord half = Ended(Begun("check"), "refused", 1306);
  half.processing_code = "9//架空架空架空架空架空架空架空";  // cut after 40 bytes, it would end in half a character
  half.caller.institution_code = "架空架\xE7";
  Write({odd, half, Ended(Begun("challenge", ""), "answered")});
  EXPECT_EQ(Count("service_call"), 3);
  EXPECT_EQ(Count("service_call WHERE processing_code LIKE '9//???%'"), 1);
  EXPECT_EQ(Count("service_call WHERE desk_id IS NULL AND institution_code IS NULL AND length(key) = 64"), 1);
}

TEST_F(PgCallsTest, AnEndWithoutABeginningMakesAWholeRow) {
  Write({Ended(Begun("challenge", ""), "failed", 1314)});
  EXPECT_EQ(Sql("SELECT kind || ' ' || outcome || ' ' || code FROM service_call"), "challenge failed 1314");
}

TEST_F(PgCallsTest, ActsOfAServerThatDiedEndAsUnknownAndTheOtherCallsAsFailed) {
  Write({Begun("check"), Begun("challenge", ""), Begun("outcome"),
         Begun("account", "00000000-0000-4000-8000-000000000001")});
  Write({Ended(Begun("check", "00000000-0000-4000-8000-000000000002"), "answered")});
  EXPECT_EQ(*other_.EndAbandoned(Soon()), 0u) << "they may still be out";
  MakeOlder("121");
  EXPECT_EQ(*other_.EndAbandoned(Soon()), 4u);
  EXPECT_EQ(Count("service_call WHERE outcome = 'unknown' AND code = 1302 AND ended_at IS NOT NULL"), 2);
  EXPECT_EQ(Count("service_call WHERE kind IN ('challenge', 'outcome') AND outcome = 'failed' AND code = 1314"), 2);
  const std::vector<UnknownCall> taken = TakeUnknown();
  ASSERT_EQ(taken.size(), 1u) << "only a check can be asked about";
  EXPECT_EQ(taken[0].kind, "check");
}

TEST_F(PgCallsTest, AnEndThatComesAfterAllCorrectsARowThatWasGivenUp) {
  const CallRecord begun = Begun("check");
  Write({begun});
  MakeOlder("121");
  ASSERT_EQ(*other_.EndAbandoned(Soon()), 1u);
  Write({Ended(begun, "answered")});
  EXPECT_EQ(Sql("SELECT outcome || ' ' || code || ' ' || (reconcile_at IS NULL)::text FROM service_call"),
            "answered 0 true");
}

TEST_F(PgCallsTest, AnUnknownOutcomeIsAskedAboutAfterHalfAMinuteAndByOneServer) {
  Write({Ended(Begun("check"), "unknown", 1302), Ended(Begun("challenge", ""), "failed", 1314)});
  EXPECT_TRUE(TakeUnknown().empty()) << "not at once";
  MakeOlder("31");
  const std::vector<UnknownCall> taken = TakeUnknown();
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].key, kKey);
  EXPECT_EQ(taken[0].caller.institution_code, "1311234567");
  EXPECT_EQ(taken[0].caller.account_id, "W0000001");
  EXPECT_EQ(taken[0].caller.desk_id, desk_one_);
  EXPECT_TRUE(other_.TakeUnknown(Soon())->empty());
}

TEST_F(PgCallsTest, ThePausesDoubleUpToAnHourAndEndAfterADay) {
  Write({Ended(Begun("check"), "unknown", 1302)});
  // The moment of asking, reckoned back from the pause that follows: as long as the outcome had been unknown, or an
  // hour.
  const std::string doubled = "ended_at + (reconcile_at - ended_at) / 2", an_hour = "reconcile_at - interval '1 hour'";
  const auto asked_now = [this](const std::string& reckoned) {
    const std::string before = Sql("SELECT clock_timestamp()");
    EXPECT_EQ(TakeUnknown().size(), 1u);
    return Sql("SELECT " + reckoned + " BETWEEN '" + before + "' AND clock_timestamp() FROM service_call");
  };
  MakeOlder("31");
  EXPECT_EQ(asked_now(doubled), "t");
  MakeOlder("32");
  EXPECT_EQ(asked_now(doubled), "t");
  MakeOlder("40000");
  EXPECT_EQ(asked_now(an_hour), "t");
  MakeOlder("86400");
  EXPECT_TRUE(TakeUnknown().empty()) << "the national side has forgotten it and would say that it never saw it";
  MakeOlder("86400");
  EXPECT_TRUE(TakeUnknown().empty());
  EXPECT_EQ(Sql("SELECT outcome FROM service_call"), "unknown") << "it stays what it is";
}

TEST_F(PgCallsTest, WhatTheNationalSideSaysLaterIsWrittenOnceWithItsRowInTheTrail) {
  const CallRecord unknown = Ended(Begun("check"), "unknown", 1302);
  Write({unknown});
  const UnknownCall call{unknown.call_id, "check", kKey, unknown.caller};
  ASSERT_EQ(CodeOf(calls_.Reconcile(call, Became::kAnswered, Soon())), 0);
  ASSERT_EQ(CodeOf(other_.Reconcile(call, Became::kNotSeen, Soon())), 0);
  EXPECT_EQ(Sql("SELECT outcome || ' ' || reconciled_as || ' ' || code || ' ' || (reconciled_at IS NOT NULL AND "
                "reconcile_at IS NULL)::text "
                "FROM service_call"),
            "reconciled answered 1302 true");
  EXPECT_EQ(Sql("SELECT press_id || ' ' || detail || ' ' || actor FROM audit_event WHERE action = "
                "'eligibility.call_reconciled'"),
            std::string(kKey) + " check answered national");
  EXPECT_EQ(Count("audit_event WHERE action = 'eligibility.call_reconciled'"), 1);
}

TEST_F(PgCallsTest, AnActAboutAnAccountIsSettledByTheAnswerToItsRepetition) {
  const std::string summary =
      "SELECT string_agg(kind || ' ' || outcome || ' ' || coalesce(reconciled_as, '-'), ', ' ORDER BY number) "
      "FROM service_call";
  Write({Ended(Begun("account"), "unknown", 1302), Ended(Begun("application"), "unknown", 1302),
         Ended(Begun("account", "00000000-0000-4000-8000-000000000001"), "unknown", 1302)});
  Write({Ended(Begun("account"), "failed", 1301)});
  EXPECT_EQ(Count("service_call WHERE outcome = 'unknown'"), 3) << "nobody said anything yet";
  Write({Ended(Begun("account"), "answered")});
  EXPECT_EQ(
      Sql(summary),
      "account reconciled answered, application unknown -, account unknown -, account failed -, account answered -");
}

TEST_F(PgCallsTest, AnActOfAServerThatDiedIsSettledByTheAnswerThatWasThereBefore) {
  Write({Begun("account")});
  Write({Ended(Begun("account"), "refused", 1529)});
  MakeOlder("121");
  ASSERT_EQ(*other_.EndAbandoned(Soon()), 1u);
  EXPECT_EQ(
      Count("service_call WHERE outcome = 'reconciled' AND reconciled_as = 'answered' AND reconciled_at IS NOT NULL"),
      1);
}

TEST_F(PgCallsTest, RowsAreForgottenAfterFourHundredDays) {
  Write({Ended(Begun("check"), "answered"), Ended(Begun("check"), "unknown", 1302)});
  MakeOlder("34560000");
  Write({Ended(Begun("check"), "answered")});
  EXPECT_EQ(Count("service_call"), 3);
  EXPECT_TRUE(*calls_.ForgetOld(Soon()));
  EXPECT_EQ(Count("service_call WHERE started_at > clock_timestamp() - interval '1 hour'"), 1);
  EXPECT_EQ(Count("service_call"), 1);
}

TEST_F(PgCallsTest, ForgetsABoundedNumberAtOnce) {
  Sql("INSERT INTO service_call (call_id, kind, owner, started_at) SELECT gen_random_uuid(), 'check', 'o', "
      "clock_timestamp() - interval '401 days' FROM generate_series(1, " +
      std::to_string(eligibility::kCallsForgottenAtOnce + 1) + ")");
  EXPECT_FALSE(*calls_.ForgetOld(Soon()));
  EXPECT_EQ(Count("service_call"), 1);
  EXPECT_TRUE(*calls_.ForgetOld(Soon()));
  EXPECT_EQ(Count("service_call"), 0);
}

TEST_F(PgCallsTest, FindsByEachOfItsQuestionsAlone) {
  CallRecord other_desk = Ended(Begun("check", "00000000-0000-4000-8000-000000000002"), "refused", 1311);
  other_desk.caller = {"1331234560", "W0000002", desk_two_};
  Write({Ended(Begun("check"), "answered"), other_desk, Ended(Begun("challenge", ""), "failed", 1314)});
  const auto count = [this](const CallSearch& search) { return Find(search).rows.size(); };
  EXPECT_EQ(count({}), 3u);
  EXPECT_EQ(count({.kind = "check"}), 2u);
  EXPECT_EQ(count({.outcome = "refused"}), 1u);
  EXPECT_EQ(count({.desk_id = desk_two_}), 1u);
  EXPECT_EQ(count({.key = kKey}), 1u);
  EXPECT_EQ(count({.institution_codes = {"1331234560"}}), 1u);
  EXPECT_EQ(count({.institution_codes = {"1331234560", "1311234567"}}), 3u);
  EXPECT_EQ(count({.code = 1314}), 1u);
  EXPECT_EQ(count({.since = "2020-01-01T00:00:00+09:00"}), 3u);
  EXPECT_EQ(count({.until = "2020-01-01T00:00:00+09:00"}), 0u);
  EXPECT_EQ(count({.key = "' OR true --"}), 0u);
}

TEST_F(PgCallsTest, ShowsTheNewestFirstAndGoesOnFromThere) {
  for (int i = 0; i < 5; ++i) Write({Ended(Begun("challenge", ""), "answered")});
  const CallPage first = Find({.page_size = 2});
  ASSERT_EQ(first.rows.size(), 2u);
  EXPECT_TRUE(first.more);
  EXPECT_GT(first.rows[0].number, first.rows[1].number);
  const CallPage rest = Find({.page_size = 3, .before = first.rows[1].number});
  EXPECT_EQ(rest.rows.size(), 3u);
  EXPECT_FALSE(rest.more);
}

}  // namespace
}  // namespace madoguchi::store
