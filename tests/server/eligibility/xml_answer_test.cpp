// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "server/eligibility/field_tables.h"
#include "server/eligibility/xml_tree.h"
#include "tests/server/eligibility/every_element.h"
#include "tests/server/eligibility/xml_writer.h"

namespace madoguchi::eligibility::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHeader[] =
    "<MessageHeader><ProcessExecutionTime>20261122090000</ProcessExecutionTime>"
    "<MedicalInstitutionCode>1311234567</MedicalInstitutionCode>"
    "<ArbitraryFileIdentifier>00112233445566778899aabbccddeeff</ArbitraryFileIdentifier>"
    "<SegmentOfResult>1</SegmentOfResult></MessageHeader>";

std::string Message(const std::string& body, const std::string& header = kHeader) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><XmlMsg>" + header + "<MessageBody>" + body +
         "</MessageBody></XmlMsg>";
}

std::string OneResult(const std::string& fields) {
  return Message("<ResultList><ResultOfQualificationConfirmation>" + fields +
                 "</ResultOfQualificationConfirmation></ResultList>");
}

Answer MustRead(const std::string& text) {
  Result<ReceivedAnswer> read = ReadXmlAnswer(text);
  EXPECT_TRUE(read.ok()) << read.error().detail;
  return read.ok() ? read->answer : Answer{};
}

std::string MalformedDetail(const std::string& text) {
  const Result<ReceivedAnswer> read = ReadXmlAnswer(text);
  if (read.ok()) return "accepted";
  EXPECT_EQ(read.error().code, ErrorCode::kNationalAnswerMalformed);
  return read.error().detail;
}

std::string Repeated(std::size_t times, const std::string& text) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(XmlAnswer, FindsEveryPublishedElement) {
  const Result<ReceivedAnswer> read = ReadXmlAnswer(Message(kEverything, kFullHeader));
  ASSERT_TRUE(read.ok()) << read.error().detail;
  EXPECT_EQ(read->envelope.institution_code, "1311234567");
  EXPECT_EQ(read->envelope.file_identifier, kPressHex);
  EXPECT_EQ(read->envelope.error_code, "E1");
  EXPECT_EQ(read->envelope.error_message, "誤り");
  EXPECT_EQ(read->envelope.character_code, "0");

  const Answer& answer = read->answer;
  EXPECT_TRUE(answer.unknown_elements.empty());
  EXPECT_EQ(answer.executed_at_raw, "20261122090000");
  EXPECT_EQ(answer.confirmation_date_raw, "20261121");
  EXPECT_EQ(answer.reference_classification_code, "1");
  EXPECT_EQ(answer.segment_of_result_code, "1");
  EXPECT_EQ(answer.processing_status_code, "1");
  EXPECT_EQ(answer.processing_code, "X1");
  EXPECT_EQ(answer.processing_message, "知らせ");
  EXPECT_EQ(answer.validity_code, "1");
  EXPECT_EQ(answer.prescription_issue_code, "1");

  ASSERT_EQ(answer.results.size(), 1u);
  QualificationResult expected;
  expected.address = "窓口県";
  expected.card_classification_code = "01";
  expected.insurer_number = "  123456";
  expected.symbol = "記号";
  expected.number = "0012";
  expected.branch = "02";
  expected.relationship_code = "2";
  expected.insured_name = "架空　一郎";
  expected.name = "架空　花子";
  expected.name_other = "他名";
  expected.name_kana = "ｶｸｳ ﾊﾅｺ";
  expected.name_other_kana = "ﾎｶ";
  expected.sex_code = "2";
  expected.sex_other_code = "3";
  expected.birthdate_raw = "19600229";
  expected.postal_code = "999-9999";
  expected.qualification_date_raw = "20200401";
  expected.disqualification_date_raw = "20270331";
  expected.issuance_date_raw = "20200402";
  expected.valid_from_raw = "20200403";
  expected.valid_until_raw = "20270330";
  expected.contribution_ratio_raw = "010";
  expected.preschool_code = "1";
  expected.loss_reason_code = "99";
  expected.insurer_name = "架空市";
  expected.elderly_recipient_certificate = {.issued_on_raw = "20200404",
                                            .valid_from_raw = "20200405",
                                            .valid_until_raw = "20200406",
                                            .contribution_ratio_raw = "020"};
  expected.limit_consent_code = "1";
  expected.limit_consent_at_raw = "20261122085900";
  expected.limit_certificate = {.classification_code = "02",
                                .category_code = "B09",
                                .issued_on_raw = "20200407",
                                .valid_from_raw = "20200408",
                                .valid_until_raw = "20200409",
                                .long_term_from_raw = "20200410"};
  expected.specific_diseases_consent_code = "1";
  expected.specific_diseases_consent_at_raw = "20261122085901";
  expected.specific_diseases_certificates = {{.disease_category_code = "1",
                                              .issued_on_raw = "20200411",
                                              .valid_from_raw = "20200412",
                                              .valid_until_raw = "20200413",
                                              .self_pay_limit = "10000"}};
  MedicalTicket& ticket = expected.medical_tickets.emplace_back();
  ticket.ticket_type_code = "01";
  ticket.valid_from_raw = "20200414";
  ticket.valid_until_raw = "20200415";
  ticket.issue_number = "77";
  ticket.treatment_month = "202611";
  ticket.designated_institution_code = "1311234567";
  ticket.designated_institution_flag_code = "0";
  ticket.designated_institution_name = "窓口医院";
  ticket.prescriber_institution_code = "1311234568";
  ticket.prescriber_institution_name = "処方医院";
  ticket.injury_name1 = "傷一";
  ticket.injury_name2 = "傷二";
  ticket.injury_name3 = "傷三";
  ticket.treatment_type_code = "02";
  ticket.self_pay_amount = "0";
  ticket.district_contact_name = "地区";
  ticket.handling_contact_name = "取扱";
  ticket.single_or_combined_code = "01";
  ticket.social_insurance_code = "02";
  ticket.consistency_code = "1";
  ticket.infection_code = "02";
  ticket.elderly_medical_care_code = "01";
  ticket.prefectural_expenses_code = "02";
  ticket.remarks1 = "備一";
  ticket.remarks2 = "備二";
  ticket.remarks3 = "備三";
  expected.reference_number = "R-1";
  expected.qualification_confirmation_key = "K-1";
  expected.prescription_issue_code = "2";
  EXPECT_TRUE(answer.results[0] == expected);

  SearchInfo asked;
  asked.insurer_number = "  138057";
  asked.symbol = "問記";
  asked.number = "0034";
  asked.branch = "03";
  asked.birthdate_raw = "19600301";
  asked.limit_consent_code = "0";
  asked.arbitrary_identifier = "A-1";
  EXPECT_TRUE(answer.search_info == asked);
}

template <class Table, class Part>
void ExpectAll(const Table& table, const Part& part) {
  for (const auto& field : table) EXPECT_TRUE((part.*field.member).has_value()) << field.element;
}

// A field that is added to a list is added to the message written out by hand: so its name is written twice.
TEST(XmlAnswer, TheMessageWrittenOutByHandHasEveryFieldOfTheLists) {
  const Result<ReceivedAnswer> read = ReadXmlAnswer(Message(kEverything, kFullHeader));
  ASSERT_TRUE(read.ok()) << read.error().detail;
  ExpectAll(kEnvelopeFields, read->envelope);
  ExpectAll(kHeaderFields, read->answer);
  ExpectAll(kBodyFields, read->answer);
  ExpectAll(kSearchFields, read->answer.search_info.value());
  const QualificationResult& result = read->answer.results.at(0);
  ExpectAll(kQualificationFields, result);
  ExpectAll(kElderlyFields, result.elderly_recipient_certificate.value());
  ExpectAll(kLimitFields, result.limit_certificate.value());
  ExpectAll(kDiseaseFields, result.specific_diseases_certificates.at(0));
  ExpectAll(kTicketFields, result.medical_tickets.at(0));
}

TEST(XmlAnswer, IsTheSameInAnyOrderAndEitherEncoding) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 chance(seed);
    const bool shift_jis = seed % 2 == 1;
    Answer answer = AnyAnswer(chance, !shift_jis);
    const std::string utf8 = WriteXml(OurEnvelope(shift_jis), answer, &chance, shift_jis);
    Result<ReceivedAnswer> read = ReadXmlAnswer(shift_jis ? ToCp932(utf8) : utf8);
    ASSERT_TRUE(read.ok()) << "seed " << seed << ": " << read.error().detail;
    std::sort(read->answer.unknown_elements.begin(), read->answer.unknown_elements.end());
    std::sort(answer.unknown_elements.begin(), answer.unknown_elements.end());
    ASSERT_TRUE(read->answer == answer) << "seed " << seed;
  }
}

TEST(XmlAnswer, KeepsTextExactlyAsReceived) {
  const Answer answer =
      MustRead(OneResult("<InsurerNumber>        </InsurerNumber><Name>　● 髙 </Name><Address>A&amp;B<!-- c "
                         "--><![CDATA[<1>]]></Address><Sex1>９</Sex1>"
                         "<InsuredBranchNumber/>"));
  ASSERT_EQ(answer.results.size(), 1u);
  EXPECT_EQ(answer.results[0].insurer_number, "        ");
  EXPECT_EQ(answer.results[0].name, "　● 髙 ");
  EXPECT_EQ(answer.results[0].address, "A&B<1>");
  EXPECT_EQ(answer.results[0].sex_code, "９");
  EXPECT_EQ(answer.results[0].branch, "");
  EXPECT_EQ(answer.results[0].symbol, std::nullopt);
}

TEST(XmlAnswer, KeepsSeveralResultsInTheirOrder) {
  const Answer answer = MustRead(Message(
      "<ResultList><ResultOfQualificationConfirmation><InsuredCardClassification>01</InsuredCardClassification>"
      "</ResultOfQualificationConfirmation><ResultOfQualificationConfirmation>"
      "<InsuredCardClassification>A1</InsuredCardClassification></ResultOfQualificationConfirmation></ResultList>"));
  ASSERT_EQ(answer.results.size(), 2u);
  EXPECT_EQ(answer.results[0].card_classification_code, "01");
  EXPECT_EQ(answer.results[1].card_classification_code, "A1");
}

TEST(XmlAnswer, CountsUnknownElementsByNameOnce) {
  const Answer answer =
      MustRead(Message("<New>1</New><New>2</New><ResultList><ResultOfQualificationConfirmation><Sex3>1</Sex3>"
                       "<New/></ResultOfQualificationConfirmation><Odd/></ResultList>"));
  EXPECT_THAT(answer.unknown_elements, ElementsAre("New", "Sex3", "Odd"));
}

TEST(XmlAnswer, BoundsTheNamesOfUnknownElements) {
  std::string body = "<" + Repeated(30, "窓") + "/>";
  for (std::size_t i = 0; i < 2 * kUnknownElementsMax; ++i) body += "<U" + std::to_string(i) + "/>";
  const Answer answer = MustRead(Message(body));
  ASSERT_EQ(answer.unknown_elements.size(), kUnknownElementsMax);
  EXPECT_EQ(answer.unknown_elements[0], Repeated(21, "窓"));
}

TEST(XmlAnswer, NamesTheElementThatCameTwice) {
  EXPECT_EQ(MalformedDetail(OneResult("<Name>a</Name><Sex1>1</Sex1><Name>b</Name>")),
            "XmlMsg/MessageBody/ResultList/ResultOfQualificationConfirmation[1]/Name twice");
  EXPECT_EQ(MalformedDetail(Message("<QualificationValidity>1</QualificationValidity><QualificationValidity/>")),
            "XmlMsg/MessageBody/QualificationValidity twice");
  EXPECT_THAT(MalformedDetail(Message("<ResultList/><ResultList/>")), HasSubstr("ResultList twice"));
  EXPECT_THAT(MalformedDetail(Message("<QualificationConfirmSearchInfo/><QualificationConfirmSearchInfo/>")),
              HasSubstr("QualificationConfirmSearchInfo twice"));
  EXPECT_THAT(MalformedDetail(Message("", std::string(kHeader) + kHeader)), HasSubstr("MessageHeader twice"));
  for (const char* name : {"ElderlyRecipientCertificateInfo", "LimitApplicationCertificateRelatedInfo",
                           "SpecificDiseasesCertificateList", "PublicExpenseResultList", "PharmacistsInfoConsFlg"}) {
    const std::string empty = std::string("<") + name + "/>";
    EXPECT_THAT(MalformedDetail(OneResult(empty + empty)), HasSubstr(std::string(name) + " twice"));
  }
}

TEST(XmlAnswer, RefusesMoreEntriesThanItsLimits) {
  const auto results = [](std::size_t n) {
    return Message("<ResultList>" + Repeated(n, "<ResultOfQualificationConfirmation/>") + "</ResultList>");
  };
  const auto diseases = [](std::size_t n) {
    return OneResult("<SpecificDiseasesCertificateList>" + Repeated(n, "<SpecificDiseasesCertificateInfo/>") +
                     "</SpecificDiseasesCertificateList>");
  };
  const auto tickets = [](std::size_t n) {
    return OneResult("<PublicExpenseResultList>" + Repeated(n, "<MedicalTicketInfo/>") + "</PublicExpenseResultList>");
  };
  EXPECT_EQ(MustRead(results(kResultsMax)).results.size(), kResultsMax);
  EXPECT_EQ(MustRead(diseases(kSpecificDiseasesMax)).results.at(0).specific_diseases_certificates.size(),
            kSpecificDiseasesMax);
  EXPECT_EQ(MustRead(tickets(kMedicalTicketsMax)).results.at(0).medical_tickets.size(), kMedicalTicketsMax);
  EXPECT_THAT(MalformedDetail(results(kResultsMax + 1)), HasSubstr("more than 16 times"));
  EXPECT_THAT(MalformedDetail(diseases(kSpecificDiseasesMax + 1)), HasSubstr("more than 3 times"));
  EXPECT_THAT(MalformedDetail(tickets(kMedicalTicketsMax + 1)), HasSubstr("more than 32 times"));
}

TEST(XmlAnswer, RefusesALongTextAndDoesNotRepeatIt) {
  EXPECT_EQ(MustRead(OneResult("<Name>" + std::string(kTextBytesMax, 'x') + "</Name>")).results.size(), 1u);
  const std::string detail = MalformedDetail(OneResult("<Name>" + std::string(kTextBytesMax + 1, 'x') + "</Name>"));
  EXPECT_THAT(detail, HasSubstr("Name is longer"));
  EXPECT_EQ(detail.find("xx"), std::string::npos);
}

TEST(XmlAnswer, RefusesElementsInsideAText) {
  EXPECT_THAT(MalformedDetail(OneResult("<Name>a<b/></Name>")), HasSubstr("Name holds more than text"));
}

TEST(XmlAnswer, RefusesDeepNesting) {
  const auto nested = [](int levels) {
    return Message(Repeated(static_cast<std::size_t>(levels), "<d>") +
                   Repeated(static_cast<std::size_t>(levels), "</d>"));
  };
  EXPECT_THAT(MalformedDetail(nested(kXmlDepthMax)), HasSubstr("deeper than"));
  EXPECT_THAT(MalformedDetail(nested(30'000)), HasSubstr("deeper than"));
  EXPECT_TRUE(ReadXmlAnswer(nested(5)).ok());
}

TEST(XmlAnswer, RefusesWhatIsNoWholeXmlMsg) {
  const std::string whole = Message(kEverything);
  for (const std::string& text :
       {std::string(), std::string("   "), std::string("{}"), std::string("<html/>"), std::string("<XmlMsg/>"),
        whole.substr(0, whole.size() / 2), whole.substr(0, whole.size() - 3), whole + "<XmlMsg/>", whole + "text",
        "text" + whole.substr(whole.find("?>") + 2), std::string("<XmlMsg><MessageBody/></XmlMsg>"),
        std::string("<XmlMsg><MessageHeader/><MessageBody/></XmlMsg>"),
        std::string("<XmlMsg>") + kHeader + "</XmlMsg>"}) {
    EXPECT_NE(MalformedDetail(text), "accepted") << text.substr(0, 40);
  }
}

TEST(XmlAnswer, ComparesTheCharacterCodeWithTheDeclaration) {
  for (const bool shift_jis : {false, true}) {
    for (const char* code : {"0", "1", "2", ""}) {
      Envelope envelope = OurEnvelope();
      envelope.character_code = code;
      Answer answer;
      answer.segment_of_result_code = "1";
      const Result<ReceivedAnswer> read = ReadXmlAnswer(WriteXml(envelope, answer, nullptr, shift_jis));
      EXPECT_EQ(read.ok(), std::string(code) == (shift_jis ? "1" : "0"));
      EXPECT_TRUE(read.ok() || read.error().code == ErrorCode::kNationalAnswerEncoding);
    }
  }
}

ReceivedAnswer Received(const char* segment) {
  ReceivedAnswer received{.envelope = OurEnvelope(), .answer = {}};
  received.answer.segment_of_result_code = segment;
  return received;
}

TEST(XmlAnswer, IsAcceptedOnlyAsTheEchoOfOurQuestion) {
  EXPECT_TRUE(AcceptAnswer(Received("1"), kPressHex, kInstitution).ok());
  ReceivedAnswer other_press = Received("1"), other_code = Received("1"), no_press = Received("1"),
                 no_code = Received("1");
  other_press.envelope.file_identifier = "ffeeddccbbaa99887766554433221100";
  other_code.envelope.institution_code = "1311234568";
  no_press.envelope.file_identifier.reset();
  no_code.envelope.institution_code.reset();
  for (const ReceivedAnswer& received : {other_press, other_code, no_press, no_code}) {
    const Result<Answer> accepted = AcceptAnswer(received, kPressHex, kInstitution);
    ASSERT_FALSE(accepted.ok());
    EXPECT_EQ(accepted.error().code, ErrorCode::kNationalAnswerOfOtherCheck);
    EXPECT_EQ(accepted.error().detail.find("ffee"), std::string::npos);
  }
}

TEST(XmlAnswer, ReportsAFailedProcessingWithItsCodeOnly) {
  for (const char* segment : {"2", "9", "", "01"}) {
    ReceivedAnswer received = Received(segment);
    received.envelope.error_code = "EX001";
    received.envelope.error_message = "架空";
    const Result<Answer> accepted = AcceptAnswer(received, kPressHex, kInstitution);
    ASSERT_FALSE(accepted.ok());
    EXPECT_EQ(accepted.error().code, ErrorCode::kNationalProcessingFailed);
    EXPECT_THAT(accepted.error().detail, HasSubstr("EX001"));
    EXPECT_EQ(accepted.error().detail.find("架空"), std::string::npos);
  }
  ReceivedAnswer strange = Received("9");
  strange.envelope.error_code = "name of\na person";
  EXPECT_THAT(AcceptAnswer(strange, kPressHex, kInstitution).error().detail, HasSubstr("(no code)"));
}

TEST(XmlAnswer, NeedsNoBodyWhenProcessingFailed) {
  std::string header = kHeader;
  header.replace(header.find("<SegmentOfResult>1") + 17, 1, "9");
  const Result<ReceivedAnswer> read = ReadXmlAnswer("<XmlMsg>" + header + "</XmlMsg>");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->answer.segment_of_result_code, "9");
}

TEST(XmlAnswer, IsStillAnAnswerWhenThePersonCouldNotBeProcessed) {
  ReceivedAnswer received = Received("1");
  received.answer.processing_status_code = "2";
  received.answer.processing_code = "X9";
  const Result<Answer> accepted = AcceptAnswer(received, kPressHex, kInstitution);
  ASSERT_TRUE(accepted.ok());
  EXPECT_EQ(accepted->processing_status_code, "2");
  EXPECT_EQ(accepted->processing_code, "X9");
}

}  // namespace
}  // namespace madoguchi::eligibility::test
