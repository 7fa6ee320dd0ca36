// SPDX-License-Identifier: Apache-2.0
#include "server/account/mail_courier.h"

#include "contract/crypto/digest.h"
#include "server/outbound/smtp_client.h"
#include "server/store/pg_mail.h"
#include "tests/server/account/sealed_test.h"
#include "tests/server/outbound/mail_server.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::account {
namespace {

using outbound::test::Authority;
using outbound::test::MailServer;

// The real queue and a real mail server.
class MailCourierTest : public store::StoreTest {
 protected:
  void Queue() {
    SealedMailQueue queue(book_, seal_);
    ASSERT_TRUE(
        queue.Queue({"hanako@example.jp", "user.first_password", "件名", "本文 Abcd2345\n"}, store::Soon()).ok());
  }
  void Tick(const MailCourier::Send& send) {
    MailCourier courier(book_, seal_, "madoguchi@clinic.example", send);
    const auto done = courier.Tick(store::Soon());
    ASSERT_TRUE(done.ok() && *done);
  }
  MailCourier::Send To(const MailServer& server) {
    return [client = std::make_shared<outbound::SmtpClient>(
                outbound::SmtpServer{"smtp://127.0.0.1:" + server.port(), "", "", authority_.files().root})](
               const std::string& from, const std::string& recipient, const std::string& message, Deadline deadline) {
      return client->Send(from, recipient, message, deadline);
    };
  }
  const crypto::Seal seal_ = TestSeal();
  const Authority authority_;
  store::AnswerLimit limit_;
  store::PgPool pool_{server_url(), 2, limit_};
  store::PgMail book_{pool_, "server-one"};
};

TEST_F(MailCourierTest, BringsAMailToTheServerOnceAndForgetsIt) {
  MailServer server("starttls", authority_);
  Queue();
  Tick(To(server));
  const std::string mail = server.NextMail();
  EXPECT_NE(mail.find("hanako@example.jp"), std::string::npos);
  EXPECT_NE(mail.find(crypto::ToBase64(AsBytes("本文 Abcd2345\r\n"))), std::string::npos);
  EXPECT_EQ(Count("outgoing_mail"), 0);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.mail_sent'"), 1);
}

TEST_F(MailCourierTest, TriesARefusedMailAgainAndGivesItUpAfterADay) {
  MailServer server("refusing", authority_);
  Queue();
  Tick(To(server));
  EXPECT_EQ(Sql("SELECT attempts || ' ' || last_code || ' ' || (next_at > clock_timestamp()) FROM outgoing_mail"),
            "1 1528 true");
  Tick(To(server));  // not due: nothing is tried
  EXPECT_EQ(Sql("SELECT attempts FROM outgoing_mail"), "1");
  Sql("UPDATE outgoing_mail SET next_at = clock_timestamp(), give_up_at = clock_timestamp()");
  Tick(To(server));
  EXPECT_EQ(Count("outgoing_mail"), 0);
  EXPECT_EQ(Count("notice WHERE kind = 'mail.given_up'"), 1);
}

TEST_F(MailCourierTest, WithoutAMailServerAMailWaits) {
  Queue();
  Tick({});
  EXPECT_EQ(Count("outgoing_mail WHERE last_code = 1528"), 1);
}

TEST(MailCourier, PausesLongerEachTimeUpToItsLimit) {
  using std::chrono::milliseconds;
  const milliseconds first(10), most(60);
  EXPECT_EQ(PauseAfter(1, first, most), milliseconds(10));
  EXPECT_EQ(PauseAfter(2, first, most), milliseconds(20));
  EXPECT_EQ(PauseAfter(4, first, most), milliseconds(60));
  EXPECT_EQ(PauseAfter(1'000'000, first, most), milliseconds(60));
}

}  // namespace
}  // namespace madoguchi::account
