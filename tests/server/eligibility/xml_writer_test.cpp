// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/server/eligibility/every_element.h"
#include "tests/server/eligibility/xml_writer.h"

namespace madoguchi::eligibility::test {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr XmlEncoding kBoth[] = {XmlEncoding::kUtf8, XmlEncoding::kShiftJis};

ReceivedAnswer MustRead(const std::string& text) {
  Result<ReceivedAnswer> read = ReadXmlAnswer(text);
  EXPECT_TRUE(read.ok()) << read.error().detail;
  return read.ok() ? std::move(read).value() : ReceivedAnswer{};
}

std::string MustWrite(const Envelope& envelope, const Answer& answer, XmlEncoding encoding) {
  Result<std::string> written = WriteXmlAnswer(envelope, answer, encoding);
  EXPECT_TRUE(written.ok()) << written.error().detail;
  return written.ok() ? std::move(written).value() : std::string();
}

ReceivedAnswer Everything() {
  return MustRead(std::string("<XmlMsg>") + kFullHeader + "<MessageBody>" + kEverything + "</MessageBody></XmlMsg>");
}

Answer OneName(const std::string& name) {
  Answer answer;
  answer.segment_of_result_code = "1";
  answer.results.emplace_back().name = name;
  return answer;
}

// Names of all start tags, in order.
std::vector<std::string> StartTags(const std::string& text) {
  std::vector<std::string> tags;
  for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1)) {
    if (text[at + 1] != '/' && text[at + 1] != '?') tags.push_back(text.substr(at + 1, text.find('>', at) - at - 1));
  }
  return tags;
}

TEST(XmlWriter, KeepsEverythingThatCanBeReadInBothEncodings) {
  for (const XmlEncoding encoding : kBoth) {
    for (unsigned seed = 0; seed < 600; ++seed) {
      std::mt19937 chance(seed);
      Answer answer = AnyAnswer(chance, encoding == XmlEncoding::kUtf8);
      answer.unknown_elements.clear();
      Envelope envelope = OurEnvelope(encoding == XmlEncoding::kShiftJis);
      if (seed % 3 == 0) envelope.error_message = "誤り & <1>";
      const ReceivedAnswer read = MustRead(MustWrite(envelope, answer, encoding));
      ASSERT_TRUE(read.answer == answer) << "seed " << seed;
      ASSERT_TRUE(read.envelope == envelope) << "seed " << seed;
    }
  }
}

TEST(XmlWriter, WritesTheSameWhateverOrderItWasReadIn) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 chance(seed);
    Answer answer = AnyAnswer(chance);
    answer.unknown_elements.clear();
    const ReceivedAnswer shuffled = MustRead(WriteXml(OurEnvelope(), answer, &chance));
    for (const XmlEncoding encoding : kBoth) {
      ASSERT_EQ(MustWrite(shuffled.envelope, shuffled.answer, encoding), MustWrite(OurEnvelope(), answer, encoding));
    }
  }
}

TEST(XmlWriter, WritesTheElementsInTheOrderOfThePublishedTable) {
  const ReceivedAnswer everything = Everything();
  // Written out by hand from reference/eligibility-result.md §1.
  const std::vector<std::string> expected = {"XmlMsg",
                                             "MessageHeader",
                                             "ProcessExecutionTime",
                                             "QualificationConfirmationDate",
                                             "MedicalInstitutionCode",
                                             "ArbitraryFileIdentifier",
                                             "ReferenceClassification",
                                             "SegmentOfResult",
                                             "ErrorCode",
                                             "ErrorMessage",
                                             "CharacterCodeIdentifier",
                                             "MessageBody",
                                             "ProcessingResultStatus",
                                             "ProcessingResultCode",
                                             "ProcessingResultMessage",
                                             "QualificationValidity",
                                             "PrescriptionIssueSelect",
                                             "QualificationConfirmSearchInfo",
                                             "InsurerNumber",
                                             "InsuredCardSymbol",
                                             "InsuredIdentificationNumber",
                                             "InsuredBranchNumber",
                                             "Birthdate",
                                             "LimitApplicationCertificateRelatedConsFlg",
                                             "ArbitraryIdentifier",
                                             "ResultList",
                                             "ResultOfQualificationConfirmation",
                                             "InsuredCardClassification",
                                             "InsurerNumber",
                                             "InsuredCardSymbol",
                                             "InsuredIdentificationNumber",
                                             "InsuredBranchNumber",
                                             "PersonalFamilyClassification",
                                             "InsuredName",
                                             "Name",
                                             "NameOfOther",
                                             "NameKana",
                                             "NameOfOtherKana",
                                             "Sex1",
                                             "Sex2",
                                             "Birthdate",
                                             "Address",
                                             "PostNumber",
                                             "QualificationDate",
                                             "DisqualificationDate",
                                             "InsuredCertificateIssuanceDate",
                                             "InsuredCardValidDate",
                                             "InsuredCardExpirationDate",
                                             "InsuredPartialContributionRatio",
                                             "PreschoolClassification",
                                             "ReasonOfLoss",
                                             "InsurerName",
                                             "ElderlyRecipientCertificateInfo",
                                             "ElderlyRecipientCertificateDate",
                                             "ElderlyRecipientValidStartDate",
                                             "ElderlyRecipientValidEndDate",
                                             "ElderlyRecipientContributionRatio",
                                             "LimitApplicationCertificateRelatedConsFlg",
                                             "LimitApplicationCertificateRelatedConsTime",
                                             "LimitApplicationCertificateRelatedInfo",
                                             "LimitApplicationCertificateClassification",
                                             "LimitApplicationCertificateClassificationFlag",
                                             "LimitApplicationCertificateDate",
                                             "LimitApplicationCertificateValidStartDate",
                                             "LimitApplicationCertificateValidEndDate",
                                             "LimitApplicationCertificateLongTermDate",
                                             "SpecificDiseasesCertificateRelatedConsFlg",
                                             "SpecificDiseasesCertificateRelatedConsTime",
                                             "SpecificDiseasesCertificateList",
                                             "SpecificDiseasesCertificateInfo",
                                             "SpecificDiseasesDiseaseCategory",
                                             "SpecificDiseasesCertificateDate",
                                             "SpecificDiseasesValidStartDate",
                                             "SpecificDiseasesValidEndDate",
                                             "SpecificDiseasesSelfPay",
                                             "PublicExpenseResultList",
                                             "MedicalTicketInfo",
                                             "TicketType",
                                             "MedicalTicketValidDate",
                                             "MedicalTicketExpirationDate",
                                             "IssueNumber",
                                             "MedicalTreatmentMonth",
                                             "DesignatedMedicalInstitutionCode",
                                             "DesignatedMedicalInstitutionFlag",
                                             "DesignatedMedicalInstitutionName",
                                             "PrescriptionIssuerMedicalInstitutionCode",
                                             "PrescriptionIssuerMedicalInstitutionName",
                                             "InjuryName1",
                                             "InjuryName2",
                                             "InjuryName3",
                                             "MedicalTreatmentType",
                                             "SelfPayAmount",
                                             "DistrictContactName",
                                             "HandlingContactName",
                                             "SingleOrCombinedUse",
                                             "StatusOfSocialInsurance",
                                             "ConsistencyFlag",
                                             "StatusOfInfecton",
                                             "StatusOfElderlyMedicalCare",
                                             "StatusOfPrefecturalExpenses",
                                             "Remarks1",
                                             "Remarks2",
                                             "Remarks3",
                                             "ReferenceNumber",
                                             "QualificationConfirmationKey",
                                             "PrescriptionIssueSelect"};
  for (const XmlEncoding encoding : kBoth) {
    EXPECT_THAT(StartTags(MustWrite(everything.envelope, everything.answer, encoding)), ElementsAreArray(expected));
  }
}

TEST(XmlWriter, DeclaresWhatTheBytesAre) {
  const Answer answer = OneName("髙①");
  const std::string utf8 = MustWrite(OurEnvelope(true), answer, XmlEncoding::kUtf8);
  EXPECT_TRUE(utf8.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n<XmlMsg>\r\n"));
  EXPECT_THAT(utf8, HasSubstr("<CharacterCodeIdentifier>0</CharacterCodeIdentifier>"));
  EXPECT_THAT(utf8, HasSubstr("<Name>髙①</Name>"));
  const std::string cp932 = MustWrite(OurEnvelope(false), answer, XmlEncoding::kShiftJis);
  EXPECT_TRUE(cp932.starts_with("<?xml version=\"1.0\" encoding=\"Shift_JIS\" standalone=\"no\"?>\r\n"));
  EXPECT_THAT(cp932, HasSubstr("<CharacterCodeIdentifier>1</CharacterCodeIdentifier>"));
  EXPECT_THAT(cp932, HasSubstr("<Name>\xfb\xfc\x87\x40</Name>"));
}

TEST(XmlWriter, EndsEveryLineAsWindowsDoes) {
  const ReceivedAnswer everything = Everything();
  const std::string text = MustWrite(everything.envelope, everything.answer, XmlEncoding::kUtf8);
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    ASSERT_GT(at, 0u);
    EXPECT_EQ(text[at - 1], '\r');
  }
  EXPECT_TRUE(text.ends_with("</XmlMsg>\r\n"));
}

TEST(XmlWriter, LeavesOutWhatIsAbsentAndWritesEmptyWhatWasEmpty) {
  Answer answer = OneName("見本");
  answer.results[0].symbol = "";
  answer.results[0].insurer_number = "  138057";
  const std::string text = MustWrite(OurEnvelope(), answer, XmlEncoding::kUtf8);
  EXPECT_THAT(text, HasSubstr("<InsuredCardSymbol></InsuredCardSymbol>"));
  EXPECT_THAT(text, HasSubstr("<InsurerNumber>  138057</InsurerNumber>"));
  for (const char* absent : {"NameKana", "ResultCode", "SearchInfo", "Certificate", "PublicExpense", "ErrorCode"}) {
    EXPECT_EQ(text.find(absent), std::string::npos) << absent;
  }
  EXPECT_EQ(MustWrite(OurEnvelope(), Answer{}, XmlEncoding::kUtf8).find("ResultList"), std::string::npos);
}

TEST(XmlWriter, ReplacesNoCharacterThatTheEncodingCannotHold) {
  for (const char* name : {"𠮷田", "é", "한", "\u00A5", "a\U000E0041", "葛\U000E0100城"}) {
    EXPECT_TRUE(WriteXmlAnswer(OurEnvelope(), OneName(name), XmlEncoding::kUtf8).ok());
    const Result<std::string> written = WriteXmlAnswer(OurEnvelope(), OneName(name), XmlEncoding::kShiftJis);
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().code, ErrorCode::kHandoffCharacterNotWritable);
    EXPECT_EQ(written.error().detail, "XmlMsg/MessageBody/ResultList/ResultOfQualificationConfirmation/Name");
  }
}

TEST(XmlWriter, WritesNoCharacterThatXmlDoesNotAllow) {
  for (const std::string& name : {std::string("a\x01"), std::string("a\0b", 3), std::string("\xFF"),
                                  std::string("\xEF\xBF\xBF"), std::string("\xED\xA0\x80")}) {
    for (const XmlEncoding encoding : kBoth) {
      const Result<std::string> written = WriteXmlAnswer(OurEnvelope(), OneName(name), encoding);
      ASSERT_FALSE(written.ok());
      EXPECT_EQ(written.error().code, ErrorCode::kHandoffCharacterNotWritable);
    }
  }
}

TEST(XmlWriter, WritesOneJisCharacterForEitherPlaceInUnicode) {
  const std::string text = MustWrite(OurEnvelope(), OneName("1−2〜3"), XmlEncoding::kShiftJis);
  EXPECT_THAT(text, HasSubstr("<Name>1\x81\x7c"
                              "2\x81\x60"
                              "3</Name>"));
  EXPECT_EQ(MustRead(text).answer.results.at(0).name, "1－2～3");
}

TEST(XmlWriter, WritesARefusalToProcessWithItsCode) {
  Envelope envelope = OurEnvelope();
  envelope.error_code = "1313";
  envelope.error_message = "登録がありません";
  Answer answer;
  answer.segment_of_result_code = "9";
  const ReceivedAnswer read = MustRead(MustWrite(envelope, answer, XmlEncoding::kUtf8));
  EXPECT_EQ(read.envelope.error_code, "1313");
  EXPECT_TRUE(read.answer == answer);
}

}  // namespace
}  // namespace madoguchi::eligibility::test
