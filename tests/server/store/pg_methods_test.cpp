// SPDX-License-Identifier: Apache-2.0
// The rules which ways of checking are allowed, and the SQL function that the intent of a press asks, on the real
// database.
#include "server/store/pg_methods.h"

#include <gmock/gmock.h>

#include <future>

#include "server/account/desks.h"
#include "server/store/pg_desks.h"
#include "server/store/pg_trail.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using check::MethodRule;
using testing::ElementsAre;

constexpr char kUnknownDesk[] = "00000000-0000-4000-8000-000000000000";
constexpr char kMondayNoon[] = "2026-11-23 12:00:00+09";

class PgMethodsTest : public StoreTest {
 protected:
  // What is allowed at desk one at that moment, as the intent asks.
  std::string AllowedAt(const std::string& moment) const {
    return Sql("SELECT array_to_string(methods_allowed('" + desk_one_ + "', '" + moment + "'), ',')");
  }
  std::int64_t Add(const MethodRule& rule) {
    const Result<std::int64_t> added = methods_.Add(rule, act_, Soon());
    EXPECT_EQ(CodeOf(added), 0);
    return added.ok() ? *added : 0;
  }
  static MethodRule Rule(std::vector<std::string> methods, int from = 0, int until = check::kMinutesOfDay,
                         std::vector<int> weekdays = {}) {
    MethodRule rule;
    rule.methods = std::move(methods);
    rule.from_minute = from;
    rule.until_minute = until;
    rule.weekdays = std::move(weekdays);
    return rule;
  }
  MethodRule OfDesk(std::vector<std::string> methods) const {
    MethodRule rule = Rule(std::move(methods));
    rule.desk_id = desk_one_;
    return rule;
  }
  static MethodRule OfZone(const std::string& zone, std::vector<std::string> methods) {
    MethodRule rule = Rule(std::move(methods));
    rule.zone = zone;
    return rule;
  }
  int Events(const std::string& action) const { return Count("audit_event WHERE action = '" + action + "'"); }

  AnswerLimit limit_;
  PgPool pool_{server_url(), 4, limit_};
  PgMethods methods_{pool_, "server-one"};
  const check::MethodAct act_{"ada@clinic.example", {}};
  const check::MethodAct elsewhere_{"ada@clinic.example", {"1331234560"}};
};

TEST_F(PgMethodsTest, WithoutARuleEveryMethodIsAllowed) {
  EXPECT_EQ(AllowedAt(kMondayNoon), "pin,sight,number");
}

TEST_F(PgMethodsTest, ADeskComesBeforeItsZoneAndTheZoneBeforeAll) {
  ASSERT_EQ(CodeOf(methods_.SetZone(desk_one_, "2階", act_, Soon())), 0);
  const std::int64_t desk = Add(OfDesk({"pin"}));
  const std::int64_t zone = Add(OfZone("2階", {"sight"}));
  Add(OfZone("別館", {"pin", "sight"}));
  Add(Rule({"number"}));
  EXPECT_EQ(AllowedAt(kMondayNoon), "pin");
  ASSERT_EQ(CodeOf(methods_.Remove(desk, act_, Soon())), 0);
  EXPECT_EQ(AllowedAt(kMondayNoon), "sight");
  ASSERT_EQ(CodeOf(methods_.Remove(zone, act_, Soon())), 0);
  EXPECT_EQ(AllowedAt(kMondayNoon), "number");
}

TEST_F(PgMethodsTest, AmongEqualRulesTheNewestCountsAlsoWhenItAllowsNothing) {
  Add(Rule({"pin"}));
  Add(Rule({"sight"}));
  EXPECT_EQ(AllowedAt(kMondayNoon), "sight");
  Add(Rule({}));
  EXPECT_EQ(AllowedAt(kMondayNoon), "");
}

TEST_F(PgMethodsTest, ADeskWithoutAZoneIsInNone) {
  Add(OfZone("2階", {"pin"}));
  EXPECT_EQ(AllowedAt(kMondayNoon), "pin,sight,number");
  ASSERT_EQ(CodeOf(methods_.SetZone(desk_one_, "2階", act_, Soon())), 0);
  EXPECT_EQ(AllowedAt(kMondayNoon), "pin");
  ASSERT_EQ(CodeOf(methods_.SetZone(desk_one_, "", act_, Soon())), 0);
  EXPECT_EQ(AllowedAt(kMondayNoon), "pin,sight,number");
}

TEST_F(PgMethodsTest, AWindowBeginsWithItsFirstMinuteAndEndsBeforeItsLast) {
  Add(Rule({"pin"}, 9 * 60, 12 * 60 + 30));
  EXPECT_EQ(AllowedAt("2026-11-23 08:59:59.999+09"), "pin,sight,number");
  EXPECT_EQ(AllowedAt("2026-11-23 09:00:00+09"), "pin");
  EXPECT_EQ(AllowedAt("2026-11-23 12:29:59.999+09"), "pin");
  EXPECT_EQ(AllowedAt("2026-11-23 12:30:00+09"), "pin,sight,number");
}

TEST_F(PgMethodsTest, TimesAndDaysAreJapansWhateverTheDatabaseThinks) {
  Sql("ALTER DATABASE " + database_ + " SET timezone = 'America/New_York'");
  Add(Rule({"pin"}, 8 * 60, 9 * 60, {1}));
  EXPECT_EQ(AllowedAt("2026-11-22 23:30:00+00"), "pin");               // Monday 08:30 in Japan
  EXPECT_EQ(AllowedAt("2026-11-23 08:30:00+00"), "pin,sight,number");  // Monday 17:30 in Japan
}

TEST_F(PgMethodsTest, DaysAreMondayToSunday) {
  Add(Rule({"pin"}, 0, check::kMinutesOfDay, {1, 2, 3, 4, 5}));
  Add(Rule({"sight"}, 0, check::kMinutesOfDay, {7}));
  EXPECT_EQ(AllowedAt("2026-11-23 00:00:00+09"), "pin");               // Monday
  EXPECT_EQ(AllowedAt("2026-11-27 23:59:59+09"), "pin");               // Friday
  EXPECT_EQ(AllowedAt("2026-11-28 12:00:00+09"), "pin,sight,number");  // Saturday
  EXPECT_EQ(AllowedAt("2026-11-29 12:00:00+09"), "sight");             // Sunday
}

TEST_F(PgMethodsTest, AWindowOverMidnightIsOfTheDayItBeginsOn) {
  Add(Rule({"pin"}, 22 * 60, 6 * 60, {7}));
  EXPECT_EQ(AllowedAt("2026-11-29 05:59:00+09"), "pin,sight,number");  // Sunday morning is Saturday's night
  EXPECT_EQ(AllowedAt("2026-11-29 22:00:00+09"), "pin");               // Sunday
  EXPECT_EQ(AllowedAt("2026-11-30 05:59:59+09"), "pin");               // until Monday, six
  EXPECT_EQ(AllowedAt("2026-11-30 06:00:00+09"), "pin,sight,number");
  EXPECT_EQ(AllowedAt("2026-11-30 22:30:00+09"), "pin,sight,number");  // Monday's night is not Sunday's
}

TEST_F(PgMethodsTest, AWindowThatEndsAsItBeginsLastsADay) {
  Add(Rule({"pin"}, 9 * 60, 9 * 60, {1}));
  EXPECT_EQ(AllowedAt("2026-11-23 08:59:00+09"), "pin,sight,number");
  EXPECT_EQ(AllowedAt("2026-11-23 09:00:00+09"), "pin");
  EXPECT_EQ(AllowedAt("2026-11-24 08:59:00+09"), "pin");
  EXPECT_EQ(AllowedAt("2026-11-24 09:00:00+09"), "pin,sight,number");
}

TEST_F(PgMethodsTest, ARuleThatDoesNotFitNowLeavesTheChoiceToALessExactOne) {
  MethodRule rule = OfDesk({});
  rule.until_minute = 9 * 60;
  Add(rule);
  Add(Rule({"pin"}));
  EXPECT_EQ(AllowedAt(kMondayNoon), "pin");
  EXPECT_EQ(AllowedAt("2026-11-23 08:00:00+09"), "");
}

TEST_F(PgMethodsTest, EveryChangeIsInTheTrailWithWhatItSaid) {
  const std::int64_t number = Add(Rule({"pin", "sight"}, 9 * 60, 12 * 60, {1, 5}));
  ASSERT_EQ(CodeOf(methods_.Remove(number, act_, Soon())), 0);
  ASSERT_EQ(CodeOf(methods_.SetZone(desk_one_, "2階", act_, Soon())), 0);
  const std::string said = "rule=" + std::to_string(number) + " days=1,5 09:00-12:00 methods=pin,sight";
  EXPECT_EQ(Sql("SELECT detail FROM audit_event WHERE action = 'check.method_rule_added'"), said);
  EXPECT_EQ(Sql("SELECT detail FROM audit_event WHERE action = 'check.method_rule_removed'"), said);
  EXPECT_EQ(Sql("SELECT concat(desk_id, ' ', detail, ' ', actor) FROM audit_event WHERE action = 'check.zone_set'"),
            desk_one_ + " zone=2階 ada@clinic.example");
}

TEST_F(PgMethodsTest, ListsTheRulesAndWhatFollowsFromThemDeskByDesk) {
  ASSERT_EQ(CodeOf(methods_.SetZone(desk_one_, "2階", act_, Soon())), 0);
  const std::int64_t one = Add(OfDesk({"sight"}));
  Add(OfZone("2階", {"pin"}));
  const auto rules = methods_.List({}, Soon());
  ASSERT_EQ(rules->size(), 2u);
  EXPECT_EQ((*rules)[0].number, one);
  EXPECT_EQ((*rules)[0].desk_name, "desk one");
  EXPECT_EQ((*rules)[0].made_by, "ada@clinic.example");
  EXPECT_EQ((*rules)[1].zone, "2階");
  EXPECT_EQ((*rules)[1].from_minute, 0);
  EXPECT_EQ((*rules)[1].until_minute, check::kMinutesOfDay);
  const auto desks = methods_.Now({}, Soon());
  ASSERT_EQ(desks->size(), 2u);
  EXPECT_EQ((*desks)[0].zone, "2階");
  EXPECT_THAT((*desks)[0].methods, ElementsAre("sight"));
  EXPECT_THAT((*desks)[1].methods, ElementsAre("pin", "sight", "number"));
}

TEST_F(PgMethodsTest, WhoActsForOtherInstitutionsSeesAndChangesNothingOfThisDesk) {
  const std::int64_t desk = Add(OfDesk({"pin"}));
  const std::int64_t all = Add(Rule({"pin"}));
  EXPECT_EQ(methods_.List(elsewhere_.allowed, Soon())->size(), 1u);  // the rule for all
  EXPECT_TRUE(methods_.Now(elsewhere_.allowed, Soon())->empty());
  const int refused = Number(ErrorCode::kInstitutionNotAllowed);
  EXPECT_EQ(CodeOf(methods_.Add(OfDesk({}), elsewhere_, Soon())), refused);
  EXPECT_EQ(CodeOf(methods_.Add(Rule({}), elsewhere_, Soon())), refused);
  EXPECT_EQ(CodeOf(methods_.Add(OfZone("2階", {}), elsewhere_, Soon())), refused);
  EXPECT_EQ(CodeOf(methods_.Remove(desk, elsewhere_, Soon())), refused);
  EXPECT_EQ(CodeOf(methods_.Remove(all, elsewhere_, Soon())), refused);
  EXPECT_EQ(CodeOf(methods_.SetZone(desk_one_, "2階", elsewhere_, Soon())), refused);
  EXPECT_EQ(Count("method_rule"), 2);
  EXPECT_EQ(CodeOf(methods_.Remove(desk, {"ben@clinic.example", {"1311234567"}}, Soon())), 0);
}

TEST_F(PgMethodsTest, RefusesADeskThatIsNotThereOrNotAnyMore) {
  MethodRule rule = OfDesk({"pin"});
  rule.desk_id = kUnknownDesk;
  EXPECT_EQ(CodeOf(methods_.Add(rule, act_, Soon())), Number(ErrorCode::kDeskUnknown));
  rule.desk_id = "' OR true --";
  EXPECT_EQ(CodeOf(methods_.Add(rule, act_, Soon())), Number(ErrorCode::kDeskUnknown));
  EXPECT_EQ(CodeOf(methods_.SetZone(kUnknownDesk, "2階", act_, Soon())), Number(ErrorCode::kDeskUnknown));
  Sql("UPDATE desk SET status = 'revoked' WHERE desk_id = '" + desk_one_ + "'");
  EXPECT_EQ(CodeOf(methods_.Add(OfDesk({"pin"}), act_, Soon())), Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(CodeOf(methods_.Remove(7, act_, Soon())), Number(ErrorCode::kNotFoundHere));
  EXPECT_EQ(CodeOf(methods_.Remove(0, act_, Soon())), Number(ErrorCode::kNotFoundHere));
  EXPECT_EQ(Events("check.method_rule_added") + Events("check.zone_set"), 0);
}

TEST_F(PgMethodsTest, TwoHundredRulesAreEnoughAlsoWhenManyAddAtOnce) {
  Sql("INSERT INTO method_rule (methods, made_by) SELECT '{pin}', 'ada' FROM generate_series(1, " +
      std::to_string(check::kMethodRulesMax - 1) + ")");
  const auto add = [this] { return CodeOf(methods_.Add(Rule({"pin"}), act_, Soon())); };
  std::vector<std::future<int>> several;
  for (int i = 0; i < 3; ++i) several.push_back(std::async(std::launch::async, add));
  int added = 0;
  for (auto& one : several) added += one.get() == 0 ? 1 : 0;
  EXPECT_EQ(added, 1);
  EXPECT_EQ(Count("method_rule"), check::kMethodRulesMax);
}

TEST_F(PgMethodsTest, TheIntentOfAPressAsksTheRulesAtThatMoment) {
  PgTrail trail(server_url(), "server-one", limit_);
  const std::int64_t number = Add(OfDesk({"sight"}));
  EXPECT_EQ(CodeOf(trail.RecordIntent(Intent(), Soon())), Number(ErrorCode::kMethodNotAllowedHere));
  ASSERT_EQ(CodeOf(methods_.Remove(number, act_, Soon())), 0);
  EXPECT_EQ(CodeOf(trail.RecordIntent(Intent(), Soon())), 0);
}

TEST_F(PgMethodsTest, ThePcThatTakesASeatOverKeepsItsZoneAndRules) {
  PgDesks desks(pool_, "server-one");
  ASSERT_EQ(CodeOf(methods_.SetZone(desk_one_, "2階", act_, Soon())), 0);
  Add(OfDesk({"pin"}));
  const auto replaced =
      desks.Replace({desk_one_, "broken", "ada@clinic.example", {}}, {"", "", Bytes(32, 7)}, 60, Soon());
  ASSERT_EQ(CodeOf(replaced), 0);
  const std::string successor = replaced->prepared.desk.desk_id;
  EXPECT_EQ(Sql("SELECT zone FROM desk WHERE desk_id = '" + successor + "'"), "2階");
  EXPECT_EQ(Sql("SELECT desk_id FROM method_rule"), successor);
}

}  // namespace
}  // namespace madoguchi::store
