// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/oqs_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "contract/insurance_number.h"
#include "server/eligibility/xml_answer.h"
#include "tests/server/handoff/any_handing.h"

namespace madoguchi::handoff::test {
namespace {

using eligibility::ReceivedAnswer;
using eligibility::ReceivedInquiry;
using eligibility::XmlEncoding;
using ::testing::HasSubstr;

ReceivedAnswer MustRead(const std::string& content) {
  Result<ReceivedAnswer> read = eligibility::ReadXmlAnswer(content);
  EXPECT_TRUE(read.ok()) << read.error().detail;
  return read.ok() ? std::move(read).value() : ReceivedAnswer{};
}

OqsFile MustWrite(const Handing& handing, XmlEncoding encoding = XmlEncoding::kUtf8) {
  Result<OqsFile> file = WriteOqsFile(handing, encoding);
  EXPECT_TRUE(file.ok()) << file.error().detail;
  return file.ok() ? std::move(file).value() : OqsFile{};
}

ReceivedInquiry AnyInquiry(XmlEncoding encoding) {
  ReceivedInquiry request;
  request.encoding = encoding;
  request.message.institution_code = "1311234567";
  request.message.file_identifier = "00123_1_2";
  request.message.confirmation_date_raw = "20261122";
  request.message.numbers.insurer_number = "00138057";
  request.message.numbers.arbitrary_identifier = "12_3";
  return request;
}

TEST(OqsFile, KeepsEveryFieldOfEveryResultInBothEncodings) {
  for (const XmlEncoding encoding : {XmlEncoding::kUtf8, XmlEncoding::kShiftJis}) {
    for (unsigned seed = 0; seed < 300; ++seed) {
      const Handing handing = AnyHanding(seed, encoding == XmlEncoding::kUtf8);
      const ReceivedAnswer read = MustRead(MustWrite(handing, encoding).content);
      eligibility::Answer expected = handing.answer;
      expected.unknown_elements.clear();
      for (eligibility::QualificationResult& result : expected.results) {
        if (result.insurer_number && !result.insurer_number->empty())
          result.insurer_number = PaddedInsurerNumber(*result.insurer_number);
        if (!result.reference_number && !handing.patient_number.empty())
          result.reference_number = handing.patient_number;
      }
      EXPECT_TRUE(read.answer == expected) << "seed " << seed;
      EXPECT_EQ(read.envelope.institution_code, "1311234567");
      EXPECT_EQ(read.envelope.file_identifier, OqsToken(handing));
      EXPECT_EQ(read.envelope.character_code, encoding == XmlEncoding::kUtf8 ? "0" : "1");
    }
  }
}

TEST(OqsFile, IsNamedByInstitutionDeskPressAndTime) {
  const Handing handing = PlainHanding();
  const OqsFile file = MustWrite(handing);
  EXPECT_EQ(file.name, "OQSsiquc01res_face_13112345670f0e0d0c001122334455_20261122090000.xml");
  EXPECT_TRUE(std::regex_match(file.name, std::regex(R"(OQSsiquc01res_face_.+_\d{14}\.xml)")));
  EXPECT_EQ(OqsToken(handing), "0f0e0d0c001122334455");
}

TEST(OqsFile, HasOtherNamesForOtherDesksAndOtherPresses) {
  Handing other_desk = PlainHanding(), other_press = PlainHanding();
  other_desk.caller.desk_id = "1f0e0d0c-0b0a-4908-8706-050403020100";
  other_press.press_id[5] = 0;
  EXPECT_NE(OqsToken(PlainHanding()), OqsToken(other_desk));
  EXPECT_NE(OqsToken(PlainHanding()), OqsToken(other_press));
}

TEST(OqsFile, IsTheSameHoweverOftenItIsMade) {
  const OqsFile first = MustWrite(PlainHanding()), second = MustWrite(PlainHanding());
  EXPECT_EQ(first.name, second.name);
  EXPECT_EQ(first.content, second.content);
}

TEST(OqsFile, HasANameAlsoWhenTheAnswerHasNoTime) {
  Handing handing = PlainHanding();
  for (const auto& time :
       {std::optional<std::string>(), std::optional<std::string>("../2026112209"), std::optional<std::string>("")}) {
    handing.answer.executed_at_raw = time;
    EXPECT_EQ(MustWrite(handing).name, "OQSsiquc01res_face_13112345670f0e0d0c001122334455_00000000000000.xml");
  }
}

TEST(OqsFile, PadsInsurerNumbersOfSixDigitsWithSpaces) {
  Handing handing = PlainHanding();
  for (const char* received : {"138057", "  138057", "00138057"}) {
    handing.answer.results[0].insurer_number = received;
    EXPECT_THAT(MustWrite(handing).content, HasSubstr("<InsurerNumber>  138057</InsurerNumber>"));
  }
}

TEST(OqsFile, GivesThePatientNumberOnlyWhereNoReferenceNumberWasReceived) {
  Handing handing = PlainHanding();
  EXPECT_EQ(MustRead(MustWrite(handing).content).answer.results[0].reference_number, "00123");
  handing.answer.results[0].reference_number = "77";
  EXPECT_EQ(MustRead(MustWrite(handing).content).answer.results[0].reference_number, "77");
  handing.answer.results[0].reference_number.reset();
  handing.patient_number.clear();
  EXPECT_EQ(MustRead(MustWrite(handing).content).answer.results[0].reference_number, std::nullopt);
}

TEST(OqsFile, RefusesACharacterTheEncodingDoesNotHave) {
  Handing handing = PlainHanding();
  handing.answer.results[0].name = "𠮷田　架空";
  EXPECT_TRUE(WriteOqsFile(handing, XmlEncoding::kUtf8).ok());
  EXPECT_EQ(WriteOqsFile(handing, XmlEncoding::kShiftJis).error().code, ErrorCode::kHandoffCharacterNotWritable);
}

TEST(OqsFile, AnswersARequestUnderItsIdentifierAndInItsEncoding) {
  for (const XmlEncoding encoding : {XmlEncoding::kUtf8, XmlEncoding::kShiftJis}) {
    const Result<std::string> written = WriteRequestAnswer(AnyInquiry(encoding), PlainHanding().answer);
    ASSERT_TRUE(written.ok());
    const ReceivedAnswer read = MustRead(*written);
    EXPECT_EQ(read.envelope.file_identifier, "00123_1_2");
    EXPECT_EQ(read.envelope.institution_code, "1311234567");
    EXPECT_EQ(read.envelope.character_code, encoding == XmlEncoding::kUtf8 ? "0" : "1");
    eligibility::Answer expected = PlainHanding().answer;
    expected.search_info = AnyInquiry(encoding).message.numbers;
    EXPECT_TRUE(read.answer == expected);
  }
}

TEST(OqsFile, RefusesARequestWithSegmentNineAndOurCode) {
  for (const XmlEncoding encoding : {XmlEncoding::kUtf8, XmlEncoding::kShiftJis}) {
    const ReceivedAnswer read =
        MustRead(WriteRequestRefusal(AnyInquiry(encoding), {ErrorCode::kHandoffRequestInvalid, "not shown", {}}));
    EXPECT_EQ(read.answer.segment_of_result_code, "9");
    EXPECT_EQ(read.envelope.error_code, "M2010");
    EXPECT_THAT(*read.envelope.error_message,
                HasSubstr(std::string(Describe(ErrorCode::kHandoffRequestInvalid).what_ja)));
    EXPECT_EQ(read.envelope.file_identifier, "00123_1_2");
    EXPECT_EQ(read.answer.confirmation_date_raw, "20261122");
    EXPECT_TRUE(read.answer.results.empty());
    EXPECT_FALSE(read.answer.validity_code);
  }
}

TEST(OqsFile, RefusesARequestThatCouldNotBeRead) {
  const ReceivedAnswer read = MustRead(WriteRequestRefusal({}, {ErrorCode::kHandoffRequestInvalid, "", {}}));
  EXPECT_EQ(read.answer.segment_of_result_code, "9");
  EXPECT_FALSE(read.envelope.file_identifier);
  EXPECT_EQ(read.answer.executed_at_raw->size(), 14U);
}

TEST(OqsFile, CanWriteEveryRefusalOfTheCatalogueInBothEncodings) {
  int codes = 0;
  for (int number = 1000; number < 3000; ++number) {
    const auto code = FindErrorCode(number);
    if (!code) continue;
    ++codes;
    for (const XmlEncoding encoding : {XmlEncoding::kUtf8, XmlEncoding::kShiftJis}) {
      const ReceivedAnswer read = MustRead(WriteRequestRefusal(AnyInquiry(encoding), {*code, "", {}}));
      EXPECT_EQ(read.envelope.character_code, encoding == XmlEncoding::kUtf8 ? "0" : "1") << number;
    }
  }
  EXPECT_GT(codes, 100);
}

}  // namespace
}  // namespace madoguchi::handoff::test
