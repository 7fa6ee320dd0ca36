// SPDX-License-Identifier: Apache-2.0
// Log-in at a desk as a whole: account/log_in.h over the real database, with real hashes.
#include "server/store/pg_log_ins.h"

#include <gmock/gmock.h>

#include <future>

#include "contract/crypto/password_hash.h"
#include "contract/crypto/random.h"
#include "contract/crypto/seal.h"
#include "contract/files.h"
#include "server/account/log_in.h"
#include "server/store/pg_releases.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/store/national_book.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using account::LogInRefusal;
using std::chrono::milliseconds;

constexpr char kInstitution[] = "1311234567";
constexpr char kPassword[] = "Ab3dE6gh";
constexpr char kChosen[] = "a quiet morning at the window";

crypto::Seal TestSeal() {
  const TestFolder folder;
  EXPECT_TRUE(WriteFileWhole(folder.File("seal.key"), ToHex(crypto::RandomBytes(32)), true).ok());
  return crypto::Seal::FromKeyFile(folder.File("seal.key")).value();
}

class PgLogInsTest : public StoreTest {
 protected:
  PgLogInsTest() {
    static const std::string hash = crypto::HashPassword(AsBytes(kPassword), crypto::Slot::kLogIn, Soon()).value();
    Sql("UPDATE device_account SET password_hash = '" + hash + "'");
    Sql("DELETE FROM desk_log_in");
  }
  int LogIn(const std::string& desk_id, const std::string& account_id, const std::string& password,
            account::DeskLogIn* by = nullptr) {
    refusal_ = {};
    return CodeOf(
        (by != nullptr ? *by : log_in_).LogIn(desk_id, kInstitution, account_id, AsBytes(password), refusal_, Soon()));
  }
  int ChangePassword(const std::string& old, const std::string& new_one, const std::string& again) {
    refusal_ = {};
    return CodeOf(log_in_.ChangePassword(desk_one_, kInstitution, AsBytes(old), AsBytes(new_one), AsBytes(again),
                                         refusal_, Soon()));
  }
  int LoggedIn() const { return Count("desk_log_in"); }
  int Events(const std::string& action) const { return Count("audit_event WHERE action = '" + action + "'"); }

  AnswerLimit limit_;
  PgPool pool_{server_url(), 8, limit_};
  PgLogIns log_ins_{pool_, "server-one"};
  PgReleases book_{pool_, "server-one"};
  account::NationalBook national_;
  const crypto::Seal seal_ = TestSeal();
  const audit::KeyedHash hash_{Bytes(32, 0x11)};
  account::Releases releases_{{book_, national_, seal_, hash_}};
  account::DeskLogIn log_in_{{log_ins_, releases_, hash_}};
  account::DeskLogIn strict_{{log_ins_, releases_, hash_, account::LockPolicy::kPerAccount}};
  LogInRefusal refusal_;
};

TEST_F(PgLogInsTest, TheRightPasswordLogsTheDeskIn) {
  EXPECT_EQ(LogIn(desk_one_, "W0000001", kPassword), 0);
  EXPECT_EQ(Sql("SELECT concat_ws('|', desk_id, account_id, how) FROM desk_log_in"), desk_one_ + "|W0000001|password");
  EXPECT_EQ(Events("account.logged_in"), 1);
  EXPECT_EQ(Count("device_account WHERE last_used_at IS NOT NULL"), 1);
  EXPECT_EQ(LogIn(desk_one_, "W0000001", kPassword), 0);
  EXPECT_EQ(LoggedIn(), 1);
}

TEST_F(PgLogInsTest, AWrongPasswordAnUnknownAccountAndAnotherFacilitysAreToldTheSame) {
  for (const char* account_id : {"W0000001", "W0999999", "", "' OR true --"}) {
    EXPECT_EQ(LogIn(desk_one_, account_id, "not it"), Number(ErrorCode::kLogInRefused)) << account_id;
  }
  EXPECT_EQ(LoggedIn(), 0);
  EXPECT_EQ(Count("log_in_failure"), 4);
  EXPECT_EQ(Count("log_in_failure WHERE account_id IS NOT NULL"), 1);
  EXPECT_EQ(Count("audit_event WHERE account_id IS DISTINCT FROM 'W0000001' AND account_id IS NOT NULL"), 0);
}

TEST_F(PgLogInsTest, TheFifthWrongOneLocksKnownAndUnknownAlike) {
  for (const char* account_id : {"W0000001", "W0999999"}) {
    for (int i = 1; i < account::kFailuresMax; ++i)
      EXPECT_EQ(LogIn(desk_one_, account_id, "not it"), Number(ErrorCode::kLogInRefused));
    EXPECT_EQ(LogIn(desk_one_, account_id, "not it"), Number(ErrorCode::kLogInLocked));
    EXPECT_GT(refusal_.locked_for, milliseconds(29 * 60 * 1000));
    EXPECT_LE(refusal_.locked_for, account::kLockedFor);
    EXPECT_EQ(LogIn(desk_one_, account_id, kPassword), Number(ErrorCode::kLogInLocked));
    EXPECT_GT(refusal_.locked_for.count(), 0);
  }
  EXPECT_EQ(Events("account.locked"), 2);
}

TEST_F(PgLogInsTest, ALockRefusesLogInAtItsSourceAndEndsNoSession) {
  ASSERT_EQ(LogIn(desk_one_, "W0000001", kPassword), 0);
  for (int i = 0; i < account::kFailuresMax; ++i) LogIn(desk_two_, "W0000001", "not it");
  EXPECT_EQ(LogIn(desk_two_, "W0000001", kPassword), Number(ErrorCode::kLogInLocked));
  EXPECT_EQ(LoggedIn(), 1);
  EXPECT_EQ(LogIn(desk_one_, "W0000001", kPassword), 0);
}

TEST_F(PgLogInsTest, TheStrictPolicyLocksTheAccountEverywhere) {
  for (int i = 0; i < account::kFailuresMax; ++i) LogIn(desk_two_, "W0000001", "not it", &strict_);
  EXPECT_EQ(LogIn(desk_one_, "W0000001", kPassword, &strict_), Number(ErrorCode::kLogInLocked));
}

TEST_F(PgLogInsTest, ManyGuessesAtOnceHaveFiveAnswers) {
  std::vector<std::future<int>> guesses;
  for (int i = 0; i < 16; ++i) {
    guesses.push_back(std::async(std::launch::async, [&] {
      LogInRefusal refusal;
      return CodeOf(log_in_.LogIn(desk_one_, kInstitution, "W0000001", AsBytes("not it"), refusal, Soon()));
    }));
  }
  for (auto& guess : guesses)
    EXPECT_THAT(guess.get(), testing::AnyOf(Number(ErrorCode::kLogInRefused), Number(ErrorCode::kLogInLocked)));
  const std::string refused = "audit_event WHERE action = 'account.log_in_refused' AND code = ";
  EXPECT_EQ(Count(refused + std::to_string(Number(ErrorCode::kLogInRefused))), account::kFailuresMax);
  EXPECT_EQ(Count(refused + std::to_string(Number(ErrorCode::kLogInLocked))), 1);  // of all that met the lock
  EXPECT_EQ(Events("account.locked"), 1);
}

TEST_F(PgLogInsTest, TheRightPasswordOfAnAccountThatIsNotThisDesksLogsNobodyInAndCountsNothing) {
  for (int i = 0; i < 7; ++i) EXPECT_EQ(LogIn(desk_one_, "W0000002", kPassword), Number(ErrorCode::kAccountNotUsable));
  Sql("UPDATE device_account SET state = 'suspended' WHERE account_id = 'W0000001'");
  EXPECT_EQ(LogIn(desk_one_, "W0000001", kPassword), Number(ErrorCode::kAccountNotUsable));
  EXPECT_EQ(LoggedIn(), 0);
}

TEST_F(PgLogInsTest, APasswordThatCouldNotBeComparedDoesNotCount) {
  Sql("UPDATE device_account SET password_hash = '$argon2id$damaged' WHERE account_id = 'W0000001'");
  for (int i = 0; i < 7; ++i) EXPECT_EQ(LogIn(desk_one_, "W0000001", kPassword), Number(ErrorCode::kInternalError));
  EXPECT_EQ(Count("log_in_failure WHERE failures > 0 OR locked_until IS NOT NULL"), 0);
}

TEST_F(PgLogInsTest, APasswordThatIsTooLongIsWrongAlsoWhenItBeginsRight) {
  const std::string longest(account::kPasswordBytesMax, 'x');
  Sql("UPDATE device_account SET password_hash = '" +
      crypto::HashPassword(AsBytes(longest), crypto::Slot::kLogIn, Soon()).value() + "' WHERE account_id = 'W0000001'");
  EXPECT_EQ(LogIn(desk_one_, "W0000001", longest + "x"), Number(ErrorCode::kLogInRefused));
  EXPECT_EQ(LogIn(desk_one_, "W0000001", longest), 0);
}

TEST_F(PgLogInsTest, ATryThatIsReturnedDoesNotCount) {
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(CodeOf(log_ins_.TakeTry({desk_one_, kInstitution, "W0000001", "hash", "desk:" + desk_one_},
                                      refusal_.locked_for, Soon())),
              0);
    EXPECT_EQ(CodeOf(log_ins_.ReturnTry({desk_one_, kInstitution, "W0000001", "hash", "desk:" + desk_one_}, Soon())),
              0);
  }
}

TEST_F(PgLogInsTest, APasswordIsChangedWithTheOldOneAndTheNewOneTwice) {
  EXPECT_EQ(ChangePassword(kPassword, kChosen, "something else entirely"), Number(ErrorCode::kPasswordsDiffer));
  EXPECT_EQ(ChangePassword(kPassword, "too short", "too short"), Number(ErrorCode::kPasswordTooWeak));
  EXPECT_FALSE(refusal_.problems.empty());
  EXPECT_EQ(Count("log_in_failure"), 0);
  EXPECT_EQ(ChangePassword("not it", kChosen, kChosen), Number(ErrorCode::kLogInRefused));
  EXPECT_EQ(ChangePassword(kPassword, kChosen, kChosen), 0);
  EXPECT_EQ(Count("device_account WHERE password_chosen_at IS NOT NULL"), 1);
  EXPECT_EQ(Events("account.password_changed"), 1);
  EXPECT_EQ(LogIn(desk_one_, "W0000001", kPassword), Number(ErrorCode::kLogInRefused));
  EXPECT_EQ(LogIn(desk_one_, "W0000001", kChosen), 0);
}

TEST_F(PgLogInsTest, OfTwoChangesAtOnceOneIsDone) {
  const std::string old_hash = Sql("SELECT password_hash FROM device_account WHERE account_id = 'W0000001'");
  const account::LogInAttempt attempt{desk_one_, kInstitution, "W0000001", "hash", "desk:" + desk_one_};
  EXPECT_EQ(CodeOf(log_ins_.ChangePassword(attempt, old_hash, "$argon2id$one", Soon())), 0);
  EXPECT_EQ(CodeOf(log_ins_.ChangePassword(attempt, old_hash, "$argon2id$two", Soon())),
            Number(ErrorCode::kChangedMeanwhile));
  EXPECT_EQ(Sql("SELECT password_hash FROM device_account WHERE account_id = 'W0000001'"), "$argon2id$one");
}

TEST_F(PgLogInsTest, LogOutEndsTheLogInOfThisDeskOnly) {
  ASSERT_EQ(LogIn(desk_one_, "W0000001", kPassword), 0);
  ASSERT_EQ(LogIn(desk_two_, "W0000002", kPassword), 0);
  EXPECT_EQ(CodeOf(log_ins_.LogOut(desk_one_, "", Soon())), 0);
  EXPECT_EQ(Sql("SELECT account_id FROM desk_log_in"), "W0000002");
  EXPECT_EQ(Events("account.logged_out"), 1);
}

TEST_F(PgLogInsTest, DeregistrationReleasesHereAndThereAndEndsTheDesk) {
  Sql("UPDATE device_account SET national_bound = true WHERE account_id = 'W0000001'");
  national_.bound["W0000001"] = desk_one_;
  EXPECT_EQ(CodeOf(log_in_.Deregister(desk_one_, "", AsBytes("not it"), refusal_, Soon())),
            Number(ErrorCode::kLogInRefused));
  EXPECT_EQ(Count("device_account WHERE desk_id IS NOT NULL"), 2);
  Sql("INSERT INTO institution (code) VALUES ('1331234560')");
  Sql("INSERT INTO device_account (account_id, institution_code, reserved_for_desk) VALUES ('W0000007', '1331234560', "
      "'" +
      desk_one_ + "')");
  const Result<bool> told = log_in_.Deregister(desk_one_, "", AsBytes(kPassword), refusal_, Soon());
  ASSERT_EQ(CodeOf(told), 0);
  EXPECT_TRUE(*told);
  EXPECT_EQ(Sql("SELECT concat_ws('|', state, holder, national_release_due) FROM device_account WHERE account_id = "
                "'W0000001'"),
            "issued|spare|f");
  EXPECT_EQ(Sql("SELECT status FROM desk WHERE desk_id = '" + desk_one_ + "'"), "revoked");
  EXPECT_EQ(Count("device_account WHERE reserved_for_desk IS NOT NULL"), 0);
  EXPECT_EQ(Count("desk_certificate WHERE revoked_at IS NULL"), 1);
  EXPECT_EQ(Count("sealed_sheet WHERE account_id = 'W0000001' AND source = 'national'"), 1);
  EXPECT_EQ(CodeOf(log_ins_.Admit(desk_one_, CertificateOf(desk_one_), Soon())), Number(ErrorCode::kDeskNotActive));
  EXPECT_EQ(CodeOf(log_ins_.Admit(desk_two_, CertificateOf(desk_two_), Soon())), 0);
}

TEST_F(PgLogInsTest, DeregistrationIsDoneHereWhileTheNationalSideIsAwayAndToldLaterWithTheSameKey) {
  using Fault = account::NationalBook::Fault;
  Sql("UPDATE device_account SET national_bound = true WHERE account_id = 'W0000001'");
  national_.bound["W0000001"] = desk_one_;
  national_.faults = {Fault::kUnreachable, Fault::kAnswerLost};
  const Result<bool> told = log_in_.Deregister(desk_one_, kInstitution, AsBytes(kPassword), refusal_, Soon());
  ASSERT_EQ(CodeOf(told), 0);
  EXPECT_FALSE(*told);
  EXPECT_EQ(Count("device_account WHERE account_id = 'W0000001' AND state = 'issued' AND national_release_due"), 1);
  EXPECT_EQ(CodeOf(releases_.Tick(Soon())), Number(ErrorCode::kNationalOutcomeUnknown));
  EXPECT_EQ(Count("device_account WHERE national_release_due"), 1);
  EXPECT_EQ(CodeOf(releases_.Tick(Soon())), 0);
  EXPECT_EQ(Count("device_account WHERE national_release_due"), 0);
  EXPECT_EQ(Count("sealed_sheet WHERE account_id = 'W0000001'"), 1);
  EXPECT_EQ(Events("account.national_released"), 1);
  EXPECT_EQ(national_.calls.size(), 3u);
}

TEST_F(PgLogInsTest, ADeskWithAnotherAccountGoesOn) {
  Sql("INSERT INTO institution (code) VALUES ('1331234560')");
  Sql("INSERT INTO device_account (account_id, institution_code, state, holder, desk_id) VALUES ('W0000007', "
      "'1331234560', 'active', "
      "'desk', '" +
      desk_one_ + "')");
  ASSERT_EQ(CodeOf(log_in_.Deregister(desk_one_, kInstitution, AsBytes(kPassword), refusal_, Soon())), 0);
  EXPECT_EQ(CodeOf(log_ins_.Admit(desk_one_, CertificateOf(desk_one_), Soon())), 0);
  EXPECT_EQ(Count("device_account WHERE desk_id = '" + desk_one_ + "'"), 1);
}

TEST_F(PgLogInsTest, TellsADeskWhatItMaySee) {
  ASSERT_EQ(LogIn(desk_one_, "W0000001", kPassword), 0);
  const auto facts = log_ins_.Describe(desk_one_, CertificateOf(desk_one_), Soon());
  ASSERT_EQ(CodeOf(facts), 0);
  EXPECT_EQ(facts->desk_name, "desk one");
  ASSERT_EQ(facts->accounts.size(), 1u);
  EXPECT_EQ(facts->accounts[0].account_id, "W0000001");
  EXPECT_TRUE(facts->accounts[0].active && facts->accounts[0].logged_in);
  EXPECT_FALSE(facts->renew_now);
  EXPECT_FALSE(facts->certificate_expires_at.empty());
  Sql("UPDATE desk_certificate SET issued_at = now() - interval '61 days', not_after = now() + interval '29 days'");
  EXPECT_TRUE(log_ins_.Describe(desk_one_, CertificateOf(desk_one_), Soon())->renew_now);
}

TEST_F(PgLogInsTest, ARevokedExpiredOrForeignCertificateIsNotAdmitted) {
  EXPECT_EQ(CodeOf(log_ins_.Admit(desk_one_, CertificateOf(desk_two_), Soon())),
            Number(ErrorCode::kCertificateNotAccepted));
  EXPECT_EQ(CodeOf(log_ins_.Admit("00000000-0000-4000-8000-000000000000", Bytes(32), Soon())),
            Number(ErrorCode::kDeskUnknown));
  Sql("UPDATE desk_certificate SET revoked_at = now() WHERE desk_id = '" + desk_one_ + "'");
  EXPECT_EQ(CodeOf(log_ins_.Admit(desk_one_, CertificateOf(desk_one_), Soon())),
            Number(ErrorCode::kCertificateNotAccepted));
}

TEST_F(PgLogInsTest, NoPasswordIsInTheDatabaseOrTheLog) {
  testing::internal::CaptureStderr();
  LogIn(desk_one_, "W0000001", "marker-4711-wrong");
  LogIn(desk_one_, "marker-4711-as-id", "x");
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, testing::Not(testing::HasSubstr("marker-4711")));
  for (const char* table : {"audit_event", "log_in_failure", "device_account"})
    EXPECT_EQ(Count(std::string(table) + " AS row WHERE row::text LIKE '%marker-4711%'"), 0) << table;
}

}  // namespace
}  // namespace madoguchi::store
