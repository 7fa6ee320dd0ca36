// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_text.h"

#include <gtest/gtest.h>

#include "tests/server/eligibility/xml_writer.h"

namespace madoguchi::eligibility::test {
namespace {

constexpr char kUtf8[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
constexpr char kShiftJis[] = "<?xml version='1.0' encoding='Shift_JIS' standalone=\"no\"?>";

void ExpectRefused(const std::string& text, ErrorCode code) {
  const Result<XmlText> result = ReadXmlText(text);
  ASSERT_FALSE(result.ok()) << "accepted";
  EXPECT_EQ(result.error().code, code) << result.error().detail;
}

TEST(XmlText, TakesUtf8AsItIs) {
  const std::string text = std::string(kUtf8) + "<a>窓口●𠮟</a>";
  const Result<XmlText> result = ReadXmlText(text);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->utf8, text);
  EXPECT_EQ(result->declared, XmlEncoding::kUtf8);
}

TEST(XmlText, TakesTextWithoutDeclarationAsUtf8) {
  EXPECT_TRUE(ReadXmlText("<a>窓口</a>").ok());
  EXPECT_TRUE(ReadXmlText("<?xml version=\"1.0\"?><a>窓口</a>").ok());
}

TEST(XmlText, RemovesAByteOrderMark) {
  const Result<XmlText> result = ReadXmlText("\xEF\xBB\xBF<a/>");
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->utf8, "<a/>");
}

TEST(XmlText, ReadsShiftJisAsWindowsWritesIt) {
  // ア ｱ \ ~ ① 髙, byte by byte: the standard's Shift_JIS has neither ① nor 髙, and a yen sign for 5C.
  const Result<XmlText> result = ReadXmlText(std::string(kShiftJis) + "<a>\x83\x41\xB1\x5C\x7E\x87\x40\xFB\xFC</a>");
  ASSERT_TRUE(result.ok()) << result.error().detail;
  EXPECT_EQ(result->declared, XmlEncoding::kShiftJis);
  EXPECT_NE(result->utf8.find("<a>アｱ\\~①髙</a>"), std::string::npos);
}

TEST(XmlText, RefusesUtf8ThatCallsItselfShiftJis) {
  ExpectRefused(std::string(kShiftJis) + "<a>窓口　花子</a>", ErrorCode::kNationalAnswerEncoding);
  ExpectRefused(std::string(kShiftJis) + "<a>ああ</a>",
                ErrorCode::kNationalAnswerEncoding);  // in CP932 the bytes read 縺ゅ≠
  ExpectRefused("\xEF\xBB\xBF" + std::string(kShiftJis) + "<a/>", ErrorCode::kNationalAnswerEncoding);
}

TEST(XmlText, RefusesShiftJisThatCallsItselfUtf8) {
  ExpectRefused(kUtf8 + ToCp932("<a>窓口　花子</a>"), ErrorCode::kNationalAnswerEncoding);
}

TEST(XmlText, RefusesBytesThatAreNotUtf8) {
  for (const char* bytes : {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80", "\xFF", "\xE3\x81", "\xE3\x41\x81"}) {
    ExpectRefused(std::string("<a>") + bytes + "</a>", ErrorCode::kNationalAnswerEncoding);
  }
}

TEST(XmlText, RefusesBytesThatAreNotCp932) {
  ExpectRefused(std::string(kShiftJis) + "<a>\x83</a>\xFF", ErrorCode::kNationalAnswerEncoding);
  ExpectRefused(std::string(kShiftJis) + "<a>\x85\x9F</a>", ErrorCode::kNationalAnswerEncoding);
  ExpectRefused(std::string(kShiftJis) + "<a/>\x83", ErrorCode::kNationalAnswerEncoding);
}

TEST(XmlText, RefusesOtherEncodings) {
  for (const char* name : {"UTF-16", "EUC-JP", "ISO-2022-JP", "UTF-7", ""}) {
    ExpectRefused(std::string("<?xml version=\"1.0\" encoding=\"") + name + "\"?><a/>",
                  ErrorCode::kNationalAnswerEncoding);
  }
  ExpectRefused(std::string("\xFF\xFE<\0a\0/\0>\0", 10), ErrorCode::kNationalAnswerEncoding);
}

TEST(XmlText, RefusesADeclarationWithoutEnd) {
  ExpectRefused("<?xml version=\"1.0\" encoding=\"UTF-8", ErrorCode::kNationalAnswerMalformed);
  ExpectRefused("<?xml version=\"1.0\" " + std::string(kXmlDeclarationBytesMax, ' ') + "?><a/>",
                ErrorCode::kNationalAnswerMalformed);
  ExpectRefused("<?xml encoding=\"UTF-8?><a/>", ErrorCode::kNationalAnswerMalformed);
  ExpectRefused("<?xml encoding?><a/>", ErrorCode::kNationalAnswerMalformed);
}

TEST(XmlText, RefusesADocumentType) {
  ExpectRefused(std::string(kUtf8) + "<!DOCTYPE XmlMsg><XmlMsg/>", ErrorCode::kNationalAnswerForbiddenXml);
  ExpectRefused("<!DOCTYPE a SYSTEM \"file:///etc/hostname\"><a/>", ErrorCode::kNationalAnswerForbiddenXml);
  ExpectRefused("<a><!ENTITY x \"y\"></a>", ErrorCode::kNationalAnswerForbiddenXml);
  ExpectRefused("<a/><!doctype a>", ErrorCode::kNationalAnswerForbiddenXml);
}

TEST(XmlText, RefusesEntitiesThatMultiply) {
  std::string text = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY l0 \"ha\">";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "&l" + std::to_string(i - 1) + ";";
    text += "<!ENTITY l" + std::to_string(i) + " \"";
    for (int j = 0; j < 10; ++j) text += before;
    text += "\">";
  }
  ExpectRefused(text + "]><a>&l9;</a>", ErrorCode::kNationalAnswerForbiddenXml);
}

TEST(XmlText, RefusesReferencesThatNeedADeclaration) {
  for (const char* reference : {"&nbsp;", "&x;", "&", "& ", "&#0;", "&#x1F;", "&#xD800;", "&#x110000;",
                                "&#99999999999;", "&#;", "&#x;", "&#65", "&amp"}) {
    ExpectRefused(std::string("<a>") + reference + "</a>", ErrorCode::kNationalAnswerForbiddenXml);
  }
}

TEST(XmlText, TakesReferencesThatNeedNone) {
  EXPECT_TRUE(ReadXmlText("<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x7A93;</a>").ok());
}

TEST(XmlText, RefusesProcessingInstructions) {
  ExpectRefused("<a/><?xml-stylesheet href=\"x\"?>", ErrorCode::kNationalAnswerForbiddenXml);
  ExpectRefused("<?xml-stylesheet href=\"x\"?><a/>", ErrorCode::kNationalAnswerForbiddenXml);
  ExpectRefused("<?xml?><a/>", ErrorCode::kNationalAnswerForbiddenXml);
  ExpectRefused(std::string(kUtf8) + kUtf8 + "<a/>", ErrorCode::kNationalAnswerForbiddenXml);
}

TEST(XmlText, TakesCommentsAndCdataAsText) {
  EXPECT_TRUE(ReadXmlText("<a><!-- <!DOCTYPE> &x; --><![CDATA[<!DOCTYPE> &x;]]></a>").ok());
  ExpectRefused("<a><!-- ", ErrorCode::kNationalAnswerMalformed);
  ExpectRefused("<a><![CDATA[ ", ErrorCode::kNationalAnswerMalformed);
}

TEST(XmlText, RefusesControlCharacters) {
  ExpectRefused(std::string("<a>\0</a>", 8), ErrorCode::kNationalAnswerMalformed);
  ExpectRefused("<a>\x1B</a>", ErrorCode::kNationalAnswerMalformed);
  ExpectRefused("<a>\xEF\xBF\xBF</a>", ErrorCode::kNationalAnswerMalformed);
  // What a terminal may obey: delete, and U+009B, which begins a command.
  ExpectRefused("<a>\x7F</a>", ErrorCode::kNationalAnswerMalformed);
  ExpectRefused("<a>\xC2\x9B</a>", ErrorCode::kNationalAnswerMalformed);
  ExpectRefused("<a>&#x9B;</a>", ErrorCode::kNationalAnswerForbiddenXml);
}

TEST(XmlText, RefusesMoreThanFourMebibytes) {
  EXPECT_TRUE(ReadXmlText("<a>" + std::string(kXmlBytesMax - 7, 'x') + "</a>").ok());
  ExpectRefused("<a>" + std::string(kXmlBytesMax - 6, 'x') + "</a>", ErrorCode::kNationalAnswerTooLarge);
}

TEST(XmlText, RefusesTooManyTags) {
  std::string text = "<a>";
  for (std::size_t i = 0; i < kXmlTagsMax; ++i) text += "<b/>";
  ExpectRefused(text + "</a>", ErrorCode::kNationalAnswerMalformed);
}

}  // namespace
}  // namespace madoguchi::eligibility::test
