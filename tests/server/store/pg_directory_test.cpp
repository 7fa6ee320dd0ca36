// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_directory.h"

#include "contract/crypto/digest.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class PgDirectoryTest : public StoreTest {
 protected:
  AnswerLimit limit_;
  PgPool pool_{server_url(), 2, limit_};
  PgDirectory directory_{pool_, "server-one"};
  desk::DeskQuery One(const std::string& institution_code = {}) const {
    return {desk_one_, CertificateOf(desk_one_), institution_code};
  }
  std::string Renewed(const std::string& name) {
    const auto digest = crypto::Sha256(AsBytes(name));
    const std::string hex = ToHex(digest);
    Sql("INSERT INTO desk_certificate (certificate_sha256, desk_id, serial, not_after, issued_for) VALUES ('\\x" + hex +
        "', '" + desk_one_ + "', '02', now() + interval '90 days', 'renewal')");
    return hex;
  }
};

TEST_F(PgDirectoryTest, KnowsADeskAndItsAccount) {
  const auto record = directory_.LoadDesk(One(), Soon());
  ASSERT_EQ(CodeOf(record), 0);
  EXPECT_EQ(record->desk_id, desk_one_);
  EXPECT_EQ(record->name, "desk one");
  EXPECT_EQ(record->institution_code, "1311234567");
  EXPECT_EQ(record->account_id, "W0000001");
}

TEST_F(PgDirectoryTest, SaysWhichMethodsTheRulesAllowNow) {
  EXPECT_EQ(directory_.LoadDesk(One(), Soon())->methods, (std::vector<std::string>{"pin", "sight", "number"}));
  Sql("INSERT INTO method_rule (desk_id, methods, made_by) VALUES ('" + desk_one_ + "', '{pin}', 'ada')");
  EXPECT_EQ(directory_.LoadDesk(One(), Soon())->methods, std::vector<std::string>{"pin"});
  Sql("UPDATE method_rule SET methods = '{}'");
  EXPECT_EQ(directory_.LoadDesk(One(), Soon())->methods, std::vector<std::string>{});
}

TEST_F(PgDirectoryTest, DoesNotKnowAStranger) {
  EXPECT_EQ(CodeOf(directory_.LoadDesk({"00000000-0000-4000-8000-000000000000", {}, {}}, Soon())),
            Number(ErrorCode::kDeskUnknown));
  EXPECT_EQ(CodeOf(directory_.LoadDesk({"' OR true --", {}, {}}, Soon())), Number(ErrorCode::kDeskUnknown));
}

TEST_F(PgDirectoryTest, RefusesARevokedDesk) {
  Sql("UPDATE desk SET status = 'revoked' WHERE desk_id = '" + desk_one_ + "'");
  EXPECT_EQ(CodeOf(directory_.LoadDesk(One(), Soon())), Number(ErrorCode::kDeskNotActive));
}

TEST_F(PgDirectoryTest, RefusesADeskWithoutAUsableAccount) {
  Sql("UPDATE device_account SET state = 'suspended' WHERE account_id = 'W0000001'");
  EXPECT_EQ(CodeOf(directory_.LoadDesk(One(), Soon())), Number(ErrorCode::kAccountNotUsable));
  Sql("UPDATE device_account SET state = 'issued', desk_id = NULL, holder = 'spare' WHERE account_id = 'W0000001'");
  EXPECT_EQ(CodeOf(directory_.LoadDesk(One(), Soon())), Number(ErrorCode::kAccountNotUsable));
}

TEST_F(PgDirectoryTest, RefusesACertificateThatIsUnknownRevokedExpiredOrAnotherDesks) {
  EXPECT_EQ(CodeOf(directory_.LoadDesk({desk_one_, {}, {}}, Soon())), Number(ErrorCode::kCertificateNotAccepted));
  EXPECT_EQ(CodeOf(directory_.LoadDesk({desk_one_, CertificateOf(desk_two_), {}}, Soon())),
            Number(ErrorCode::kCertificateNotAccepted));
  Sql("UPDATE desk_certificate SET not_after = now() WHERE desk_id = '" + desk_one_ + "'");
  EXPECT_EQ(CodeOf(directory_.LoadDesk(One(), Soon())), Number(ErrorCode::kCertificateNotAccepted));
  Sql("UPDATE desk_certificate SET not_after = now() + interval '1 day', revoked_at = now() WHERE desk_id = '" +
      desk_one_ + "'");
  EXPECT_EQ(CodeOf(directory_.LoadDesk(One(), Soon())), Number(ErrorCode::kCertificateNotAccepted));
}

TEST_F(PgDirectoryTest, GivesTheAccountOfTheCodeThatWasAskedForElseTheOneThatIsLoggedIn) {
  Sql("INSERT INTO institution (code) VALUES ('1331234567')");
  Sql("INSERT INTO device_account (account_id, institution_code, desk_id, state, holder) VALUES ('W0000003', "
      "'1331234567', '" +
      desk_one_ + "', 'active', 'desk')");
  EXPECT_EQ(directory_.LoadDesk(One("1331234567"), Soon())->account_id, "W0000003");
  EXPECT_EQ(directory_.LoadDesk(One(), Soon())->account_id, "W0000001");
  Sql("DELETE FROM desk_log_in WHERE desk_id = '" + desk_one_ + "'");
  Sql("INSERT INTO desk_log_in (desk_id, account_id, how) VALUES ('" + desk_one_ + "', 'W0000003', 'password')");
  EXPECT_EQ(directory_.LoadDesk(One(), Soon())->account_id, "W0000003");
  EXPECT_EQ(CodeOf(directory_.LoadDesk(One("1341234567"), Soon())), Number(ErrorCode::kAccountNotUsable));
}

TEST_F(PgDirectoryTest, KeepsWhenAndFromWhereADeskCame) {
  ASSERT_EQ(CodeOf(directory_.RecordArrival(One(), {"192.0.2.7", "0.2.0", "Reader 00"}, Soon())), 0);
  EXPECT_EQ(Sql("SELECT concat_ws('|', last_seen_at IS NOT NULL, host(last_address), terminal_version, reader) FROM "
                "desk WHERE "
                "desk_id = '" +
                desk_one_ + "'"),
            "t|192.0.2.7|0.2.0|Reader 00");
}

TEST_F(PgDirectoryTest, TheFirstUseOfANewCertificateEndsTheOlderOne) {
  const std::string newer = Renewed("newer");
  ASSERT_EQ(CodeOf(directory_.RecordArrival(One(), {}, Soon())), 0);
  EXPECT_EQ(Count("desk_certificate WHERE revoked_at IS NOT NULL"), 0);  // both are good until then
  ASSERT_EQ(CodeOf(directory_.LoadDesk({desk_one_, *FromHex(newer), {}}, Soon())), 0);
  ASSERT_EQ(CodeOf(directory_.RecordArrival({desk_one_, *FromHex(newer), {}}, {}, Soon())), 0);
  EXPECT_EQ(Sql("SELECT string_agg(serial, ',') FROM desk_certificate WHERE revoked_at IS NOT NULL"), "01");
  EXPECT_EQ(Sql("SELECT detail FROM audit_event WHERE action = 'identity.certificate_replaced'"), "serial=01");
  EXPECT_EQ(CodeOf(directory_.LoadDesk(One(), Soon())), Number(ErrorCode::kCertificateNotAccepted));
}

}  // namespace
}  // namespace madoguchi::store
