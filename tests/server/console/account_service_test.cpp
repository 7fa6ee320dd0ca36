// SPDX-License-Identifier: Apache-2.0
#include "server/console/account_service.h"

#include <gmock/gmock.h>

#include "tests/server/console/console_fixture.h"
#include "tests/server/store/national_book.h"

namespace madoguchi::console {
namespace {

using store::Number;

class AccountServiceTest : public ConsoleTest {
 protected:
  AccountServiceTest() {
    Serve({&service_});
    stub_ = v1::AccountService::NewStub(Channel());
    token_ = Session(kAda);
  }
  ~AccountServiceTest() override { StopServing(); }

  template <class Request>
  static Request Of(const std::string& account_id = "W0000001") {
    Request request;
    request.set_institution_code(kInstitution);
    request.set_account_id(account_id);
    return request;
  }
  template <class Request, class Response>
  int Call(grpc::Status (v1::AccountService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
           const Request& request, const std::string& token = {}) {
    Response response;
    status_ = (stub_.get()->*method)(As(token.empty() ? token_ : token).get(), request, &response);
    if (status_.ok()) account_ = response.account();
    return CodeOfCall(status_);
  }
  int Release() { return Call(&v1::AccountService::Stub::Release, Of<v1::ReleaseAccountRequest>()); }
  void Lock() {
    Sql("INSERT INTO log_in_failure (account_hash, source, account_id, failures, last_at, locked_until) VALUES ('h', "
        "'enrolment', "
        "'W0000001', 5, now(), now() + interval '30 minutes')");
  }

  account::NationalBook national_;
  account::Releases releases_{{store_->releases(), national_, seal_, keyed_hash_}};
  account::AccountActs acts_{{store_->accounts(), releases_, national_}};
  std::vector<std::string> glass_;
  AccountService service_{
      {*guard_,
       acts_,
       [this](const Caller& caller, const std::string& code, const std::string& act, Deadline) -> Result<void> {
         if (code != "right") return Error{ErrorCode::kBreakGlassInvalid, "", {}};
         glass_.push_back(caller.user_id + " " + act);
         return {};
       },
       {},
       {}}};
  std::unique_ptr<v1::AccountService::Stub> stub_;
  std::string token_;
  grpc::Status status_;
  v1::Account account_;
};

TEST_F(AccountServiceTest, ListsAndShowsAccountsToEveryRole) {
  for (const char* user : {kAda, kAud, kViv}) {
    v1::ListAccountsResponse list;
    ASSERT_TRUE(stub_->List(As(Session(user)).get(), {}, &list).ok());
    EXPECT_EQ(list.accounts_size(), 2);
    ASSERT_EQ(Call(&v1::AccountService::Stub::Show, Of<v1::ShowAccountRequest>(), Session(user)), 0);
    EXPECT_EQ(account_.state(), v1::ACTIVE);
    EXPECT_EQ(account_.holder(), v1::DESK_HOLDER);
    EXPECT_EQ(account_.desk_name(), "desk one");
  }
}

TEST_F(AccountServiceTest, AUserOfAnotherInstitutionSeesNothingOfThisOne) {
  AddUser("eve@clinic.example", "administrator", {kOtherInstitution});
  const std::string token = Session("eve@clinic.example");
  v1::ListAccountsResponse list;
  ASSERT_TRUE(stub_->List(As(token).get(), {}, &list).ok());
  EXPECT_EQ(list.accounts_size(), 0);
  EXPECT_EQ(Call(&v1::AccountService::Stub::Show, Of<v1::ShowAccountRequest>(), token),
            Number(ErrorCode::kInstitutionNotAllowed));
}

TEST_F(AccountServiceTest, SuspendsResumesAndEnds) {
  ASSERT_EQ(Call(&v1::AccountService::Stub::Suspend, Of<v1::SuspendAccountRequest>()), 0);
  EXPECT_EQ(account_.state(), v1::SUSPENDED);
  EXPECT_EQ(Call(&v1::AccountService::Stub::Suspend, Of<v1::SuspendAccountRequest>()),
            Number(ErrorCode::kStateNotPossible));
  ASSERT_EQ(Call(&v1::AccountService::Stub::Resume, Of<v1::ResumeAccountRequest>()), 0);
  EXPECT_EQ(account_.state(), v1::ACTIVE);
  ASSERT_EQ(Call(&v1::AccountService::Stub::End, Of<v1::EndAccountRequest>()), 0);
  EXPECT_EQ(account_.state(), v1::ENDED);
  EXPECT_EQ(account_.desk_id(), "");
  EXPECT_EQ(Count("audit_event WHERE actor = 'ada@clinic.example' AND account_id = 'W0000001' AND code = 0"), 3);
}

TEST_F(AccountServiceTest, ABadNoteIsRefusedByItsFieldAndAGoodOneIsKept) {
  auto request = Of<v1::SetAccountNoteRequest>();
  for (const std::string& note : {std::string("受付\u202E1"), std::string("a\nb"), std::string(101, 'x')}) {
    request.set_note(note);
    EXPECT_EQ(Call(&v1::AccountService::Stub::SetNote, request), Number(ErrorCode::kFieldInvalid));
    EXPECT_EQ(RefusalOf(status_).problems(0).field(), "note");
  }
  request.set_note("内科 受付 1'); --");
  ASSERT_EQ(Call(&v1::AccountService::Stub::SetNote, request), 0);
  EXPECT_EQ(account_.note(), "内科 受付 1'); --");
}

TEST_F(AccountServiceTest, ASpareAccountIsGivenToAPhoneAndBackButNeverToADesk) {
  Sql("INSERT INTO device_account (account_id, institution_code) VALUES ('W0000009', '1311234567')");
  auto request = Of<v1::SetAccountHolderRequest>("W0000009");
  request.set_holder(v1::PHONE_HOLDER);
  ASSERT_EQ(Call(&v1::AccountService::Stub::SetHolder, request), 0);
  EXPECT_EQ(account_.state(), v1::ACTIVE);
  ASSERT_EQ(Call(&v1::AccountService::Stub::SetHolder, request), 0);
  request.set_holder(v1::SPARE_HOLDER);
  ASSERT_EQ(Call(&v1::AccountService::Stub::SetHolder, request), 0);
  EXPECT_EQ(account_.state(), v1::ISSUED);
  for (const auto holder : {v1::DESK_HOLDER, v1::ACCOUNT_HOLDER_UNSPECIFIED}) {
    request.set_holder(holder);
    EXPECT_EQ(Call(&v1::AccountService::Stub::SetHolder, request), Number(ErrorCode::kFieldInvalid));
  }
}

TEST_F(AccountServiceTest, AReleaseIsToldToTheNationalSideAndANewCodeIsSealed) {
  Sql("UPDATE device_account SET national_bound = true WHERE account_id = 'W0000001'");
  national_.bound["W0000001"] = desk_one_;
  ASSERT_EQ(Release(), 0);
  EXPECT_EQ(account_.state(), v1::ISSUED);
  EXPECT_TRUE(account_.activation_code_unused());
  EXPECT_NE(account_.sealed_until(), "");
}

TEST_F(AccountServiceTest, AReleaseIsDoneHereAlsoWhenTheNationalSideIsAway) {
  Sql("UPDATE device_account SET national_bound = true WHERE account_id = 'W0000001'");
  national_.faults = {account::NationalBook::Fault::kUnreachable};
  ASSERT_EQ(Release(), 0);
  EXPECT_EQ(account_.state(), v1::ISSUED);
  EXPECT_FALSE(account_.activation_code_unused());
  EXPECT_EQ(Count("device_account WHERE national_release_due"), 1);
}

TEST_F(AccountServiceTest, AnEndIsToldToTheNationalSideAndBringsNoNewCode) {
  Sql("UPDATE device_account SET national_bound = true WHERE account_id = 'W0000001'");
  national_.bound["W0000001"] = desk_one_;
  ASSERT_EQ(Call(&v1::AccountService::Stub::End, Of<v1::EndAccountRequest>()), 0);
  EXPECT_EQ(account_.state(), v1::ENDED);
  EXPECT_THAT(national_.calls, testing::ElementsAre("release W0000001"));
  EXPECT_EQ(Count("device_account WHERE national_release_due"), 0);
  EXPECT_EQ(Count("sealed_sheet WHERE account_id = 'W0000001'"), 0);
}

TEST_F(AccountServiceTest, AReasonThatIsTooLongOrHoldsControlCharactersIsRefusedByItsField) {
  for (const std::string& reason : {std::string(201, 'x'), std::string("a\nb")}) {
    auto suspend = Of<v1::SuspendAccountRequest>();
    suspend.set_reason(reason);
    EXPECT_EQ(Call(&v1::AccountService::Stub::Suspend, suspend), Number(ErrorCode::kFieldInvalid));
    EXPECT_EQ(RefusalOf(status_).problems(0).field(), "reason");
    auto end = Of<v1::EndAccountRequest>();
    end.set_reason(reason);
    EXPECT_EQ(Call(&v1::AccountService::Stub::End, end), Number(ErrorCode::kFieldInvalid));
  }
  EXPECT_EQ(Count("device_account WHERE state <> 'active'"), 0);
}

TEST_F(AccountServiceTest, ShowingAnAccountAsksForTheNationalLockAndKeepsTheLastAnswerWhenThereIsNone) {
  const auto show = Of<v1::ShowAccountRequest>();
  ASSERT_EQ(Call(&v1::AccountService::Stub::Show, show), 0);
  EXPECT_EQ(account_.national_locked_until(), "");
  national_.locked_for = std::chrono::minutes(20);
  ASSERT_EQ(Call(&v1::AccountService::Stub::Show, show), 0);
  const std::string until = account_.national_locked_until();
  EXPECT_NE(until, "");
  EXPECT_EQ(account_.locked_until(), "");  // ours is another one
  national_.faults = {account::NationalBook::Fault::kUnreachable};
  ASSERT_EQ(Call(&v1::AccountService::Stub::Show, show), 0);
  EXPECT_EQ(account_.national_locked_until(), until);
  national_.is_told = false;
  national_.locked_for = std::chrono::minutes(0);
  ASSERT_EQ(Call(&v1::AccountService::Stub::Show, show), 0);
  EXPECT_EQ(account_.national_locked_until(), until);  // nobody is asked
}

TEST_F(AccountServiceTest, ALockIsEndedEarlyByTwoPeople) {
  Lock();
  auto request = Of<v1::UnlockAccountRequest>();
  ASSERT_EQ(Call(&v1::AccountService::Stub::Unlock, request), Number(ErrorCode::kApprovalNeeded));
  EXPECT_EQ(Count("log_in_failure"), 1);
  request.set_approval_id(RefusalOf(status_).approval_id());
  EXPECT_EQ(Call(&v1::AccountService::Stub::Unlock, request), Number(ErrorCode::kApprovalInvalid));
  ApproveInDatabase(request.approval_id());
  ASSERT_EQ(Call(&v1::AccountService::Stub::Unlock, request), 0);
  EXPECT_EQ(account_.locked_until(), "");
  EXPECT_EQ(Events("account.unlocked"), 1);
  EXPECT_TRUE(glass_.empty());
}

TEST_F(AccountServiceTest, ABreakGlassCodeEndsALockAndIsNotSpentWhereThereIsNone) {
  auto request = Of<v1::UnlockAccountRequest>();
  request.set_break_glass_code("right");
  EXPECT_EQ(Call(&v1::AccountService::Stub::Unlock, request), Number(ErrorCode::kStateNotPossible));
  EXPECT_TRUE(glass_.empty());
  Lock();
  request.set_break_glass_code("wrong");
  EXPECT_EQ(Call(&v1::AccountService::Stub::Unlock, request), Number(ErrorCode::kBreakGlassInvalid));
  EXPECT_EQ(Count("log_in_failure"), 1);
  request.set_break_glass_code("right");
  EXPECT_EQ(Call(&v1::AccountService::Stub::Unlock, request), 0);
  EXPECT_EQ(Count("log_in_failure"), 0);
  EXPECT_THAT(glass_, testing::ElementsAre("ada@clinic.example AccountService/Unlock W0000001"));
}

TEST_F(AccountServiceTest, AnAccountThatIsNotThereIsSaidSo) {
  EXPECT_EQ(Call(&v1::AccountService::Stub::Show, Of<v1::ShowAccountRequest>("W0999999")),
            Number(ErrorCode::kAccountUnknown));
  EXPECT_EQ(Call(&v1::AccountService::Stub::Resume, Of<v1::ResumeAccountRequest>("' OR true --")),
            Number(ErrorCode::kAccountUnknown));
}

}  // namespace
}  // namespace madoguchi::console
