// SPDX-License-Identifier: Apache-2.0
#include "server/outbound/smtp_client.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/server/outbound/mail_server.h"

namespace madoguchi::outbound {
namespace {

constexpr char kMessage[] = "From: <c@d.jp>\r\nSubject: x\r\n\r\nfirst line\r\n.second line\r\n";

class SmtpClientTest : public testing::Test {
 protected:
  SmtpServer To(const std::string& scheme, const test::MailServer& server,
                const std::string& password = "mail-Passw0rd") {
    const std::string file = authority_.directory() + "/password";
    std::ofstream(file) << password << '\n';
    chmod(file.c_str(), 0600);
    return {scheme + "://127.0.0.1:" + server.port(), "clinic", file, authority_.files().root};
  }
  static std::string Sent(const SmtpServer& server, const std::string& recipient = "hanako@example.jp") {
    const auto sent = SmtpClient(server).Send("c@d.jp", recipient, kMessage, Deadline::In(std::chrono::seconds(20)));
    return sent.ok() ? "sent" : sent.error().detail;
  }
  const test::Authority authority_;
};

TEST_F(SmtpClientTest, SendsAfterStartTlsAndLogIn) {
  test::MailServer server("starttls", authority_);
  ASSERT_EQ(Sent(To("smtp", server)), "sent");
  const std::string mail = server.NextMail();
  EXPECT_NE(mail.find(R"("from": "c@d.jp", "to": ["hanako@example.jp"])"), std::string::npos) << mail;
  EXPECT_NE(mail.find(R"(first line\r\n.second line\r\n)"), std::string::npos) << mail;
  EXPECT_NE(mail.find(R"("authenticated": true)"), std::string::npos) << mail;
}

TEST_F(SmtpClientTest, SendsOverTlsFromTheStart) {
  test::MailServer server("tls", authority_);
  SmtpServer to = To("smtps", server);
  to.user.clear();
  ASSERT_EQ(Sent(to), "sent");
  EXPECT_NE(server.NextMail().find("hanako@example.jp"), std::string::npos);
}

TEST_F(SmtpClientTest, SaysNothingToAServerWithoutTls) {
  test::MailServer server("plain", authority_);
  EXPECT_NE(Sent(To("smtp", server)), "sent");
}

TEST_F(SmtpClientTest, DoesNotTrustAnotherAuthority) {
  test::MailServer server("starttls", authority_);
  const test::Authority other("Other Root");
  SmtpServer to = To("smtp", server);
  to.root_file = other.files().root;
  EXPECT_NE(Sent(to), "sent");
}

TEST_F(SmtpClientTest, ReportsAWrongPasswordAndARefusedRecipientWithoutNamingThem) {
  {
    test::MailServer server("starttls", authority_);
    const std::string said = Sent(To("smtp", server, "other-Secret"));
    EXPECT_NE(said, "sent");
    EXPECT_EQ(said.find("other-Secret"), std::string::npos);
  }
  test::MailServer server("refusing", authority_);
  const std::string said = Sent(To("smtp", server));
  EXPECT_NE(said.find("550"), std::string::npos) << said;
  EXPECT_EQ(said.find("hanako"), std::string::npos);
}

TEST_F(SmtpClientTest, TakesNoAddressThatCouldEndItsCommand) {
  const SmtpServer nowhere{"smtp://127.0.0.1:1", "", "", ""};
  EXPECT_EQ(Sent(nowhere, "a@b.jp>\r\nRCPT TO:<x@y.jp"), "an address is none");
  EXPECT_EQ(Sent(nowhere, ""), "an address is none");
}

TEST_F(SmtpClientTest, ReportsAServerThatIsNotThere) {
  EXPECT_NE(Sent({"smtp://127.0.0.1:1", "", "", authority_.files().root}), "sent");
}

}  // namespace
}  // namespace madoguchi::outbound
