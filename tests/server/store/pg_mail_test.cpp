// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_mail.h"

#include "tests/server/account/sealed_test.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class PgMailTest : public StoreTest {
 protected:
  std::string Queue() {
    const auto mail = account::SealMail(seal_, {"hanako@example.jp", "user.first_password", "件名", "Abcd2345 secret"});
    EXPECT_TRUE(mail.ok());
    EXPECT_EQ(CodeOf(one_.Add(*mail, Soon())), 0);
    return mail->mail_id;
  }
  const crypto::Seal seal_ = account::TestSeal();
  AnswerLimit limit_;
  PgPool pool_{server_url(), 2, limit_};
  PgMail one_{pool_, "server-one"}, two_{pool_, "server-two"};
};

TEST_F(PgMailTest, GivesAMailToOneServerAndForgetsItWhenSent) {
  const std::string mail_id = Queue();
  const auto due = one_.TakeDue(Soon());
  ASSERT_TRUE(due.ok() && due->has_value());
  EXPECT_EQ((*due)->mail.mail_id, mail_id);
  EXPECT_EQ((*due)->attempts, 1);
  EXPECT_FALSE((*due)->last);
  EXPECT_EQ(account::OpenMail(seal_, (*due)->mail)->text, "Abcd2345 secret");
  EXPECT_FALSE(two_.TakeDue(Soon())->has_value());
  ASSERT_EQ(CodeOf(one_.Sent(mail_id, Soon())), 0);
  EXPECT_EQ(Count("outgoing_mail"), 0);
  EXPECT_EQ(Sql("SELECT detail FROM audit_event WHERE action = 'account.mail_sent'"), "user.first_password");
}

TEST_F(PgMailTest, GivesAMailUpAfterADayWithANoticeThatNamesNobody) {
  const std::string mail_id = Queue();
  ASSERT_TRUE(one_.TakeDue(Soon())->has_value());
  ASSERT_EQ(CodeOf(one_.Later(mail_id, ErrorCode::kMailNotSent, std::chrono::milliseconds(0), Soon())), 0);
  EXPECT_EQ(Sql("SELECT last_code FROM outgoing_mail"), "1528");
  EXPECT_EQ(Sql("SELECT give_up_at > now() + interval '23 hours' FROM outgoing_mail"), "t");
  Sql("UPDATE outgoing_mail SET give_up_at = clock_timestamp()");
  const auto due = two_.TakeDue(Soon());
  ASSERT_TRUE(due.ok() && due->has_value());
  EXPECT_TRUE((*due)->last);
  ASSERT_EQ(CodeOf(two_.GiveUp(mail_id, ErrorCode::kMailNotSent, Soon())), 0);
  EXPECT_EQ(Count("outgoing_mail"), 0);
  EXPECT_EQ(Sql("SELECT about FROM notice WHERE kind = 'mail.given_up'"), "user.first_password " + mail_id);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.mail_given_up' AND code = 1528"), 1);
}

TEST_F(PgMailTest, HoldsNothingInClear) {
  Queue();
  EXPECT_EQ(Count("outgoing_mail WHERE position('secret'::bytea IN sealed) > 0"), 0);
}

}  // namespace
}  // namespace madoguchi::store
