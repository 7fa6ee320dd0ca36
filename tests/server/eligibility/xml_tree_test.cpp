// SPDX-License-Identifier: Apache-2.0
// What comes from outside may be anything: both readers end in an answer or in a code of the catalogue.
#include "server/eligibility/xml_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "server/eligibility/xml_inquiry.h"
#include "server/eligibility/xml_writer.h"

namespace madoguchi::eligibility {
namespace {

using ::testing::AnyOf;

constexpr int kMutations = 10'000;

std::string Around(const std::string& body) {
  return "<XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult></MessageHeader><MessageBody>" + body +
         "</MessageBody></XmlMsg>";
}

std::string Repeated(std::size_t times, const std::string& text) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

// The shipped persons' messages: answers of every kind in both encodings.
std::vector<std::string> People() {
  std::vector<std::string> files, texts;
  for (const auto& entry : std::filesystem::directory_iterator(MADOGUCHI_PEOPLE)) {
    if (entry.path().extension() == ".xml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return texts;
}

// A code for what is wrong with an answer, and nothing of what stands in it.
void ExpectRefused(const std::string& text, ErrorCode code) {
  const Result<ReceivedAnswer> answer = ReadXmlAnswer(text);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, code) << answer.error().detail;
  const Result<ReceivedInquiry> inquiry = ReadXmlInquiry(text);
  ASSERT_FALSE(inquiry.ok());
  EXPECT_EQ(inquiry.error().code, ErrorCode::kHandoffRequestInvalid);
}

TEST(XmlTree, RefusesBodiesOfTenMegabytes) {
  constexpr std::size_t kTenMegabytes = 10'000'000;
  const std::string huge = std::string(kTenMegabytes, ' ');
  ExpectRefused(huge, ErrorCode::kNationalAnswerTooLarge);
  ExpectRefused(Around("<Name>" + std::string(kTenMegabytes, 'x') + "</Name>"), ErrorCode::kNationalAnswerTooLarge);
  ExpectRefused(std::string(kTenMegabytes, '\0'), ErrorCode::kNationalAnswerTooLarge);
}

TEST(XmlTree, RefusesWhatWouldGrow) {
  std::string laughs = "<!DOCTYPE x [<!ENTITY a0 \"ha\">";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "&a" + std::to_string(i - 1) + ";";
    laughs += "<!ENTITY a" + std::to_string(i) + " \"" + Repeated(10, before) + "\">";
  }
  ExpectRefused(laughs + "]>" + Around("&a9;"), ErrorCode::kNationalAnswerForbiddenXml);
  ExpectRefused("<!DOCTYPE x SYSTEM \"file:///etc/hostname\">" + Around(""), ErrorCode::kNationalAnswerForbiddenXml);
  ExpectRefused(Around("&x;"), ErrorCode::kNationalAnswerForbiddenXml);
  ExpectRefused(Around("<?php x ?>"), ErrorCode::kNationalAnswerForbiddenXml);
  ExpectRefused(Around(Repeated(kXmlTagsMax, "<a/>")), ErrorCode::kNationalAnswerMalformed);
  ExpectRefused(Around(Repeated(30'000, "<a>") + Repeated(30'000, "</a>")), ErrorCode::kNationalAnswerMalformed);
}

TEST(XmlTree, ReadsWhatOnlyLooksLarge) {
  std::string attributes;
  for (int i = 0; i < 100'000; ++i) attributes += " a" + std::to_string(i) + "=\"\"";
  EXPECT_TRUE(ReadXmlAnswer(Around("<Later" + attributes + "/>")).ok());
  EXPECT_TRUE(ReadXmlAnswer(Around(std::string(3'000'000, ' '))).ok());
  EXPECT_TRUE(ReadXmlAnswer(Around("<!--" + std::string(3'000'000, '-') + " -->")).ok());
  EXPECT_TRUE(ReadXmlAnswer(Around("<Later>" + Repeated(600'000, "&amp;") + "</Later>")).ok());
}

TEST(XmlTree, TakesOneByteOrderMarkOfUtf8) {
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_TRUE(ReadXmlAnswer(mark + Around("")).ok());
  EXPECT_FALSE(ReadXmlAnswer(mark + mark + Around("")).ok());
  EXPECT_FALSE(ReadXmlAnswer("\xFF\xFE" + Around("")).ok());
  ExpectRefused(mark + "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>" + Around(""),
                ErrorCode::kNationalAnswerEncoding);
}

TEST(XmlTree, RefusesANulWhereverItStands) {
  const std::string whole = Around("<QualificationValidity>1</QualificationValidity>");
  for (std::size_t at = 0; at <= whole.size(); ++at) {
    std::string text = whole;
    text.insert(at, 1, '\0');
    ExpectRefused(text, ErrorCode::kNationalAnswerMalformed);
  }
  ExpectRefused(Around("<Name>&#0;</Name>"), ErrorCode::kNationalAnswerForbiddenXml);
}

TEST(XmlTree, RefusesBytesThatAreNotInTheirEncoding) {
  const std::string utf8 = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                    sjis = "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>";
  ExpectRefused(sjis + Around("<Later>窓口</Later>"), ErrorCode::kNationalAnswerEncoding);
  ExpectRefused(utf8 + Around("<Later>\x91\x8b</Later>"), ErrorCode::kNationalAnswerEncoding);
  ExpectRefused("<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + Around(""), ErrorCode::kNationalAnswerEncoding);
  ExpectRefused("<?xml version=\"1.0\" encoding=\"EUC-JP\"?>" + Around(""), ErrorCode::kNationalAnswerEncoding);
}

// One to three changes of the kinds that lines, disks and other programs make.
std::string Damaged(std::string text, std::mt19937& chance) {
  static constexpr std::string_view kPieces[] = {"<!DOCTYPE a>",
                                                 "&#0;",
                                                 "&#x110000;",
                                                 "&a;",
                                                 "]]>",
                                                 "<![CDATA[",
                                                 "<!--",
                                                 "-->",
                                                 "<Name>",
                                                 "</Name>",
                                                 "<",
                                                 ">",
                                                 "&",
                                                 "\xEF\xBB\xBF",
                                                 "\xFF",
                                                 "\x81",
                                                 "\xE3\x81",
                                                 "<ResultList>",
                                                 "</XmlMsg>",
                                                 "<XmlMsg>",
                                                 "encoding=\"Shift_JIS\"",
                                                 "encoding=\"UTF-8\"",
                                                 "<?x ?>",
                                                 "\r",
                                                 "<QualificationConfirmSearchInfo>"};
  const auto below = [&chance](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(chance); };
  for (std::size_t changes = 1 + below(3); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = below(text.size());
    const std::size_t length = std::min(text.size() - at, 1 + below(60));
    switch (below(10)) {
      case 0:
        text[at] = static_cast<char>(below(256));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(below(text.size()), text.substr(at, length));
        break;
      case 3:
        text.insert(at, kPieces[below(std::size(kPieces))]);
        break;
      case 4:
        text.insert(at, 1, '\0');
        break;
      case 5:
        text.resize(at);
        break;
      case 6:
        std::swap(text[at], text[below(text.size())]);
        break;
      default:
        if (text[at] >= '0' && text[at] <= '9') text[at] = static_cast<char>('0' + below(10));
    }
  }
  return text;
}

TEST(XmlTree, EndsInACodeWhateverIsDoneToAMessage) {
  const std::vector<std::string> people = People();
  ASSERT_GE(people.size(), 20u);
  std::map<ErrorCode, int> refused;
  int answered = 0;
  for (int seed = 0; seed < kMutations; ++seed) {
    std::mt19937 chance(static_cast<unsigned>(seed));
    const std::string text = Damaged(people[static_cast<std::size_t>(seed) % people.size()], chance);
    const Result<ReceivedInquiry> inquiry = ReadXmlInquiry(text);
    ASSERT_TRUE(inquiry.ok() || inquiry.error().code == ErrorCode::kHandoffRequestInvalid) << "seed " << seed;
    Result<ReceivedAnswer> answer = ReadXmlAnswer(text);
    if (!answer) {
      ASSERT_THAT(answer.error().code,
                  AnyOf(ErrorCode::kNationalAnswerMalformed, ErrorCode::kNationalAnswerForbiddenXml,
                        ErrorCode::kNationalAnswerEncoding))
          << "seed " << seed;
      // Nothing of what was received: the persons' texts are not ASCII.
      const std::string& detail = answer.error().detail;
      ASSERT_TRUE(std::all_of(detail.begin(), detail.end(), [](char c) { return c >= ' ' && c < '\x7F'; }))
          << "seed " << seed;
      ++refused[answer.error().code];
      continue;
    }
    ++answered;
    answer->answer.unknown_elements.clear();
    const Result<std::string> written = WriteXmlAnswer(answer->envelope, answer->answer, XmlEncoding::kUtf8);
    ASSERT_TRUE(written.ok()) << "seed " << seed << " " << written.error().detail;
    const Result<ReceivedAnswer> again = ReadXmlAnswer(*written);
    ASSERT_TRUE(again.ok() && again->answer == answer->answer) << "seed " << seed;
  }
  // The changes reach every refusal and leave some messages readable.
  EXPECT_GT(answered, kMutations / 50);
  EXPECT_EQ(refused.size(), 3u);
}

}  // namespace
}  // namespace madoguchi::eligibility
