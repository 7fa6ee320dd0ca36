// SPDX-License-Identifier: Apache-2.0
// Operators as a whole: account/operators.h over the real database, with real hashes.
#include "server/store/pg_staff.h"

#include <gmock/gmock.h>

#include "server/account/operators.h"
#include "server/store/pg_log_ins.h"
#include "server/store/pg_releases.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

constexpr char kAdmin[] = "ada@clinic.example";

class PgStaffTest : public StoreTest {
 protected:
  std::string Add(const std::string& code, const std::string& name = "山田 花子") {
    problems_.clear();
    const Result<std::string> pin = operators_.Add(code, name, kAdmin, problems_, Soon());
    added_ = CodeOf(pin);
    return pin.ok() ? *pin : "";
  }
  int SignIn(const std::string& desk_id, const std::string& code, const std::string& pin) {
    const auto signed_in = operators_.SignIn(desk_id, code, AsBytes(pin), refusal_, Soon());
    must_change_ = signed_in.ok() && signed_in->pin_must_change;
    return CodeOf(signed_in);
  }
  int ChangePin(const std::string& code, const std::string& old_pin, const std::string& new_pin) {
    return CodeOf(operators_.ChangePin(desk_one_, code, AsBytes(old_pin), AsBytes(new_pin), refusal_, Soon()));
  }
  // An operator with a PIN of their own.
  void Make(const std::string& code, const std::string& pin) {
    const std::string first = Add(code);
    ASSERT_EQ(ChangePin(code, first, pin), 0);
  }
  std::string SignedIn() const {
    return Sql("SELECT string_agg(desk_id || '=' || staff_code, ',' ORDER BY staff_code) FROM operator_sign_in");
  }
  int Events(const std::string& action) const { return Count("audit_event WHERE action = '" + action + "'"); }

  AnswerLimit limit_;
  PgPool pool_{server_url(), 4, limit_};
  PgStaff staff_{pool_, "server-one"};
  PgLogIns log_ins_{pool_, "server-one"};
  PgReleases book_{pool_, "server-one"};
  const audit::KeyedHash hash_{Bytes(32, 0x11)};
  account::Operators operators_{{staff_, hash_, account::LockPolicy::kPerSource, std::chrono::seconds(300)}};
  account::LogInRefusal refusal_;
  account::Problems problems_;
  int added_ = 0;
  bool must_change_ = false;
};

TEST_F(PgStaffTest, AFirstPinSignsNobodyInUntilItIsChanged) {
  const std::string first = Add("A1");
  ASSERT_EQ(first.size(), 6u);
  EXPECT_EQ(SignIn(desk_one_, "A1", first), 0);
  EXPECT_TRUE(must_change_);
  EXPECT_EQ(SignedIn(), "");
  EXPECT_EQ(ChangePin("A1", first, "7777"), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(ChangePin("A1", first, first), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(ChangePin("A1", first, "2468"), 0);
  EXPECT_EQ(SignIn(desk_one_, "A1", "2468"), 0);
  EXPECT_FALSE(must_change_);
  EXPECT_EQ(SignedIn(), desk_one_ + "=A1");
  EXPECT_EQ(SignIn(desk_one_, "A1", first), Number(ErrorCode::kOperatorRefused));
}

TEST_F(PgStaffTest, OneOperatorIsAtADeskAndSignInOpensNoOther) {
  Make("A1", "2468");
  Make("B2", "1357");
  ASSERT_EQ(SignIn(desk_one_, "A1", "2468"), 0);
  EXPECT_EQ(SignedIn(), desk_one_ + "=A1");
  ASSERT_EQ(SignIn(desk_one_, "B2", "1357"), 0);
  EXPECT_EQ(SignedIn(), desk_one_ + "=B2");
  EXPECT_EQ(
      Count("audit_event WHERE action = 'account.operator_switched' AND actor = 'staff:A1' AND detail = 'to=staff:B2'"),
      1);
  ASSERT_EQ(CodeOf(operators_.SignOut(desk_one_, Soon())), 0);
  EXPECT_EQ(SignedIn(), "");
  EXPECT_EQ(Count("audit_event WHERE action = 'account.operator_signed_out' AND actor = 'staff:B2'"), 1);
}

TEST_F(PgStaffTest, AnIdleOperatorIsSignedOutAndTheDeskSaysSoAtOnce) {
  Make("A1", "2468");
  ASSERT_EQ(SignIn(desk_one_, "A1", "2468"), 0);
  const auto before = log_ins_.Describe(desk_one_, CertificateOf(desk_one_), Soon());
  EXPECT_EQ(before->operator_code, "A1");
  EXPECT_GT(before->operator_idle, std::chrono::minutes(4));
  EXPECT_EQ(*book_.EndIdleOperators(Soon()), 0);
  Sql("UPDATE operator_sign_in SET last_used_at = clock_timestamp() - interval '300 seconds'");
  EXPECT_EQ(log_ins_.Describe(desk_one_, CertificateOf(desk_one_), Soon())->operator_code, "");
  EXPECT_EQ(*book_.EndIdleOperators(Soon()), 1);
  EXPECT_EQ(SignedIn(), "");
  EXPECT_EQ(Count("audit_event WHERE action = 'account.operator_locked' AND detail = 'idle'"), 1);
}

TEST_F(PgStaffTest, FiveWrongPinsLockThisCodeAtThisDeskKnownOrNot) {
  Make("A1", "2468");
  for (const char* code : {"A1", "ZZ9", "not a code"}) {
    for (int i = 1; i < account::kFailuresMax; ++i)
      EXPECT_EQ(SignIn(desk_one_, code, "0000"), Number(ErrorCode::kOperatorRefused));
    EXPECT_EQ(SignIn(desk_one_, code, "0000"), Number(ErrorCode::kLogInLocked));
    EXPECT_GT(refusal_.locked_for.count(), 0);
  }
  EXPECT_EQ(SignIn(desk_one_, "A1", "2468"), Number(ErrorCode::kLogInLocked));
  EXPECT_EQ(SignIn(desk_two_, "A1", "2468"), 0);
  EXPECT_EQ(Count("audit_event WHERE actor LIKE '%ZZ9%' OR actor LIKE '%not a code%'"), 0);
  const auto roster = operators_.List(Soon());
  ASSERT_EQ(roster->staff.size(), 1u);
  EXPECT_FALSE(roster->staff[0].locked_until.empty());
}

TEST_F(PgStaffTest, APinThatCouldNotBeComparedDoesNotCount) {
  Make("A1", "2468");
  Sql("UPDATE staff SET pin_hash = '$argon2id$damaged'");
  for (int i = 0; i < 7; ++i) EXPECT_EQ(SignIn(desk_one_, "A1", "2468"), Number(ErrorCode::kInternalError));
  EXPECT_EQ(Count("log_in_failure WHERE failures > 0 OR locked_until IS NOT NULL"), 0);
}

TEST_F(PgStaffTest, TheRosterHoldsAsManyAsWereAppliedFor) {
  Sql("INSERT INTO application (application_id, institution_code, kind, state, applicant, staff_count, devices, "
      "created_by, decided_at) "
      "VALUES (gen_random_uuid(), '1311234567', 'use', 'accepted', 'x', 2, 1, 'x', now())");
  Add("A1"), Add("B2");
  EXPECT_EQ(added_, 0);
  Add("C3");
  EXPECT_EQ(added_, Number(ErrorCode::kRosterFull));
  EXPECT_EQ(CodeOf(operators_.Remove("A1", kAdmin, Soon())), 0);
  Add("C3");
  EXPECT_EQ(added_, 0);
  EXPECT_EQ(operators_.List(Soon())->most, 2u);
}

TEST_F(PgStaffTest, ACodeIsOnePersonForEver) {
  Add("A1");
  ASSERT_EQ(CodeOf(operators_.Remove("A1", kAdmin, Soon())), 0);
  EXPECT_EQ(CodeOf(operators_.Remove("A1", kAdmin, Soon())), Number(ErrorCode::kNotFoundHere));
  Add("A1");
  EXPECT_EQ(added_, Number(ErrorCode::kFieldInvalid));
  ASSERT_EQ(problems_.size(), 1u);
  EXPECT_EQ(problems_[0].field, "staff_code");
}

TEST_F(PgStaffTest, CodesAndNamesAreLookedAt) {
  for (const char* code : {"", "a1", "A1-", "ABCDEFGHIJKLM", "'; DROP TABLE staff --"}) {
    Add(code);
    EXPECT_EQ(added_, Number(ErrorCode::kFieldInvalid)) << code;
  }
  for (const char* name : {"", "山田\n花子", "\u202Eexe.fdp"}) {
    Add("A1", name);
    EXPECT_EQ(added_, Number(ErrorCode::kFieldInvalid));
    EXPECT_EQ(problems_.at(0).field, "name");
  }
  Add("A1", "Robert'); DROP TABLE staff;--");
  EXPECT_EQ(added_, 0);
  EXPECT_EQ(operators_.List(Soon())->staff.at(0).name, "Robert'); DROP TABLE staff;--");
}

TEST_F(PgStaffTest, RemovalAndANewPinEndTheSignInAndTheLock) {
  Make("A1", "2468");
  ASSERT_EQ(SignIn(desk_one_, "A1", "2468"), 0);
  for (int i = 0; i < account::kFailuresMax; ++i) SignIn(desk_two_, "A1", "0000");
  const auto pin = operators_.ResetPin("A1", kAdmin, Soon());
  ASSERT_EQ(CodeOf(pin), 0);
  EXPECT_EQ(SignedIn(), "");
  EXPECT_EQ(SignIn(desk_two_, "A1", *pin), 0);
  EXPECT_TRUE(must_change_);
  ASSERT_EQ(ChangePin("A1", *pin, "1928"), 0);
  ASSERT_EQ(SignIn(desk_one_, "A1", "1928"), 0);
  ASSERT_EQ(CodeOf(operators_.Remove("A1", kAdmin, Soon())), 0);
  EXPECT_EQ(SignedIn(), "");
  EXPECT_EQ(SignIn(desk_one_, "A1", "1928"), Number(ErrorCode::kOperatorRefused));
}

TEST_F(PgStaffTest, NoPinAndNoNameIsInTheTrail) {
  const std::string first = Add("A1", "目印 太郎");
  ChangePin("A1", first, "83947261");
  SignIn(desk_one_, "A1", "83947261");
  for (const std::string& secret : {first, std::string("83947261"), std::string("目印")})
    EXPECT_EQ(Count("audit_event AS row WHERE row.detail || coalesce(row.actor, '') LIKE '%" + secret + "%'"), 0);
  EXPECT_EQ(
      Events("account.staff_added") + Events("account.operator_pin_changed") + Events("account.operator_signed_in"), 3);
}

}  // namespace
}  // namespace madoguchi::store
