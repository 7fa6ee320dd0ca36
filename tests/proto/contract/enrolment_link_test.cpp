// SPDX-License-Identifier: Apache-2.0
#include "contract/enrolment_link.h"

#include <gtest/gtest.h>

namespace madoguchi {
namespace {

const std::string kRootHex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const std::string kTokenHex(64, '5');
const std::string kLink = "madoguchi-enrol:?s=clinic.local:8444&r=" + kRootHex + "&t=" + kTokenHex;

Bytes Root() {
  return FromHex(kRootHex).value();
}

TEST(EnrolmentLink, IsReadAsItIsWritten) {
  const auto link = ParseEnrolmentLink(kLink);
  ASSERT_TRUE(link.ok());
  EXPECT_EQ(link->server, "clinic.local:8444");
  EXPECT_EQ(link->root_sha256, Root());
  EXPECT_EQ(link->token, kTokenHex);
  const auto text = FormatEnrolmentLink(*link);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, kLink);
}

TEST(EnrolmentLink, IgnoresTheWhiteSpaceOfAFile) {
  EXPECT_TRUE(ParseEnrolmentLink(" " + kLink + "\r\n").ok());
}

TEST(EnrolmentLink, IsRefusedUnlessItIsExactlyOne) {
  const std::string s = "s=h:1", r = "r=" + kRootHex, t = "t=" + kTokenHex;
  const std::string many(600, 'a');
  for (const std::string& bad : {std::string(),
                                 std::string("madoguchi-enrol:"),
                                 std::string("madoguchi-enrol:?"),
                                 "https:?" + s + '&' + r + '&' + t,
                                 "madoguchi-enrol:?" + r + '&' + s + '&' + t,
                                 "madoguchi-enrol:?" + s + '&' + r,
                                 "madoguchi-enrol:?" + s + '&' + r + '&' + t + "&x=1",
                                 "madoguchi-enrol:?" + s + '&' + r + '&' + t + '0',
                                 "madoguchi-enrol:?" + s + "&r=" + kRootHex.substr(2) + '&' + t,
                                 "madoguchi-enrol:?" + s + "&r=" + std::string(64, 'A') + '&' + t,
                                 "madoguchi-enrol:?s=h&" + r + '&' + t,
                                 "madoguchi-enrol:?s=h:0&" + r + '&' + t,
                                 "madoguchi-enrol:?s=h:65536&" + r + '&' + t,
                                 "madoguchi-enrol:?s=h:08&" + r + '&' + t,
                                 "madoguchi-enrol:?s=-h:1&" + r + '&' + t,
                                 "madoguchi-enrol:?s=h..x:1&" + r + '&' + t,
                                 "madoguchi-enrol:?s=h\n:1&" + r + '&' + t,
                                 "madoguchi-enrol:?s=h%00:1&" + r + '&' + t,
                                 "madoguchi-enrol:?s=user@h:1&" + r + '&' + t,
                                 "madoguchi-enrol:?s=h/x:1&" + r + '&' + t,
                                 kLink + many}) {
    const auto link = ParseEnrolmentLink(bad);
    ASSERT_FALSE(link.ok()) << bad;
    EXPECT_EQ(link.error().code, ErrorCode::kEnrolmentLinkInvalid);
    EXPECT_EQ(link.error().detail.find(kTokenHex.substr(0, 16)), std::string::npos);
  }
}

TEST(EnrolmentLink, TakesNamesAndAddressesOfBothKinds) {
  for (const std::string& server :
       {std::string("a:1"), std::string("192.168.1.20:8444"), std::string("[fd00::1]:65535")})
    EXPECT_TRUE(FormatEnrolmentLink({server, Root(), kTokenHex}).ok()) << server;
  const auto lower = ParseServerName("Clinic.LOCAL:8444");
  ASSERT_TRUE(lower.ok());
  EXPECT_EQ(*lower, "clinic.local:8444");
}

TEST(EnrolmentLink, IsNotWrittenWithAWrongPart) {
  EXPECT_FALSE(FormatEnrolmentLink({"h", Root(), kTokenHex}).ok());
  EXPECT_FALSE(FormatEnrolmentLink({"h:1", Bytes(31), kTokenHex}).ok());
  EXPECT_FALSE(FormatEnrolmentLink({"h:1", Root(), "&"}).ok());
}

TEST(ConnectionCode, IsReadAsItIsWritten) {
  const auto text = FormatConnectionCode("clinic.local:8444", Root());
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->size(), std::string("clinic.local:8444 ").size() + 28 + 6);
  const auto code = ParseConnectionCode(*text);
  ASSERT_TRUE(code.ok());
  EXPECT_EQ(code->server, "clinic.local:8444");
  EXPECT_TRUE(code->Names(Root()));
  EXPECT_FALSE(code->Names(Bytes(32)));
  EXPECT_FALSE(code->Names(Bytes(16)));
}

TEST(ConnectionCode, HoldsAtLeast128BitsOfTheRoot) {
  const auto code = ParseConnectionCode(*FormatConnectionCode("h:1", Root()));
  ASSERT_TRUE(code.ok());
  for (std::size_t bit = 0; bit < 130; ++bit) {
    Bytes other = Root();
    other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ (0x80u >> (bit % 8)));
    EXPECT_FALSE(code->Names(other)) << bit;
  }
}

TEST(ConnectionCode, ForgivesHowItIsTyped) {
  const std::string text = *FormatConnectionCode("clinic.local:8444", Root());
  const std::string groups = text.substr(text.find(' ') + 1);
  std::string lower, bare, confused, full_width;
  for (const char c : groups) {
    lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (c != '-') bare += c;
    confused += c == '0' ? 'O' : c == '1' ? 'l' : c;
    full_width +=
        c == '-' ? std::string("ー") : std::string("\xEF\xBC") + static_cast<char>(c < 'A' ? c + 0x60 : c + 0x60);
  }
  for (const std::string& typed :
       {"CLINIC.local:8444   " + lower, " clinic.local:8444\t" + bare + "\n", "clinic.local:8444-" + confused,
        "ｃｌｉｎｉｃ．ｌｏｃａｌ：８４４４　" + full_width}) {
    const auto code = ParseConnectionCode(typed);
    ASSERT_TRUE(code.ok()) << typed;
    EXPECT_TRUE(code->Names(Root()));
  }
}

TEST(ConnectionCode, FindsEveryWrongCharacterAndEveryExchange) {
  const std::string alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const std::string text = *FormatConnectionCode("h:1", Root());
  std::string bare;
  for (const char c : text.substr(4))
    if (c != '-') bare += c;
  for (std::size_t i = 0; i < bare.size(); ++i) {
    for (const char c : alphabet) {
      std::string wrong = bare;
      wrong[i] = c;
      EXPECT_EQ(ParseConnectionCode("h:1 " + wrong).ok(), wrong == bare);
    }
    if (i + 1 == bare.size()) continue;
    std::string exchanged = bare;
    std::swap(exchanged[i], exchanged[i + 1]);
    EXPECT_EQ(ParseConnectionCode("h:1 " + exchanged).ok(), exchanged == bare);
  }
  EXPECT_FALSE(ParseConnectionCode("g:1 " + bare).ok());
  EXPECT_FALSE(ParseConnectionCode("h:2 " + bare).ok());
}

TEST(ConnectionCode, IsRefusedWhenSomethingIsMissing) {
  const std::string text = *FormatConnectionCode("h:1", Root());
  for (const std::string& bad :
       {std::string(), std::string("h:1"), std::string("h:1 "), text.substr(4), text.substr(0, text.size() - 1),
        text + "0", "h " + text.substr(4), "h:1" + text.substr(4), text + "!", std::string(600, ' ')})
    EXPECT_FALSE(ParseConnectionCode(bad).ok()) << bad;
}

}  // namespace
}  // namespace madoguchi
