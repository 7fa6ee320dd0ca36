// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_desks.h"

#include <gmock/gmock.h>

#include <future>
#include <set>

#include "server/account/desk_admin.h"
#include "server/store/pg_releases.h"
#include "tests/server/store/activation_fixture.h"

namespace madoguchi::account {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DesksTest : public ActivationTest {
 protected:
  DesksTest() {
    for (int i = 11; i <= 14; ++i) Issue("W00000" + std::to_string(i));
  }
  Result<std::vector<LinkedDesk>> Prepare(const std::vector<std::string>& names,
                                          const std::vector<std::string>& account_ids = {}) {
    problems_.clear();
    return admin_.Prepare({kInstitution, names, account_ids, 0, "ada@clinic.example"}, problems_, Soon());
  }
  // As the desk does with its link.
  Result<Activated> Activate(const LinkedDesk& linked, const identity::TestRequest& pc) {
    TRY_ASSIGN(const Begun begun, Begin(*FromHex(linked.link.token), pc));
    return Finish(begun, pc);
  }
  DeskOverview Overview(const std::string& desk_id) {
    const auto desks = admin_.List({}, Soon());
    for (const DeskOverview& desk : *desks) {
      if (desk.desk_id == desk_id) return desk;
    }
    return {};
  }
  DeskAct Act(const std::string& desk_id) const { return {desk_id, "故障", "ada@clinic.example", {}}; }

  store::PgDesks desks_{pool_, "server-one"};
  store::PgReleases release_book_{pool_, "server-one"};
  Releases releases_{{release_book_, national_, *seal_, hash_}};
  DeskAdmin admin_{{desks_, releases_, national_, "clinic.example:8444", Bytes(32, 0x77)}};
  Problems problems_;
};

// Both wait at the accounts, the first for the test, the second for the first: what the first decided is what the
// second sees.
TEST_F(DesksTest, TwoAdministratorsWhoPrepareOneDeskAtOnceMakeOne) {
  pqxx::connection connection(UrlOf("postgres"));
  std::vector<std::future<int>> both;
  {
    pqxx::work holding(connection);
    holding.exec("SELECT 1 FROM device_account FOR UPDATE");
    for (const char* by : {"ada@clinic.example", "ben@clinic.example"}) {
      both.push_back(std::async(std::launch::async, [this, by] {
        Problems problems;
        return CodeOf(admin_.Prepare({kInstitution, {"窓口 1"}, {}, 0, by}, problems, Soon()));
      }));
    }
    EXPECT_TRUE(Becomes(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", "2"));
  }
  EXPECT_EQ(both[0].get(), 0);
  EXPECT_EQ(both[1].get(), 0);
  EXPECT_EQ(Count("desk WHERE name = '窓口 1'"), 1);
  EXPECT_EQ(Count("device_account WHERE reserved_for_desk IS NOT NULL"), 1);
  EXPECT_EQ(
      Count("enrolment_token WHERE used_at IS NULL AND desk_id = (SELECT desk_id FROM desk WHERE name = '窓口 1')"), 1);
}

TEST_F(DesksTest, PreparedDesksGetFreeAccountsInOrderAndALinkEach) {
  const auto linked = Prepare({"窓口 1", "窓口 2"});
  ASSERT_EQ(CodeOf(linked), 0);
  ASSERT_THAT(*linked, SizeIs(2));
  EXPECT_EQ((*linked)[0].prepared.account_id, "W0000011");
  EXPECT_EQ((*linked)[1].prepared.account_id, "W0000012");
  EXPECT_EQ((*linked)[0].prepared.desk.activation, "prepared");
  EXPECT_TRUE(FormatEnrolmentLink((*linked)[0].link).ok());
  EXPECT_NE((*linked)[0].link.token, (*linked)[1].link.token);
  EXPECT_EQ(Count("audit_event WHERE action = 'desk.prepared' AND actor = 'ada@clinic.example'"), 2);
  const auto activated = Activate((*linked)[1], pc_);
  ASSERT_EQ(CodeOf(activated), 0);
  EXPECT_EQ(activated->desk_name, "窓口 2");
}

TEST_F(DesksTest, TheListFollowsTheActivation) {
  const auto linked = Prepare({"窓口 1"});
  const std::string desk_id = (*linked)[0].prepared.desk.desk_id;
  EXPECT_EQ(Overview(desk_id).activation, "prepared");
  const auto begun = Begin(*FromHex((*linked)[0].link.token), pc_);
  EXPECT_EQ(Overview(desk_id).activation, "begun");
  ASSERT_EQ(CodeOf(Finish(*begun, pc_)), 0);
  EXPECT_EQ(Overview(desk_id).activation, "active");
  EXPECT_THAT(Overview(desk_id).certificate_expires_at, testing::EndsWith("Z"));
  EXPECT_THAT(Overview(desk_id).account_ids, ElementsAre("W0000011"));
  const auto late = Prepare({"窓口 9"});
  Sql("UPDATE enrolment_token SET expires_at = now() WHERE used_at IS NULL");
  EXPECT_EQ(Overview((*late)[0].prepared.desk.desk_id).activation, "expired");
}

TEST_F(DesksTest, ANewLinkForTheSameNameEndsTheOlderOne) {
  const auto first = Prepare({"窓口 1"});
  const auto second = Prepare({"窓口 1"});
  ASSERT_EQ(CodeOf(second), 0);
  EXPECT_EQ((*second)[0].prepared.desk.desk_id, (*first)[0].prepared.desk.desk_id);
  EXPECT_EQ((*second)[0].prepared.account_id, "W0000011");
  EXPECT_EQ(CodeOf(Activate((*first)[0], pc_)), Number(ErrorCode::kEnrolmentTokenInvalid));
  EXPECT_EQ(CodeOf(Activate((*second)[0], pc_)), 0);
  EXPECT_EQ(CodeOf(Prepare({"窓口 1"})), Number(ErrorCode::kStateNotPossible));
}

TEST_F(DesksTest, AllOrNothingAndTheWrongOneIsNamed) {
  const auto prepared = Prepare({"a", "b", "c", "d", "e"});
  EXPECT_EQ(CodeOf(prepared), Number(ErrorCode::kNoFreeAccount));
  ASSERT_THAT(problems_, SizeIs(1));
  EXPECT_THAT(problems_[0].text_en, testing::StartsWith("Number 5:"));
  EXPECT_EQ(Count("device_account WHERE reserved_for_desk IS NOT NULL"), 0);
  EXPECT_EQ(CodeOf(Prepare({"a"}, {"W0000001"})), Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(CodeOf(Prepare({"a"}, {"W0000099"})), Number(ErrorCode::kAccountUnknown));
  ASSERT_EQ(CodeOf(Prepare({"a"}, {"W0000013"})), 0);
  EXPECT_EQ(CodeOf(Prepare({"b"}, {"W0000013"})), Number(ErrorCode::kAccountBoundElsewhere));
}

TEST_F(DesksTest, AnAccountWithoutItsSecretsIsNotGivenOut) {
  Sql("DELETE FROM sealed_sheet");
  EXPECT_EQ(CodeOf(Prepare({"a"})), Number(ErrorCode::kNoFreeAccount));
  EXPECT_EQ(CodeOf(Prepare({"a"}, {"W0000012"})), Number(ErrorCode::kNoFreeAccount));
  national_.is_told = false;  // nobody has to be told them
  EXPECT_EQ(CodeOf(Prepare({"a"})), 0);
}

TEST_F(DesksTest, FieldsAreCheckedByName) {
  EXPECT_EQ(CodeOf(Prepare({})), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(CodeOf(Prepare(std::vector<std::string>(21, "x"))), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(CodeOf(Prepare({"a", "a"})), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(CodeOf(Prepare({"a\u202Eb"})), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(problems_[0].field, "names");
  EXPECT_EQ(CodeOf(Prepare({"a', 'b"})), 0);
}

TEST_F(DesksTest, TwoAdministratorsNeverGiveOutTheSameAccount) {
  auto first = std::async(std::launch::async, [&] {
    Problems problems;
    return admin_.Prepare({kInstitution, {"a", "b"}, {}, 0, "ada"}, problems, Soon());
  });
  Problems problems;
  const auto second = admin_.Prepare({kInstitution, {"c", "d"}, {}, 0, "ben"}, problems, Soon());
  const auto one = first.get();
  ASSERT_EQ(CodeOf(one), 0);
  ASSERT_EQ(CodeOf(second), 0);
  std::set<std::string> accounts;
  for (const auto* linked : {&*one, &*second}) {
    for (const LinkedDesk& desk : *linked) accounts.insert(desk.prepared.account_id);
  }
  EXPECT_THAT(accounts, SizeIs(4));
}

TEST_F(DesksTest, ARevokedDeskLosesEverythingOnBothSides) {
  const auto linked = Prepare({"窓口 1"});
  ASSERT_EQ(CodeOf(Activate((*linked)[0], pc_)), 0);
  const std::string desk_id = (*linked)[0].prepared.desk.desk_id;
  const auto revoked = admin_.Revoke(Act(desk_id), problems_, Soon());
  ASSERT_EQ(CodeOf(revoked), 0);
  EXPECT_EQ(revoked->status, "revoked");
  EXPECT_THAT(revoked->account_ids, IsEmpty());
  EXPECT_EQ(national_.bound["W0000011"], "");
  EXPECT_EQ(StateOf("W0000011"), "issued");
  EXPECT_EQ(UnspentCodes("W0000011"), 1);  // a new one
  EXPECT_EQ(Count("desk_certificate WHERE desk_id = '" + desk_id + "' AND revoked_at IS NULL"), 0);
  EXPECT_EQ(Count("desk_log_in WHERE desk_id = '" + desk_id + "'"), 0);
  EXPECT_EQ(CodeOf(admin_.Revoke(Act(desk_id), problems_, Soon())), Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(CodeOf(admin_.Revoke(Act("no desk"), problems_, Soon())), Number(ErrorCode::kDeskUnknown));
}

TEST_F(DesksTest, ASparePcTakesOverWithANewCodeAndTheHistory) {
  const auto linked = Prepare({"窓口 1"});
  ASSERT_EQ(CodeOf(Activate((*linked)[0], pc_)), 0);
  const std::string old_desk = (*linked)[0].prepared.desk.desk_id;
  const auto replaced = admin_.Replace(Act(old_desk), "", problems_, Soon());
  ASSERT_EQ(CodeOf(replaced), 0);
  EXPECT_EQ(replaced->prepared.desk.name, "窓口 1");
  EXPECT_EQ(replaced->prepared.desk.replaces, old_desk);
  EXPECT_THAT(replaced->prepared.desk.account_ids, ElementsAre("W0000011"));
  const identity::TestRequest spare = identity::MakeRequest();
  const auto activated = Activate(*replaced, spare);
  ASSERT_EQ(CodeOf(activated), 0);
  EXPECT_EQ(activated->account_id, "W0000011");
  EXPECT_EQ(national_.bound["W0000011"], activated->desk_id);
  EXPECT_EQ(Overview(old_desk).status, "revoked");
  EXPECT_EQ(Count("activation_code WHERE account_id = 'W0000011' AND spent_at IS NOT NULL"), 2);
}

TEST_F(DesksTest, AReplacementWaitsForAReleaseThatIsNotConfirmedYet) {
  const auto linked = Prepare({"窓口 1"});
  ASSERT_EQ(CodeOf(Activate((*linked)[0], pc_)), 0);
  national_.faults = {NationalBook::Fault::kUnreachable};
  const auto replaced = admin_.Replace(Act((*linked)[0].prepared.desk.desk_id), "窓口 1 改", problems_, Soon());
  ASSERT_EQ(CodeOf(replaced), 0);
  const identity::TestRequest spare = identity::MakeRequest();
  EXPECT_EQ(CodeOf(Activate(*replaced, spare)), Number(ErrorCode::kNationalUnreachable));
  ASSERT_EQ(CodeOf(releases_.Tick(Soon())), 0);
  EXPECT_EQ(CodeOf(Activate(*replaced, spare)), 0);
}

TEST_F(DesksTest, ASuspendedAccountIsNotPassedOn) {
  const auto linked = Prepare({"窓口 1"});
  ASSERT_EQ(CodeOf(Activate((*linked)[0], pc_)), 0);
  Sql("UPDATE device_account SET state = 'suspended' WHERE account_id = 'W0000011'");
  const std::string desk_id = (*linked)[0].prepared.desk.desk_id;
  EXPECT_EQ(CodeOf(admin_.Replace(Act(desk_id), "", problems_, Soon())), Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(Overview(desk_id).status, "active");
}

TEST_F(DesksTest, OnlyDesksOfAllowedInstitutionCodesAreSeenAndTouched) {
  Issue("W0000021", "1331234567");
  const auto linked = Prepare({"窓口 1"});
  const auto other = admin_.Prepare({"1331234567", {"歯科 1"}, {}, 0, "ada"}, problems_, Soon());
  ASSERT_EQ(CodeOf(other), 0);
  const auto seen = admin_.List({"1331234567"}, Soon());
  ASSERT_THAT(*seen, SizeIs(1));
  EXPECT_EQ((*seen)[0].name, "歯科 1");
  DeskAct act = Act((*linked)[0].prepared.desk.desk_id);
  act.allowed = {"1331234567"};
  EXPECT_EQ(CodeOf(admin_.Revoke(act, problems_, Soon())), Number(ErrorCode::kInstitutionNotAllowed));
  EXPECT_EQ(CodeOf(admin_.Replace(act, "", problems_, Soon())), Number(ErrorCode::kInstitutionNotAllowed));
}

TEST_F(DesksTest, APreparedDeskMayGetAnAccountOfAnotherCodeToo) {
  Issue("W0000021", "1331234567");
  const auto first = Prepare({"窓口 1"});
  const auto second = admin_.Prepare({"1331234567", {"窓口 1"}, {}, 0, "ada"}, problems_, Soon());
  ASSERT_EQ(CodeOf(second), 0);
  EXPECT_EQ((*second)[0].prepared.desk.desk_id, (*first)[0].prepared.desk.desk_id);
  ASSERT_EQ(CodeOf(Activate((*second)[0], pc_)), 0);
  EXPECT_THAT(Overview((*second)[0].prepared.desk.desk_id).account_ids, ElementsAre("W0000011", "W0000021"));
}

}  // namespace
}  // namespace madoguchi::account
