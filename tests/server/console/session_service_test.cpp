// SPDX-License-Identifier: Apache-2.0
#include "server/console/session_service.h"

#include <gmock/gmock.h>

#include <future>
#include <regex>

#include "contract/crypto/digest.h"
#include "server/console/totp.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;

constexpr char kPassword[] = "a long enough password";
constexpr char kNewPassword[] = "an even longer password";
const Bytes kSecret(20, 0x37);

class SessionServiceTest : public ConsoleTest {
 protected:
  SessionServiceTest() {
    GiveCredentials(kAda, kPassword, kSecret);
    Serve({&service_});
    stub_ = v1::SessionService::NewStub(Channel());
  }
  ~SessionServiceTest() override { StopServing(); }

  std::int64_t NowStep() const {
    return std::stoll(Sql("SELECT extract(epoch FROM clock_timestamp())::bigint")) / kTotpStepSeconds;
  }
  std::string Code(std::int64_t steps_ahead = 0) const { return TotpCode(kSecret, NowStep() + steps_ahead).value(); }
  // Codes may be used again: for tests of something else.
  void ForgetUsedCodes() const { Sql("UPDATE console_user SET totp_last_step = 0"); }
  int LogIn(const std::string& user_id, const std::string& password, const std::string& code) {
    v1::ConsoleLogInRequest request;
    request.set_user_id(user_id);
    request.set_password(password);
    request.set_code(code);
    in_.Clear();
    status_ = stub_->LogIn(As({}).get(), request, &in_);
    return CodeOfCall(status_);
  }
  int WhoAmI(const std::string& token) {
    v1::WhoAmIResponse response;
    return CodeOfCall(stub_->WhoAmI(As(token).get(), {}, &response));
  }
  int ChangePassword(const std::string& token, const std::string& old_password, const std::string& new_password) {
    v1::ConsoleChangePasswordRequest request;
    request.set_old_password(old_password);
    request.set_new_password(new_password);
    v1::ConsoleChangePasswordResponse response;
    status_ = stub_->ChangePassword(As(token).get(), request, &response);
    return CodeOfCall(status_);
  }
  int AskReset(const std::string& user_id) {
    v1::AskPasswordResetRequest request;
    request.set_user_id(user_id);
    v1::AskPasswordResetResponse response;
    return CodeOfCall(stub_->AskPasswordReset(As({}).get(), request, &response));
  }
  int Reset(const std::string& user_id, const std::string& code, const std::string& password = kNewPassword) {
    v1::ResetPasswordRequest request;
    request.set_user_id(user_id);
    request.set_reset_code(code);
    request.set_new_password(password);
    v1::ResetPasswordResponse response;
    status_ = stub_->ResetPassword(As({}).get(), request, &response);
    return CodeOfCall(status_);
  }
  std::string MailedCode() const {
    std::smatch found;
    const std::string text = MailText("user.password_reset");
    return std::regex_search(text, found, std::regex("([0-9A-Z]{5}-){3}[0-9A-Z]{5}")) ? found.str() : "";
  }

  Sessions sessions_{{store_->sessions(), keyed_hash_, seal_}, {}};
  SessionService service_{*guard_, sessions_};
  std::unique_ptr<v1::SessionService::Stub> stub_;
  v1::ConsoleLogInResponse in_;
  grpc::Status status_;
};

TEST_F(SessionServiceTest, LogsInWithPasswordAndCodeAndSaysWhoOneIs) {
  ASSERT_EQ(LogIn("ADA@clinic.example", kPassword, Code()), 0);
  EXPECT_EQ(in_.token().size(), 64U);
  EXPECT_FALSE(in_.password_must_change());
  EXPECT_FALSE(in_.totp_must_be_set_up());
  v1::WhoAmIResponse who;
  ASSERT_TRUE(stub_->WhoAmI(As(in_.token()).get(), {}, &who).ok());
  EXPECT_EQ(who.user_id(), kAda);
  EXPECT_EQ(who.role(), v1::ROLE_ADMINISTRATOR);
  EXPECT_EQ(who.ends_at(), in_.ends_at());
  EXPECT_LT(in_.idle_ends_at(), in_.ends_at());
  EXPECT_EQ(Events("console.logged_in"), 1);
  EXPECT_EQ(Count("console_session WHERE encode(token_sha256, 'hex') = '" + in_.token() + "'"),
            0);  // only its digest is kept
}

TEST_F(SessionServiceTest, AnswersAWrongUserPasswordAndCodeAlike) {
  const std::string code = Code();
  ASSERT_EQ(LogIn("nobody@clinic.example", kPassword, code), Number(ErrorCode::kConsoleLogInRefused));
  const std::string as_nobody = status_.error_message() + status_.error_details();
  for (const auto& [user, password, its_code] :
       std::vector<std::array<std::string, 3>>{{kAda, "wrong", code},
                                               {kAda, kPassword, "000000"},
                                               {kAda, kPassword, ""},
                                               {"' OR true --", kPassword, code},
                                               {std::string(300, 'x'), kPassword, code}}) {
    EXPECT_EQ(LogIn(user, password, its_code), Number(ErrorCode::kConsoleLogInRefused));
    EXPECT_EQ(status_.error_message() + status_.error_details(), as_nobody);
  }
  EXPECT_EQ(Events("console.log_in_refused"), 6);
  EXPECT_EQ(Count("audit_event WHERE action = 'console.log_in_refused' AND actor IS NOT NULL"),
            3);  // what was typed is not written down
}

TEST_F(SessionServiceTest, TakesATotpCodeOnce) {
  const std::string code = Code();
  ASSERT_EQ(LogIn(kAda, kPassword, code), 0);
  EXPECT_EQ(LogIn(kAda, kPassword, code), Number(ErrorCode::kConsoleLogInRefused));
}

TEST_F(SessionServiceTest, OfTwoLogInsWithOneCodeAtTheSameMomentOneBegins) {
  const Claim claim = sessions_.proof().ClaimOf(kAda);
  NewSession session{Bytes(32, 1), console_id_, NowStep(), {}, {}};  // both have compared already
  session.password_hash = Sql("SELECT password_hash FROM console_user WHERE user_id = '" + std::string(kAda) + "'");
  EXPECT_EQ(store::CodeOf(store_->sessions().BeginSession(claim, session, store::Soon())), 0);
  session.token_sha256 = Bytes(32, 2);
  EXPECT_EQ(store::CodeOf(store_->sessions().BeginSession(claim, session, store::Soon())),
            Number(ErrorCode::kConsoleLogInRefused));
  EXPECT_EQ(Count("console_session"), 1);
}

TEST_F(SessionServiceTest, LocksAfterFiveWrongOnesForThirtyMinutesAndThenNotAnyMore) {
  for (const std::string& user : {std::string(kAda), std::string("nobody@clinic.example")}) {
    for (int i = 0; i < kAttemptsMax; ++i) EXPECT_EQ(LogIn(user, "wrong", {}), Number(ErrorCode::kConsoleLogInRefused));
    EXPECT_EQ(LogIn(user, kPassword, Code()), Number(ErrorCode::kConsoleLogInLocked));
    EXPECT_NEAR(RefusalOf(status_).retry_after_ms(), 30 * 60 * 1000, 60 * 1000);
  }
  EXPECT_EQ(Events("console.locked"), 2);
  Sql("UPDATE console_log_in_failure SET locked_until = now()");
  EXPECT_EQ(LogIn(kAda, kPassword, Code()), 0);
  EXPECT_EQ(Count("console_log_in_failure WHERE user_id IS NOT NULL"), 0);
}

TEST_F(SessionServiceTest, AClockThatWasSetBackMakesNoLockLongerThanThirtyMinutes) {
  for (int i = 0; i < kAttemptsMax; ++i) EXPECT_EQ(LogIn(kAda, "wrong", {}), Number(ErrorCode::kConsoleLogInRefused));
  Sql("UPDATE console_log_in_failure SET locked_until = now() + interval '1 day'");
  EXPECT_EQ(LogIn(kAda, kPassword, Code()), Number(ErrorCode::kConsoleLogInLocked));
  EXPECT_NEAR(RefusalOf(status_).retry_after_ms(), 30 * 60 * 1000, 60 * 1000);
}

TEST_F(SessionServiceTest, ARightLogInForgetsTheWrongOnesBefore) {
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < kAttemptsMax - 1; ++i)
      EXPECT_EQ(LogIn(kAda, "wrong", {}), Number(ErrorCode::kConsoleLogInRefused));
    ForgetUsedCodes();
    EXPECT_EQ(LogIn(kAda, kPassword, Code()), 0);
  }
}

TEST_F(SessionServiceTest, CountsParallelGuessesOneByOne) {
  std::vector<std::future<int>> guesses;
  for (int i = 0; i < 12; ++i) {
    guesses.push_back(std::async(std::launch::async, [this] {
      v1::ConsoleLogInRequest request;
      request.set_user_id(kAda);
      request.set_password("wrong");
      v1::ConsoleLogInResponse response;
      return CodeOfCall(stub_->LogIn(As({}).get(), request, &response));
    }));
  }
  int compared = 0;
  for (auto& guess : guesses) compared += guess.get() == Number(ErrorCode::kConsoleLogInRefused) ? 1 : 0;
  EXPECT_EQ(compared, kAttemptsMax);
  EXPECT_EQ(Events("console.locked"), 1);
}

TEST_F(SessionServiceTest, RefusesADisabledUserLikeAnyWrongOne) {
  Sql("UPDATE console_user SET enabled = false WHERE user_id = '" + std::string(kAda) + "'");
  EXPECT_EQ(LogIn(kAda, kPassword, Code()), Number(ErrorCode::kConsoleLogInRefused));
}

TEST_F(SessionServiceTest, LogOutEndsTheSession) {
  ASSERT_EQ(LogIn(kAda, kPassword, Code()), 0);
  v1::ConsoleLogOutResponse response;
  ASSERT_TRUE(stub_->LogOut(As(in_.token()).get(), {}, &response).ok());
  EXPECT_EQ(WhoAmI(in_.token()), Number(ErrorCode::kSessionInvalid));
}

TEST_F(SessionServiceTest, EndsTheOldestSessionOfTooMany) {
  const std::string first = Session(kAda);
  Sql("UPDATE console_session SET begun_at = now() - interval '1 hour'");
  for (int i = 1; i < kSessionsPerUserMax; ++i) Session(kAda);
  ASSERT_EQ(LogIn(kAda, kPassword, Code()), 0);
  EXPECT_EQ(WhoAmI(first), Number(ErrorCode::kSessionInvalid));
  EXPECT_EQ(WhoAmI(in_.token()), 0);
}

TEST_F(SessionServiceTest, ANewUserChoosesAPasswordAndSetsUpTotpWithTenRecoveryCodes) {
  AddUser("new@clinic.example", "viewer", {}, false);
  GiveCredentials("new@clinic.example", "first password", {});
  Sql("UPDATE console_user SET password_must_change = true WHERE user_id = 'new@clinic.example'");
  ASSERT_EQ(LogIn("new@clinic.example", "first password", {}), 0);
  EXPECT_TRUE(in_.password_must_change());
  EXPECT_TRUE(in_.totp_must_be_set_up());
  const std::string token = in_.token();
  ASSERT_EQ(ChangePassword(token, "first password", kNewPassword), 0);

  v1::BeginTotpRequest begin;
  begin.set_password(kNewPassword);
  v1::BeginTotpResponse begun;
  ASSERT_TRUE(stub_->BeginTotp(As(token).get(), begin, &begun).ok());
  EXPECT_THAT(begun.uri(), testing::StartsWith("otpauth://totp/Madoguchi:new%40clinic.example?secret="));
  v1::ConfirmTotpRequest confirm;
  v1::ConfirmTotpResponse confirmed;
  confirm.set_code("000000");
  EXPECT_EQ(CodeOfCall(stub_->ConfirmTotp(As(token).get(), confirm, &confirmed)),
            Number(ErrorCode::kConsoleLogInRefused));
  const Bytes sealed =
      FromHex(Sql("SELECT encode(totp_next_sealed, 'hex') FROM console_user WHERE user_id = 'new@clinic.example'"))
          .value();
  const SecretBytes secret = seal_.Open(sealed, TotpAbout("new@clinic.example")).value();
  confirm.set_code(TotpCode(secret.view(), NowStep()).value());
  ASSERT_EQ(CodeOfCall(stub_->ConfirmTotp(As(token).get(), confirm, &confirmed)), 0);
  ASSERT_EQ(confirmed.recovery_codes_size(), kRecoveryCodes);
  EXPECT_EQ(Sql("SELECT complete FROM console_session WHERE user_id = 'new@clinic.example'"), "t");

  EXPECT_EQ(LogIn("new@clinic.example", kNewPassword, {}), Number(ErrorCode::kConsoleLogInRefused));
  ASSERT_EQ(LogIn("new@clinic.example", kNewPassword, confirmed.recovery_codes(3)), 0);
  EXPECT_EQ(in_.recovery_codes_left(), 9U);
  EXPECT_EQ(Sql("SELECT string_agg(by_recovery_code::text, ' ' ORDER BY begun_at) FROM console_session "
                "WHERE user_id = 'new@clinic.example'"),
            "false true");
  EXPECT_EQ(LogIn("new@clinic.example", kNewPassword, confirmed.recovery_codes(3)),
            Number(ErrorCode::kConsoleLogInRefused));
  EXPECT_EQ(Events("console.recovery_code_used"), 1);
}

TEST_F(SessionServiceTest, ChangingThePasswordEndsTheOtherSessionsOnly) {
  const std::string own = Session(kAda);
  const std::string other = Session(kAda);
  ASSERT_EQ(ChangePassword(own, kPassword, kNewPassword), 0);
  EXPECT_EQ(WhoAmI(own), 0);
  EXPECT_EQ(WhoAmI(other), Number(ErrorCode::kSessionInvalid));
  EXPECT_EQ(LogIn(kAda, kPassword, Code()), Number(ErrorCode::kConsoleLogInRefused));
  EXPECT_EQ(LogIn(kAda, kNewPassword, Code()), 0);
}

TEST_F(SessionServiceTest, RefusesAWeakPasswordByNameAndAWrongOldOneByCount) {
  const std::string own = Session(kAda);
  EXPECT_EQ(ChangePassword(own, kPassword, "short"), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(RefusalOf(status_).problems(0).field(), "new_password");
  for (int i = 0; i < kAttemptsMax; ++i)
    EXPECT_EQ(ChangePassword(own, "wrong", kNewPassword), Number(ErrorCode::kConsoleLogInRefused));
  EXPECT_EQ(ChangePassword(own, kPassword, kNewPassword), Number(ErrorCode::kConsoleLogInLocked));
  EXPECT_EQ(WhoAmI(own), 0);  // the session goes on
}

TEST_F(SessionServiceTest, ResetsAPasswordByMailOnceWithin30Minutes) {
  const std::string session = Session(kAda);
  ASSERT_EQ(AskReset(kAda), 0);
  const std::string code = MailedCode();
  ASSERT_FALSE(code.empty());
  EXPECT_EQ(Reset(kAda, code, "short"), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(Reset(kBen, code), Number(ErrorCode::kConsoleLogInRefused));
  EXPECT_EQ(Reset(kAda, code), 0);
  EXPECT_EQ(Reset(kAda, code), Number(ErrorCode::kConsoleLogInRefused));
  EXPECT_EQ(WhoAmI(session), Number(ErrorCode::kSessionInvalid));
  EXPECT_EQ(LogIn(kAda, kNewPassword, {}), Number(ErrorCode::kConsoleLogInRefused));  // TOTP stays
  EXPECT_EQ(LogIn(kAda, kNewPassword, Code()), 0);
  ASSERT_EQ(AskReset(kAda), 0);
  Sql("UPDATE password_reset SET expires_at = now() WHERE used_at IS NULL");
  EXPECT_EQ(Reset(kAda, MailedCode()), Number(ErrorCode::kConsoleLogInRefused));
}

TEST_F(SessionServiceTest, FiveWrongResetCodesLockResettingForThirtyMinutesAndNeverLogIn) {
  ASSERT_EQ(AskReset(kAda), 0);
  const std::string code = MailedCode();
  for (const std::string& user : {std::string(kAda), std::string("nobody@clinic.example")}) {
    for (int i = 0; i < kAttemptsMax; ++i)
      EXPECT_EQ(Reset(user, "AAAAA-AAAAA-AAAAA-AAAAA"), Number(ErrorCode::kConsoleLogInRefused));
    EXPECT_EQ(Reset(user, code), Number(ErrorCode::kConsoleLogInLocked));
    EXPECT_NEAR(RefusalOf(status_).retry_after_ms(), 30 * 60 * 1000, 60 * 1000);
  }
  EXPECT_EQ(Count("audit_event WHERE action = 'console.locked' AND detail = 'of=reset'"), 2);
  EXPECT_EQ(LogIn(kAda, kPassword, Code()), 0);
  EXPECT_EQ(store_->users().List({kAda, {}}, store::Soon()).value().front().locked_until, "");
  Sql("UPDATE console_log_in_failure SET locked_until = now()");
  EXPECT_EQ(Reset(kAda, code), 0);
  EXPECT_EQ(Count("console_log_in_failure WHERE user_id IS NOT NULL"), 0);
}

TEST_F(SessionServiceTest, AWrongNewPasswordCostsNoTryOfTheResetCode) {
  ASSERT_EQ(AskReset(kAda), 0);
  for (int i = 0; i <= kAttemptsMax; ++i)
    EXPECT_EQ(Reset(kAda, MailedCode(), "short"), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(Reset(kAda, MailedCode()), 0);
}

TEST_F(SessionServiceTest, ForgetsSessionsAndResetCodesThatEndedLongAgoAndNoOthers) {
  const std::string open = Session(kAda), lately = Session(kAda);
  Sql("UPDATE console_session SET ended_at = now() - interval '29 days' WHERE encode(token_sha256, 'hex') = '" +
      ToHex(crypto::Sha256(FromHex(lately).value())) + "'");
  Sql("INSERT INTO console_session (token_sha256, user_id, complete, console_id, ends_at, ended_at) SELECT "
      "decode(lpad(to_hex(n), 64, '0'), 'hex'), 'ada@clinic.example', true, 'x', now() - interval '31 days', "
      "CASE n % 2 WHEN 0 THEN now() - interval '31 days' END FROM generate_series(1, 1500) AS n");
  Sql("INSERT INTO password_reset SELECT n::text, 'ada@clinic.example', now() - (n || ' hours')::interval, NULL FROM "
      "generate_series(23, 26) AS n");
  EXPECT_FALSE(store_->sessions().ForgetEnded(store::Soon()).value());  // no more than kForgottenAtOnce at once
  EXPECT_TRUE(store_->sessions().ForgetEnded(store::Soon()).value());
  EXPECT_EQ(Count("console_session"), 2);
  EXPECT_EQ(Count("password_reset"), 1);  // the one of 23 hours
  EXPECT_EQ(WhoAmI(open), 0);
}

TEST_F(SessionServiceTest, AnswersAWishForAResetAlikeAndSendsNobodyMoreThanThreeAnHour) {
  EXPECT_EQ(AskReset("nobody@clinic.example"), 0);
  EXPECT_EQ(AskReset("no address"), 0);
  EXPECT_EQ(Count("outgoing_mail"), 0);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(AskReset(kAda), 0);
  EXPECT_EQ(Count("outgoing_mail"), kResetsPerHourMax);
}

TEST_F(SessionServiceTest, KeepsNoSecretInLogOrTrail) {
  testing::internal::CaptureStderr();
  const std::string code = Code();
  ASSERT_EQ(LogIn(kAda, kPassword, code), 0);
  const std::string token = in_.token();
  EXPECT_EQ(LogIn(kAda, "wrong-marker", code), Number(ErrorCode::kConsoleLogInRefused));
  EXPECT_EQ(LogIn("marker-typed-as-id", kPassword, code), Number(ErrorCode::kConsoleLogInRefused));
  ASSERT_EQ(AskReset(kAda), 0);
  const std::string written =
      testing::internal::GetCapturedStderr() + Sql("SELECT string_agg(e::text, ' ') FROM audit_event AS e");
  for (const std::string& secret :
       {std::string(kPassword), std::string("wrong-marker"), std::string("marker-typed-as-id"), token, MailedCode()})
    EXPECT_THAT(written, testing::Not(testing::HasSubstr(secret)));
}

}  // namespace
}  // namespace madoguchi::console
