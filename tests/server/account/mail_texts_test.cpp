// SPDX-License-Identifier: Apache-2.0
#include "server/account/mail_texts.h"

#include <gtest/gtest.h>

namespace madoguchi::account {
namespace {

TEST(MailTexts, SayItInJapaneseFirstAndInEnglish) {
  const Mail mail = AcceptedMail("a@b.jp", "1311234567", 3, 20);
  EXPECT_NE(mail.subject.find("利用開始申請受付完了"), std::string::npos);
  EXPECT_LT(mail.text.find("20 件"), mail.text.find("Accounts issued: 20"));
  const Mail ended = AcceptedMail("a@b.jp", "1311234567", 4, 0);
  EXPECT_EQ(ended.text.find("印刷"), std::string::npos);
  EXPECT_LT(ended.text.find("申請番号: 4"), ended.text.find("Application: 4"));
  const Mail first = FirstPasswordMail("a@b.jp", "Abcd2345");
  EXPECT_NE(first.text.find("最初のパスワード: Abcd2345"), std::string::npos);
  EXPECT_NE(first.text.find("First password: Abcd2345"), std::string::npos);
  EXPECT_EQ(first.subject.find("Abcd2345"), std::string::npos);
}

TEST(MailTexts, FillInWhatANoticeIsAbout) {
  EXPECT_EQ(TextOfNotice("category.ended", "1311234567 2026-11-01").en,
            "The category that allowed institution code 1311234567 to use the limited type ended on 2026-11-01. No new "
            "application is possible.");
  for (const char* kind : {"application.accepted", "application.agreed", "application.rejected", "application.silent",
                           "category.ends", "institution.moved", "institution.move_failed", "mail.given_up"}) {
    const NoticeText text = TextOfNotice(kind, "1311234567 2 2026-11-01");
    EXPECT_EQ(text.ja.find('{'), std::string::npos) << kind;
    EXPECT_EQ(text.en.find('{'), std::string::npos) << kind;
  }
  EXPECT_EQ(TextOfNotice("newer.kind", "x").en, "newer.kind x");
}

}  // namespace
}  // namespace madoguchi::account
