// SPDX-License-Identifier: Apache-2.0
// The whole service over mutual TLS on the real store, with real keys in a folder: what a desk does about its own
// results.
#include "server/desk/desk_check_service.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "server/desk/call_status.h"
#include "server/handoff/outbox.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::desk {
namespace {

using console::kInstitution;
using std::chrono::seconds;
using store::CodeOf;
using store::Number;
using store::Soon;

constexpr char kReceived[] = "見本　●子";
constexpr char kOnCard[] = "見本　鷺子";

class DeskCheckServiceTest : public console::ConsoleTest {
 protected:
  DeskCheckServiceTest() {
    Sql("INSERT INTO staff (staff_code, name, pin_hash, pin_must_change) VALUES ('A1', 'a', '$argon2id$', false), "
        "('B2', 'b', "
        "'$argon2id$', false)");
    SignIn("A1");
    Serve({&service_});
    identity_ = MakeDesk(desk_one_);
    stub_ = v1::DeskCheckService::NewStub(Channel(&identity_));
  }
  ~DeskCheckServiceTest() override { StopServing(); }

  console::TestIdentity MakeDesk(const std::string& desk_id) {
    console::TestIdentity made = MakeIdentity("urn:madoguchi:desk:" + desk_id);
    Sql("INSERT INTO desk_certificate (certificate_sha256, desk_id, serial, not_after, issued_for) VALUES ('\\x" +
        made.sha256_hex + "', '" + desk_id + "', '02', now() + interval '1 day', 'activation')");
    return made;
  }
  void SignIn(const std::string& staff_code) const {
    Sql("INSERT INTO operator_sign_in (desk_id, staff_code, idle_seconds) VALUES ('" + desk_one_ + "', '" + staff_code +
        "', 300) ON CONFLICT (desk_id) DO UPDATE SET staff_code = excluded.staff_code");
  }
  std::string KeyFolder() const {
    const std::string folder = folder_.File("keys");
    mkdir(folder.c_str(), 0700);
    return folder;
  }
  // A check of a person with this name, as RunCheck records it. → the press id.
  Bytes Check(const std::string& name, const std::string& desk_id, bool held) {
    audit::CheckIntent intent = IntentOf(desk_id, desk_id == desk_one_ ? "W0000001" : "W0000002");
    const auto receipt = store_->trail().RecordIntent(intent, Soon());
    EXPECT_EQ(CodeOf(receipt), 0);
    audit::CheckOutcome outcome = OutcomeOf(intent, receipt->epoch);
    handoff::Handing handing;
    handing.caller = {kInstitution, intent.account_id, desk_id};
    handing.press_id = intent.press_id;
    handing.method = "pin";
    handing.certificate_days_left = 41;
    handing.answer.results.emplace_back();
    handing.answer.results[0].name = name;
    outcome.person_hashes = handoff::PersonHashes(handing.answer, keyed_hash_);
    const auto rows = outbox_.Keep(handing, held);
    EXPECT_EQ(CodeOf(rows), 0);
    outcome.kept = *rows;
    EXPECT_EQ(CodeOf(store_->trail().RecordOutcome(outcome, Soon())), 0);
    return intent.press_id;
  }
  Bytes Check(bool held = false) { return Check(kReceived, desk_one_, held); }
  int ShowAgain() {
    shown_.Clear();
    return CodeOfCall(stub_->ShowAgain(As("").get(), {}, &shown_));
  }
  int Confirm(const Bytes& press_id, bool same_person) {
    v1::ConfirmRequest request;
    request.set_press_id(std::string(AsText(press_id)));
    request.set_same_person(same_person);
    v1::ConfirmResponse response;
    return CodeOfCall(stub_->Confirm(As("").get(), request, &response));
  }
  int Propose(const Bytes& press_id, const std::string& name) {
    v1::ProposeNameRequest request;
    request.set_press_id(std::string(AsText(press_id)));
    request.set_name(name);
    v1::ProposeNameResponse response;
    status_ = stub_->ProposeName(As("").get(), request, &response);
    return CodeOfCall(status_);
  }
  int ConfirmName(const Bytes& press_id, const std::string& name) {
    v1::ConfirmNameRequest request;
    request.set_press_id(std::string(AsText(press_id)));
    request.set_name(name);
    v1::ConfirmNameResponse response;
    return CodeOfCall(stub_->ConfirmName(As("").get(), request, &response));
  }
  std::string States() const {
    return Sql("SELECT string_agg(channel || ' ' || state, ', ' ORDER BY channel) FROM kept_result");
  }

  handoff::RowKeys keys_{KeyFolder()};
  handoff::Outbox outbox_{{.pull = true, .show_again = seconds(120)}, keys_};
  handoff::KeptResults kept_{store_->kept_results(), keys_};
  handoff::Names names_{store_->names(), seal_, keyed_hash_};
  int released_ = 0;
  DeskCheckService service_{{store_->log_ins(), kept_, names_, true, seconds(120), [this] { ++released_; }}};
  console::TestIdentity identity_;
  std::unique_ptr<v1::DeskCheckService::Stub> stub_;
  v1::ShowAgainResponse shown_;
  grpc::Status status_;
};

TEST_F(DeskCheckServiceTest, ShowsTheNewestResultAgainAndEveryShowingIsInTheTrail) {
  Check("見本　太郎", desk_one_, false);
  const Bytes press = Check();
  ASSERT_EQ(ShowAgain(), 0);
  EXPECT_EQ(shown_.press_id(), AsText(press));
  EXPECT_EQ(shown_.answer().results(0).name(), kReceived);
  EXPECT_EQ(shown_.answer().results(0).name_notes().unresolved_size(), 1);
  EXPECT_EQ(shown_.answer().card_certificate_days_left(), 41);
  EXPECT_GT(shown_.seconds_left(), 0u);
  EXPECT_LE(shown_.seconds_left(), 120u);
  ASSERT_EQ(ShowAgain(), 0);
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.shown_again' AND actor = 'staff:A1' AND press_id = '" +
                  UuidText(press) + "'"),
            2);
}

TEST_F(DeskCheckServiceTest, WithoutItsRowInTheTrailNothingIsShown) {
  Check();
  Sql("REVOKE INSERT ON audit_event FROM madoguchi_server");  // of its columns, too
  EXPECT_NE(ShowAgain(), 0);
  EXPECT_EQ(shown_.answer().results_size(), 0);
}

TEST_F(DeskCheckServiceTest, AnotherDeskAnExpiredRowAndALostKeyShowNothing) {
  const int gone = Number(ErrorCode::kResultGone);
  EXPECT_EQ(ShowAgain(), gone);
  Check(kReceived, desk_two_, false);
  EXPECT_EQ(ShowAgain(), gone);
  Check();
  Sql("UPDATE kept_result SET created_at = created_at - interval '121 seconds', expires_at = expires_at - interval "
      "'121 seconds'");
  EXPECT_EQ(ShowAgain(), gone);
  Check();
  ASSERT_EQ(ShowAgain(), 0);
  for (const std::string& id : keys_.All()) keys_.Destroy(id);  // as after a backup was restored
  EXPECT_EQ(ShowAgain(), gone);
}

TEST_F(DeskCheckServiceTest, WhatExpiresIsWipedTogetherWithItsKey) {
  Check();
  Sql("UPDATE kept_result SET created_at = created_at - interval '121 seconds', expires_at = expires_at - interval "
      "'121 seconds' "
      "WHERE channel = 'show_again'");
  ASSERT_EQ(keys_.All().size(), 2u);
  ASSERT_EQ(CodeOf(kept_.Expire(Soon())), 0);
  EXPECT_EQ(Count("kept_result WHERE channel = 'show_again' AND sealed IS NULL AND state = 'destroyed'"), 1);
  EXPECT_EQ(keys_.All().size(), 1u);
}

TEST_F(DeskCheckServiceTest, WhatWasHeldLeavesOnceTheDeskSaysThatItIsThePerson) {
  const Bytes press = Check(true);
  EXPECT_EQ(States(), "pull held, show_again waiting");
  ASSERT_EQ(Confirm(press, true), 0);
  EXPECT_EQ(States(), "pull waiting, show_again waiting");
  EXPECT_EQ(released_, 1);
  EXPECT_EQ(Confirm(press, true), Number(ErrorCode::kPersonNotConfirmed));
}

TEST_F(DeskCheckServiceTest, OfAnotherPersonNothingIsHandedOn) {
  const Bytes press = Check(true);
  ASSERT_EQ(Confirm(press, false), 0);
  EXPECT_EQ(States(), "pull destroyed, show_again destroyed");
  EXPECT_TRUE(keys_.All().empty());
  EXPECT_EQ(ShowAgain(), Number(ErrorCode::kResultGone));
  EXPECT_EQ(Count("audit_event WHERE action = 'handoff.destroyed' AND actor = 'staff:A1'"), 1);
  EXPECT_EQ(released_, 0);
  EXPECT_EQ(Confirm(press, true), Number(ErrorCode::kPersonNotConfirmed));
}

TEST_F(DeskCheckServiceTest, ADeskConfirmsOnlyItsOwnPresses) {
  const Bytes press = Check(kReceived, desk_two_, true);
  EXPECT_EQ(Confirm(press, true), Number(ErrorCode::kPersonNotConfirmed));
  EXPECT_EQ(Confirm(Bytes(3), true), Number(ErrorCode::kResultGone));
}

TEST_F(DeskCheckServiceTest, TwoOperatorsGiveANameWhichStandsBesideTheReceivedOne) {
  const Bytes press = Check();
  ASSERT_EQ(Propose(press, kOnCard), 0);
  ASSERT_EQ(ShowAgain(), 0);
  EXPECT_EQ(shown_.answer().results(0).name_notes().proposed_name(), kOnCard);
  EXPECT_EQ(ConfirmName(press, kOnCard), Number(ErrorCode::kNameMappingRefused));
  SignIn("B2");
  ASSERT_EQ(ConfirmName(press, kOnCard), 0);
  ASSERT_EQ(ShowAgain(), 0);
  EXPECT_EQ(shown_.answer().results(0).name(), kReceived);
  EXPECT_EQ(shown_.answer().results(0).name_notes().claim_safe_name(), kOnCard);
  EXPECT_EQ(shown_.answer().results(0).name_notes().claim_safe_from(), "mapping");
  EXPECT_FALSE(shown_.answer().results(0).name_notes().has_proposed_name());
}

TEST_F(DeskCheckServiceTest, ANameThatAClaimMayNotHoldIsRefusedWithTheReason) {
  const Bytes press = Check();
  for (const std::string bad : {"", "見本　●子", "見本　髙子", "ﾐﾎﾝ", "見本\n子", "見本\u202E子"}) {
    EXPECT_EQ(Propose(press, bad), Number(ErrorCode::kFieldInvalid));
    ASSERT_EQ(RefusalOf(status_).problems_size(), 1);
    EXPECT_EQ(RefusalOf(status_).problems(0).field(), "name");
  }
  std::string long_name;
  for (std::size_t i = 0; i <= handoff::kNameCharactersMax; ++i) long_name += "子";
  EXPECT_EQ(Propose(press, long_name), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(Count("name_mapping"), 0);
}

TEST_F(DeskCheckServiceTest, ACallNeedsWhatAPressNeeds) {
  const Bytes press = Check(true);
  const auto all = [&] {
    return std::vector<int>{ShowAgain(), Confirm(press, true), Propose(press, kOnCard), ConfirmName(press, kOnCard)};
  };
  const auto four = [](ErrorCode code) { return std::vector<int>(4, Number(code)); };
  Sql("DELETE FROM operator_sign_in");
  EXPECT_EQ(all(), four(ErrorCode::kOperatorNeeded));
  SignIn("A1");
  Sql("DELETE FROM desk_log_in");
  EXPECT_EQ(all(), four(ErrorCode::kNotLoggedIn));
  Sql("UPDATE device_account SET state = 'suspended'");
  EXPECT_EQ(all(), four(ErrorCode::kAccountNotUsable));
  Sql("UPDATE desk_certificate SET revoked_at = now()");
  EXPECT_EQ(all(), four(ErrorCode::kCertificateNotAccepted));
  Sql("UPDATE desk SET status = 'revoked'");
  EXPECT_EQ(all(), four(ErrorCode::kDeskNotActive));
  const console::TestIdentity console_identity = MakeIdentity("urn:madoguchi:console:" + desk_one_);
  stub_ = v1::DeskCheckService::NewStub(Channel(&console_identity));
  EXPECT_EQ(all(), four(ErrorCode::kDeskUnknown));
  EXPECT_EQ(States(), "pull held, show_again waiting");
}

TEST_F(DeskCheckServiceTest, ShowingAgainIsOffUnlessItIsSwitchedOn) {
  Check();
  StopServing();
  DeskCheckService off{{store_->log_ins(), kept_, names_}};
  Serve({&off});
  stub_ = v1::DeskCheckService::NewStub(Channel(&identity_));
  EXPECT_EQ(ShowAgain(), Number(ErrorCode::kShowAgainOff));
  StopServing();
}

}  // namespace
}  // namespace madoguchi::desk
