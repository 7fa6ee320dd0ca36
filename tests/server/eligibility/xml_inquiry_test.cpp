// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_inquiry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/server/eligibility/xml_writer.h"

namespace madoguchi::eligibility::test {
namespace {

using ::testing::HasSubstr;

Inquiry Asked() {
  return {.caller = {.institution_code = kInstitution, .account_id = "W0000001", .desk_id = {}},
          .press_id = Bytes(16, 0xA0),
          .insurer_number = "  138057",
          .symbol = "見本１",
          .number = "1013",
          .branch = "02",
          .birthdate = "19600229",
          .limit_consent = true,
          .confirmation_date = {}};
}

std::string RequestWith(const std::string& header, const std::string& body) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><XmlMsg><MessageHeader>" + header +
         "</MessageHeader><MessageBody>" + body + "</MessageBody></XmlMsg>";
}

constexpr char kHeader[] = "<MedicalInstitutionCode>1311234567</MedicalInstitutionCode>";
constexpr char kNumbers[] =
    "<QualificationConfirmSearchInfo><InsurerNumber>00138057</InsurerNumber>"
    "<InsuredIdentificationNumber>1</InsuredIdentificationNumber></QualificationConfirmSearchInfo>";

std::string Refusal(const std::string& text) {
  const Result<ReceivedInquiry> read = ReadXmlInquiry(text);
  if (read.ok()) return "accepted";
  EXPECT_EQ(read.error().code, ErrorCode::kHandoffRequestInvalid);
  return read.error().detail;
}

TEST(XmlInquiry, IsWrittenAsPublished) {
  const Result<std::string> written = WriteXmlInquiry(Asked(), "20261122");
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(*written,
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n"
            "<XmlMsg>\r\n"
            "  <MessageHeader>\r\n"
            "    <QualificationConfirmationDate>20261122</QualificationConfirmationDate>\r\n"
            "    <MedicalInstitutionCode>1311234567</MedicalInstitutionCode>\r\n"
            "    <ArbitraryFileIdentifier>a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0</ArbitraryFileIdentifier>\r\n"
            "  </MessageHeader>\r\n"
            "  <MessageBody>\r\n"
            "    <QualificationConfirmSearchInfo>\r\n"
            "      <InsurerNumber>  138057</InsurerNumber>\r\n"
            "      <InsuredCardSymbol>見本１</InsuredCardSymbol>\r\n"
            "      <InsuredIdentificationNumber>1013</InsuredIdentificationNumber>\r\n"
            "      <InsuredBranchNumber>02</InsuredBranchNumber>\r\n"
            "      <Birthdate>19600229</Birthdate>\r\n"
            "      <LimitApplicationCertificateRelatedConsFlg>1</LimitApplicationCertificateRelatedConsFlg>\r\n"
            "    </QualificationConfirmSearchInfo>\r\n"
            "  </MessageBody>\r\n"
            "</XmlMsg>\r\n");
}

TEST(XmlInquiry, LeavesOutSymbolAndBranchThatAreNotKnown) {
  Inquiry asked = Asked();
  asked.symbol.clear();
  asked.branch.clear();
  asked.limit_consent = false;
  const Result<std::string> written = WriteXmlInquiry(asked, "20261122");
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written->find("InsuredCardSymbol"), std::string::npos);
  EXPECT_EQ(written->find("InsuredBranchNumber"), std::string::npos);
  EXPECT_THAT(*written, HasSubstr("ConsFlg>0<"));
}

TEST(XmlInquiry, NamesTheDayItIsAbout) {
  Inquiry asked = Asked();
  asked.confirmation_date = "20261031";
  const Result<std::string> written = WriteXmlInquiry(asked, "20261122");
  ASSERT_TRUE(written.ok());
  EXPECT_THAT(*written, HasSubstr("<QualificationConfirmationDate>20261031<"));
}

TEST(XmlInquiry, RefusesANumberXmlCannotHoldWithoutRepeatingIt) {
  Inquiry asked = Asked();
  asked.number =
      "12\x01"
      "34";
  const Result<std::string> written = WriteXmlInquiry(asked, "20261122");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kInquiryFieldInvalid);
  EXPECT_THAT(written.error().detail, HasSubstr("InsuredIdentificationNumber"));
  EXPECT_EQ(written.error().detail.find("12"), std::string::npos);
}

// Whatever a receipt computer writes: the same fields come back, in either encoding.
TEST(XmlInquiry, ReadsWhatIsWritten) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 chance(seed);
    const bool shift_jis = seed % 2 == 1;
    InquiryMessage message;
    const Answer some = AnyAnswer(chance, !shift_jis);
    message.numbers = some.search_info.value_or(SearchInfo{});
    message.institution_code = kInstitution;
    message.file_identifier = some.processing_code;
    message.confirmation_date_raw = some.confirmation_date_raw;
    const Result<std::string> written =
        WriteXmlInquiry(message, shift_jis ? XmlEncoding::kShiftJis : XmlEncoding::kUtf8);
    ASSERT_TRUE(written.ok());
    const Result<ReceivedInquiry> read = ReadXmlInquiry(*written);
    ASSERT_TRUE(read.ok()) << read.error().detail;
    EXPECT_TRUE(read->message == message);
    EXPECT_EQ(read->encoding == XmlEncoding::kShiftJis, shift_jis);
  }
}

TEST(XmlInquiry, IsReadByNameInAnyOrderPassingOverTheUnknown) {
  const Result<ReceivedInquiry> read = ReadXmlInquiry(
      "<XmlMsg><MessageBody><Later/><QualificationConfirmSearchInfo><Birthdate>19600229</Birthdate><Later>1</Later>"
      "<ArbitraryIdentifier>12_3</ArbitraryIdentifier><InsurerNumber>138057</InsurerNumber>"
      "</QualificationConfirmSearchInfo></MessageBody><MessageHeader><Later/>" +
      std::string(kHeader) + "</MessageHeader></XmlMsg>");
  ASSERT_TRUE(read.ok()) << read.error().detail;
  EXPECT_EQ(read->message.institution_code, kInstitution);
  EXPECT_EQ(read->message.file_identifier, std::nullopt);
  EXPECT_EQ(read->message.numbers.insurer_number, "138057");
  EXPECT_EQ(read->message.numbers.birthdate_raw, "19600229");
  EXPECT_EQ(read->message.numbers.arbitrary_identifier, "12_3");
  EXPECT_EQ(read->message.numbers.symbol, std::nullopt);
}

TEST(XmlInquiry, IsRefusedWithThePlaceWhenItIsNotOne) {
  EXPECT_EQ(Refusal(RequestWith(kHeader, kNumbers)), "accepted");
  EXPECT_THAT(Refusal(RequestWith("", kNumbers)), HasSubstr("MedicalInstitutionCode is missing"));
  EXPECT_THAT(Refusal(RequestWith(kHeader, "")), HasSubstr("QualificationConfirmSearchInfo is missing"));
  EXPECT_THAT(Refusal(RequestWith(kHeader, std::string(kNumbers) + kNumbers)), HasSubstr("twice"));
  EXPECT_THAT(Refusal(RequestWith(std::string(kHeader) + kHeader, kNumbers)),
              HasSubstr("MedicalInstitutionCode twice"));
  EXPECT_THAT(Refusal("<XmlMsg/>"), HasSubstr("missing"));
  EXPECT_THAT(Refusal("<Bulk/>"), HasSubstr("the root is not one XmlMsg"));
  EXPECT_NE(Refusal(""), "accepted");
  EXPECT_NE(Refusal("<!DOCTYPE x [<!ENTITY a 'b'>]>" + RequestWith(kHeader, kNumbers)), "accepted");
  EXPECT_THAT(Refusal(std::string(kXmlBytesMax + 1, ' ')), HasSubstr("bytes"));
  const std::string cut = RequestWith(kHeader, kNumbers);
  EXPECT_NE(Refusal(cut.substr(0, cut.size() - 5)), "accepted");
}

TEST(XmlInquiry, AnAnswerThatWasAskedForOtherNumbersIsNotOurs) {
  Answer answer;
  EXPECT_TRUE(CheckEcho(answer, Asked()).ok());
  SearchInfo& echo = answer.search_info.emplace();
  EXPECT_TRUE(CheckEcho(answer, Asked()).ok());
  echo.insurer_number = "00138057";
  echo.symbol = "見本1";
  echo.number = "１０１３";
  echo.branch = "02";
  echo.birthdate_raw = "19600229";
  EXPECT_TRUE(CheckEcho(answer, Asked()).ok());
  Answer padded = answer;
  padded.search_info->insurer_number = "１３８０５７　　";
  padded.search_info->symbol = "　見本１  ";
  padded.search_info->number = "      1013";
  EXPECT_TRUE(CheckEcho(padded, Asked()).ok());
  for (const auto member : {&SearchInfo::insurer_number, &SearchInfo::symbol, &SearchInfo::number, &SearchInfo::branch,
                            &SearchInfo::birthdate_raw}) {
    Answer other = answer;
    (*other.search_info).*member = "99";
    const Result<void> checked = CheckEcho(other, Asked());
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().code, ErrorCode::kNationalAnswerOfOtherCheck);
    EXPECT_EQ(checked.error().detail.find("99"), std::string::npos);
  }
}

}  // namespace
}  // namespace madoguchi::eligibility::test
