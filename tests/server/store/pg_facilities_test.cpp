// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_facilities.h"

#include <set>

#include "server/store/pg_applications.h"
#include "tests/server/account/sealed_test.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

constexpr char kBy[] = "hanako@example.jp";

// The desks the database speaks of.
class Heard : public pqxx::notification_receiver {
 public:
  explicit Heard(pqxx::connection& connection) : notification_receiver(connection, "madoguchi_desk") {}
  void operator()(const std::string& payload, int) override { desks.insert(payload); }
  std::set<std::string> desks;
};

class PgFacilitiesTest : public StoreTest {
 protected:
  account::NewInstitution New(const std::string& seven_digits = "1013719",
                              const std::string& mail = "taro@example.jp") {
    account::NewInstitution made;
    made.registration = {1,  1,      seven_digits, "窓口'診療所", "試験　花子", "011-000-0000", "paper_claims",
                         "", "試験", "太郎",       mail};
    made.password_hash = "$argon2id$test";
    made.mail = *account::SealMail(seal_, {mail, "user.first_password", "s", "t"});
    made.by = kBy;
    return made;
  }
  Result<account::Registered> Register(const account::NewInstitution& made) {
    problems_.clear();
    return book_.Register(made, problems_, Soon());
  }
  Result<std::uint32_t> Plan(const std::string& from, const std::string& to, const std::string& on,
                             bool recorded_only = true) {
    problems_.clear();
    return book_.PlanMove({from, to, on, kBy, {}, recorded_only}, problems_, Soon());
  }
  std::string Today() { return *book_.Today(Soon()); }
  const crypto::Seal seal_ = account::TestSeal();
  account::Problems problems_;
  AnswerLimit limit_;
  PgPool pool_{server_url(), 2, limit_};
  PgFacilities book_{pool_, "server-one"};
};

TEST_F(PgFacilitiesTest, RegistersAnInstitutionItsApplicantAndTheMailTogether) {
  const auto registered = Register(New());
  ASSERT_EQ(CodeOf(registered), 0);
  EXPECT_EQ(registered->institution.code, "0111013719");
  EXPECT_EQ(registered->institution.name, "窓口'診療所");
  EXPECT_TRUE(registered->user_is_new);
  EXPECT_EQ(Sql("SELECT user_id || role || password_must_change || credentials_made_by FROM console_user"),
            "taro@example.jpadministratortruehanako@example.jp");
  EXPECT_EQ(Count("outgoing_mail WHERE recipient = 'taro@example.jp'"), 1);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.institution_registered' AND institution_code = '0111013719' AND "
                  "actor = 'hanako@example.jp'"),
            1);
}

TEST_F(PgFacilitiesTest, AKnownApplicantGetsNoSecondPassword) {
  ASSERT_EQ(CodeOf(Register(New())), 0);
  const auto second = Register(New("1013720"));
  ASSERT_EQ(CodeOf(second), 0);
  EXPECT_FALSE(second->user_is_new);
  EXPECT_EQ(Count("outgoing_mail"), 1);
}

TEST_F(PgFacilitiesTest, RefusesACodeThatIsRegisteredAlreadyAndNamesTheField) {
  ASSERT_EQ(CodeOf(Register(New())), 0);
  EXPECT_EQ(CodeOf(Register(New("1013719", "jiro@example.jp"))), Number(ErrorCode::kFieldInvalid));
  ASSERT_EQ(problems_.size(), 1U);
  EXPECT_EQ(problems_[0].field, "code");
  EXPECT_EQ(Count("console_user WHERE user_id = 'jiro@example.jp'"), 0);
}

TEST_F(PgFacilitiesTest, FillsInACodeThatWasOnlyKnownFromADesk) {
  account::NewInstitution made = New("1234567");
  made.registration.prefecture = 13;
  const auto registered = Register(made);
  ASSERT_EQ(CodeOf(registered), 0);
  EXPECT_EQ(registered->institution.accounts_active, 2U);
}

TEST_F(PgFacilitiesTest, ChangesWhatIsGivenAndDropsAnEndThatNoLongerHolds) {
  account::NewInstitution made = New();
  made.registration.category = "temporary";
  made.registration.category_ends_on = "2030-01-01";
  ASSERT_EQ(CodeOf(Register(made)), 0);
  const auto changed = book_.Change({"0111013719", "", "", "03-0000-0000", "therapist", ""}, kBy, Soon());
  ASSERT_EQ(CodeOf(changed), 0);
  EXPECT_EQ(changed->phone + changed->category + changed->category_ends_on, "03-0000-0000therapist");
  EXPECT_EQ(changed->name, "窓口'診療所");
  EXPECT_EQ(CodeOf(book_.Change({"0199999999", "", "", "1", "", ""}, kBy, Soon())),
            Number(ErrorCode::kInstitutionUnknown));
}

TEST_F(PgFacilitiesTest, AStartDateIsAnApplicationToTheNationalSide) {
  ASSERT_EQ(CodeOf(Register(New())), 0);
  const auto started = book_.SetStart("0111013719", "2026-12-01", false, kBy, Soon());
  ASSERT_EQ(CodeOf(started), 0);
  EXPECT_EQ(started->starts_on, "2026-12-01");
  EXPECT_EQ(Sql("SELECT kind || ' ' || state || ' ' || effective_on FROM application"),
            "start_of_operation submitted 2026-12-01");
  ASSERT_EQ(CodeOf(book_.SetStart("0111013719", "2026-12-02", true, kBy, Soon())), 0);
  EXPECT_EQ(Count("application WHERE state = 'recorded' AND next_poll_at IS NULL"), 1);
}

TEST_F(PgFacilitiesTest, MovesEveryAccountOnTheDayAndTellsTheirDesks) {
  ASSERT_EQ(CodeOf(Register(New())), 0);
  Sql("INSERT INTO device_account (account_id, institution_code) VALUES ('W0000003', '1311234567')");
  Sql("INSERT INTO activation_code (code_hash, account_id) VALUES ('old', 'W0000003')");
  Sql("INSERT INTO sealed_sheet (account_id, sealed, source, sealed_until) VALUES ('W0000003', '\\x07', 'import', "
      "now() + interval '1 day')");
  const auto planned = Plan("1311234567", "0111013719", Today());
  ASSERT_EQ(CodeOf(planned), 0);
  EXPECT_EQ(*planned, 3U);
  const auto due = book_.DueMoves(Soon());
  ASSERT_EQ(CodeOf(due), 0);
  ASSERT_EQ(due->size(), 1U);
  EXPECT_EQ(due->at(0).sheets.at("W0000003"), Bytes{7});
  pqxx::connection listener(server_url());
  Heard heard(listener);
  const auto moved = book_.Move(due->at(0), {{"W0000003", "new"}}, Soon());
  ASSERT_EQ(CodeOf(moved), 0);
  EXPECT_EQ(*moved, 3U);
  EXPECT_EQ(Count("device_account WHERE institution_code = '0111013719'"), 3);
  while (heard.desks.size() < 2 && listener.await_notification(5, 0) > 0) {
  }
  EXPECT_EQ(heard.desks, (std::set<std::string>{desk_one_, desk_two_}));
  EXPECT_EQ(Sql("SELECT code_hash FROM activation_code WHERE void_at IS NULL"), "new");
  EXPECT_EQ(Sql("SELECT moves_to IS NULL AND ends_on IS NOT NULL FROM institution WHERE code = '1311234567'"), "t");
  EXPECT_EQ(Count("notice WHERE kind = 'institution.moved'"), 1);
  EXPECT_EQ(*book_.Move(due->at(0), {}, Soon()), 0U);  // another server had the same list
}

TEST_F(PgFacilitiesTest, AMoveIsAppliedForAndWaitsUntilTheNationalSideHasAcceptedIt) {
  PgApplications applications(pool_, "server-one");
  ASSERT_EQ(CodeOf(Register(New())), 0);
  ASSERT_EQ(CodeOf(Plan("1311234567", "0111013719", Today(), false)), 0);
  const auto due = applications.TakeDue(Soon());
  ASSERT_TRUE(due->has_value());
  EXPECT_EQ((*due)->application.kind + (*due)->application.moves_to, "change0111013719");
  EXPECT_EQ((*due)->application.effective_on, Today());
  EXPECT_TRUE(book_.DueMoves(Soon())->empty());
  EXPECT_EQ(*book_.Move({"1311234567", "0111013719", {}}, {}, Soon()), 0U);
  EXPECT_EQ(CodeOf(Plan("1311234567", "0111013719", "2100-01-01", false)), Number(ErrorCode::kStateNotPossible));
  EXPECT_NE(problems_.at(0).text_en.find("application withdraw"), std::string::npos);
  ASSERT_EQ(CodeOf(applications.Accept({(*due)->application.application_id, {}, Today(), {}}, Soon())), 0);
  ASSERT_EQ(book_.DueMoves(Soon())->size(), 1U);
  EXPECT_EQ(*book_.Move({"1311234567", "0111013719", {}}, {}, Soon()), 2U);
}

TEST_F(PgFacilitiesTest, AMoveThatTheNationalSideRejectsOrThatIsWithdrawnIsDropped) {
  PgApplications applications(pool_, "server-one");
  ASSERT_EQ(CodeOf(Register(New())), 0);
  const auto plan = [&] {
    EXPECT_EQ(CodeOf(Plan("1311234567", "0111013719", Today(), false)), 0);
    return Sql("SELECT application_id FROM application WHERE state = 'submitted'");
  };
  ASSERT_EQ(CodeOf(applications.Reject(plan(), "移行日が早すぎます", Soon())), 0);
  EXPECT_EQ(Count("institution WHERE moves_to IS NOT NULL OR moves_on IS NOT NULL"), 0);
  ASSERT_EQ(CodeOf(applications.Withdraw(plan(), "", kBy, Soon())), 0);
  EXPECT_EQ(Count("institution WHERE moves_to IS NOT NULL OR moves_on IS NOT NULL"), 0);
}

TEST_F(PgFacilitiesTest, DoesNotMoveBeforeTheDayNorToAnUnknownCode) {
  ASSERT_EQ(CodeOf(Register(New())), 0);
  EXPECT_EQ(CodeOf(Plan("1311234567", "0111013719", "2020-01-01")), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(problems_[0].field, "on");
  EXPECT_EQ(CodeOf(Plan("1311234567", "0199999999", "2100-01-01")), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(problems_[0].field, "to_code");
  ASSERT_EQ(CodeOf(Plan("1311234567", "0111013719", "2100-01-01")), 0);
  EXPECT_TRUE(book_.DueMoves(Soon())->empty());
  EXPECT_EQ(*book_.Move({"1311234567", "0111013719", {}}, {}, Soon()), 0U);
}

TEST_F(PgFacilitiesTest, DoesNotMoveWhereADeskHoldsAccountsOfBothCodes) {
  ASSERT_EQ(CodeOf(Register(New())), 0);
  Sql("INSERT INTO device_account (account_id, institution_code, desk_id, state, holder) VALUES ('W0000009', "
      "'0111013719', '" +
      desk_one_ + "', 'active', 'desk')");
  EXPECT_EQ(CodeOf(Plan("1311234567", "0111013719", "2100-01-01")), Number(ErrorCode::kStateNotPossible));
}

TEST_F(PgFacilitiesTest, WarnsNinetyDaysBeforeACategoryEndsAndOnce) {
  ASSERT_EQ(CodeOf(Register(New())), 0);
  const auto ends = [&](const char* days) {
    Sql(std::string(
            "UPDATE institution SET category_ends_on = (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date + ") +
        days + " WHERE code = '0111013719'");
  };
  ends("91");
  EXPECT_EQ(*book_.WarnOfCategories(Soon()), 0U);
  ends("90");
  EXPECT_EQ(*book_.WarnOfCategories(Soon()), 1U);
  EXPECT_EQ(*book_.WarnOfCategories(Soon()), 0U);
  EXPECT_EQ(Sql("SELECT kind FROM notice"), "category.ends");
  ends("-1");
  EXPECT_EQ(*book_.WarnOfCategories(Soon()), 1U);
}

TEST_F(PgFacilitiesTest, ListsNoticesOfOnesOwnInstitutionsAndRemembersWhoReadThem) {
  Sql("INSERT INTO console_user (user_id, name, role, credentials_made_by) VALUES ('hanako@example.jp', 'x', 'viewer', "
      "'bootstrap')");
  Sql("INSERT INTO notice (kind, about) VALUES ('application.accepted', '1311234567 1'), ('application.accepted', "
      "'0111013719 2'), ('mail.given_up', 'x y')");
  const auto all = book_.Notices(kBy, {}, 0, Soon());
  ASSERT_EQ(CodeOf(all), 0);
  EXPECT_EQ(all->size(), 3U);
  EXPECT_FALSE(all->at(0).read);
  const auto own = book_.Notices(kBy, {"1311234567"}, 10, Soon());
  ASSERT_EQ(own->size(), 2U);
  EXPECT_TRUE(own->at(0).read);
}

}  // namespace
}  // namespace madoguchi::store
