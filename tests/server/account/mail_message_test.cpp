// SPDX-License-Identifier: Apache-2.0
#include "server/account/mail_message.h"

#include <gtest/gtest.h>

#include "contract/crypto/digest.h"

namespace madoguchi::account {
namespace {

constexpr char kId[] = "0b0c4c1e-6f0f-4d3a-9a3e-1f0a4b1c2d3e";
constexpr std::chrono::system_clock::time_point kNow{std::chrono::seconds(1795305600)};  // 2026-11-22 00:00 UTC

TEST(MailMessage, CarriesJapaneseInAsciiLines) {
  const Mail mail{"hanako@example.jp", "application.accepted",
                  "利用開始申請受付完了のお知らせ（医療機関等向け総合窓口）", "試験\nEnglish\n"};
  const auto message = InternetMessage(mail, "madoguchi@clinic.example.jp", kId, kNow);
  ASSERT_TRUE(message.ok());
  EXPECT_NE(message->find("Date: Sun, 22 Nov 2026 00:00:00 +0000\r\n"), std::string::npos) << *message;
  EXPECT_NE(message->find("Message-ID: <" + std::string(kId) + "@clinic.example.jp>\r\n"), std::string::npos);
  EXPECT_NE(message->find(crypto::ToBase64(AsBytes("試験\r\nEnglish\r\n"))), std::string::npos);
  std::size_t line = 0;
  for (const char c : *message) {
    EXPECT_GT(c, 0);
    line = c == '\n' ? 0 : line + 1;
    EXPECT_LE(line, 77U);  // 76 and CR
  }
}

TEST(MailMessage, EncodesWholeCharactersInEachWord) {
  std::string subject;
  for (int i = 0; i < 40; ++i) subject += "申";
  const std::string words = EncodedWords(subject);
  std::string decoded;
  std::size_t at = 0;
  int count = 0;
  while ((at = words.find("=?UTF-8?B?", at)) != std::string::npos) {
    const std::size_t end = words.find("?=", at + 10);
    EXPECT_LE(end + 2 - at, 75U);
    const auto bytes = crypto::FromBase64(std::string_view(words).substr(at + 10, end - at - 10));
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(bytes->size() % 3, 0U);  // whole characters of three bytes
    decoded += AsText(*bytes);
    at = end;
    ++count;
  }
  EXPECT_EQ(decoded, subject);
  EXPECT_EQ(count, 4);
}

TEST(MailMessage, LetsNobodySlipAHeaderIn) {
  Mail mail{"a@b.jp", "x", "subject\r\nBcc: everybody@b.jp", "text"};
  const auto message = InternetMessage(mail, "c@d.jp", kId, kNow);
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message->find("Bcc"), std::string::npos);
  mail.recipient = "a@b.jp>\r\nBcc: <c@d.jp";
  EXPECT_FALSE(InternetMessage(mail, "c@d.jp", kId, kNow).ok());
  mail.recipient = "a@b.jp";
  EXPECT_FALSE(InternetMessage(mail, "c@d.jp\r\nBcc: x@y.jp", kId, kNow).ok());
  EXPECT_FALSE(InternetMessage(mail, "c@d.jp", "x\r\ny", kNow).ok());
}

}  // namespace
}  // namespace madoguchi::account
