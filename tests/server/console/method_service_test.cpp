// SPDX-License-Identifier: Apache-2.0
#include "server/console/method_service.h"

#include <gmock/gmock.h>

#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;
using testing::ElementsAre;

class MethodServiceTest : public ConsoleTest {
 protected:
  MethodServiceTest() {
    Serve({&service_});
    stub_ = v1::MethodService::NewStub(Channel());
    token_ = Session(kAda);
  }
  ~MethodServiceTest() override { StopServing(); }
  int Add(const v1::MethodRule& rule) {
    v1::AddMethodRuleRequest request;
    *request.mutable_rule() = rule;
    v1::AddMethodRuleResponse response;
    status_ = stub_->Add(As(token_).get(), request, &response);
    number_ = response.number();
    return CodeOfCall(status_);
  }
  // The fields that are refused.
  static std::vector<std::string> Wrong(const v1::MethodRule& rule) {
    account::Problems problems;
    ReadRule(rule, problems);
    std::vector<std::string> fields;
    for (const account::Problem& problem : problems) fields.push_back(problem.field);
    return fields;
  }
  static v1::MethodRule PinAtNight() {
    v1::MethodRule rule;
    rule.add_weekdays(7);
    rule.add_weekdays(6);
    rule.add_weekdays(7);
    rule.set_from("22:00");
    rule.set_until("06:30");
    rule.add_methods(v1::PIN);
    return rule;
  }

  MethodService service_{*guard_, store_->methods()};
  std::unique_ptr<v1::MethodService::Stub> stub_;
  std::string token_;
  grpc::Status status_;
  std::int64_t number_ = 0;
};

TEST_F(MethodServiceTest, AddsListsAndRemovesARule) {
  ASSERT_EQ(Add(PinAtNight()), 0);
  v1::ListMethodRulesResponse list;
  ASSERT_TRUE(stub_->List(As(Session(kViv)).get(), {}, &list).ok());
  ASSERT_EQ(list.rules_size(), 1);
  const v1::MethodRule& rule = list.rules(0);
  EXPECT_EQ(rule.number(), number_);
  EXPECT_THAT(rule.weekdays(), ElementsAre(6, 7));
  EXPECT_EQ(rule.from() + " " + rule.until(), "22:00 06:30");
  EXPECT_THAT(rule.methods(), ElementsAre(v1::PIN));
  EXPECT_EQ(rule.made_by(), kAda);
  ASSERT_EQ(list.desks_size(), 2);
  EXPECT_EQ(list.desks(0).desk_name(), "desk one");
  v1::RemoveMethodRuleRequest remove;
  remove.set_number(number_);
  v1::RemoveMethodRuleResponse removed;
  ASSERT_TRUE(stub_->Remove(As(token_).get(), remove, &removed).ok());
  EXPECT_EQ(CodeOfCall(stub_->Remove(As(token_).get(), remove, &removed)), Number(ErrorCode::kNotFoundHere));
  EXPECT_EQ(Events("check.method_rule_added") + Events("check.method_rule_removed"), 2);
}

TEST_F(MethodServiceTest, OnlyAdministratorsChangeRules) {
  token_ = Session(kViv);
  EXPECT_EQ(Add(PinAtNight()), Number(ErrorCode::kRoleNotAllowed));
  token_ = Session(kAud);
  v1::SetZoneRequest zone;
  zone.set_desk_id(desk_one_);
  zone.set_zone("2階");
  v1::SetZoneResponse set;
  EXPECT_EQ(CodeOfCall(stub_->SetZone(As(token_).get(), zone, &set)), Number(ErrorCode::kRoleNotAllowed));
  EXPECT_EQ(Count("method_rule"), 0);
}

TEST_F(MethodServiceTest, AnAdministratorOfOneInstitutionRulesItsDesksOnly) {
  AddUser("one@clinic.example", "administrator", {kOtherInstitution});
  token_ = Session("one@clinic.example");
  EXPECT_EQ(Add(PinAtNight()), Number(ErrorCode::kInstitutionNotAllowed));
  v1::MethodRule rule = PinAtNight();
  rule.set_desk_id(desk_one_);
  EXPECT_EQ(Add(rule), Number(ErrorCode::kInstitutionNotAllowed));
}

TEST_F(MethodServiceTest, ADeskIsPutIntoAZoneAndOutOfItAgain) {
  v1::SetZoneRequest zone;
  zone.set_desk_id(desk_one_);
  zone.set_zone("2階");
  v1::SetZoneResponse set;
  ASSERT_TRUE(stub_->SetZone(As(token_).get(), zone, &set).ok());
  v1::ListMethodRulesResponse list;
  ASSERT_TRUE(stub_->List(As(token_).get(), {}, &list).ok());
  EXPECT_EQ(list.desks(0).zone(), "2階");
  zone.clear_zone();
  ASSERT_TRUE(stub_->SetZone(As(token_).get(), zone, &set).ok());
  EXPECT_EQ(Count("desk WHERE zone IS NOT NULL"), 0);
  zone.set_zone("\u202E2階");
  const grpc::Status refused = stub_->SetZone(As(token_).get(), zone, &set);
  EXPECT_EQ(CodeOfCall(refused), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(RefusalOf(refused).problems(0).field(), "zone");
}

TEST_F(MethodServiceTest, EveryFieldThatIsWrongIsNamed) {
  v1::MethodRule rule;
  rule.set_desk_id(desk_one_);
  rule.set_zone("2階");
  rule.add_weekdays(0);
  rule.set_from("24:00");
  rule.set_until("9:00");
  rule.add_methods(v1::METHOD_UNSPECIFIED);
  EXPECT_THAT(Wrong(rule), ElementsAre("zone", "weekdays", "from", "until", "methods"));
  EXPECT_EQ(Add(rule), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(RefusalOf(status_).problems_size(), 5);
  EXPECT_THAT(Wrong({}), ElementsAre());  // for all, always, no method
  for (const char* bad : {"12:60", "ab:cd", "24:01", "1200", "12:00 ", "-1:00"}) {
    v1::MethodRule times;
    times.set_until(bad);
    EXPECT_THAT(Wrong(times), ElementsAre("until")) << bad;
  }
  v1::MethodRule long_zone;
  long_zone.set_zone(std::string(check::kZoneCharactersMax + 1, 'x'));
  EXPECT_THAT(Wrong(long_zone), ElementsAre("zone"));
}

TEST_F(MethodServiceTest, WhoAddsOneRuleTooManyIsToldToRemoveOthers) {
  Sql("INSERT INTO method_rule (methods, made_by) SELECT '{pin}', 'ada' FROM generate_series(1, " +
      std::to_string(check::kMethodRulesMax) + ")");
  EXPECT_EQ(Add(PinAtNight()), Number(ErrorCode::kFieldInvalid));
  ASSERT_EQ(RefusalOf(status_).problems_size(), 1);
  EXPECT_EQ(RefusalOf(status_).problems(0).field(), "rule");
}

TEST_F(MethodServiceTest, UntilMidnightIsTheEndOfTheDay) {
  account::Problems problems;
  v1::MethodRule rule;
  rule.set_from("09:00");
  for (const char* midnight : {"00:00", "24:00", ""}) {
    rule.set_until(midnight);
    EXPECT_EQ(ReadRule(rule, problems).until_minute, check::kMinutesOfDay) << midnight;
  }
  EXPECT_TRUE(problems.empty());
}

}  // namespace
}  // namespace madoguchi::console
