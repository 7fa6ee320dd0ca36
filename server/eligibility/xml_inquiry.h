// SPDX-License-Identifier: Apache-2.0
// The request of an inquiry by numbers (OQSsiquc01req): an XmlMsg with a short header and one
// QualificationConfirmSearchInfo. Written for the national service; read from a receipt computer's request files with
// the same care as an answer (xml_text.h, xml_tree.h). Thread: any, no state. Holds personal data: never logged.
// Source: reference/eligibility-result.md §1 "Request".
#pragma once
#include <string>
#include <string_view>

#include "contract/result.h"
#include "server/eligibility/answer.h"
#include "server/eligibility/national_service.h"
#include "server/eligibility/xml_text.h"

namespace madoguchi::eligibility {

#define MADOGUCHI_INQUIRY_HEADER_FIELDS(TEXT, CODE, DATE, TIME, RATIO) \
  DATE(confirmation_date, "QualificationConfirmationDate")             \
  TEXT(institution_code, "MedicalInstitutionCode")                     \
  TEXT(file_identifier, "ArbitraryFileIdentifier")

struct InquiryMessage {
  MADOGUCHI_MEMBERS(MADOGUCHI_INQUIRY_HEADER_FIELDS)
  SearchInfo numbers;
  bool operator==(const InquiryMessage&) const = default;
};

struct ReceivedInquiry {
  InquiryMessage message;
  XmlEncoding encoding = XmlEncoding::kUtf8;  // what it was declared to be, and is
};

// HANDOFF_CHARACTER_NOT_WRITABLE as in xml_writer.h.
Result<std::string> WriteXmlInquiry(const InquiryMessage& message, XmlEncoding encoding);
// What the national service is sent, UTF-8: the file identifier is the press in hex. today: yyyyMMdd in Japan, when the
// inquiry names no other day.
// INQUIRY_FIELD_INVALID: a field holds a character XML does not allow.
Result<std::string> WriteXmlInquiry(const Inquiry& inquiry, std::string_view today);

// HANDOFF_REQUEST_INVALID: anything wrong with it; the detail names the place, never what stands there. A request must
// name its institution and hold the numbers' element once; whether the numbers can be sent is not looked at here
// (contract/insurance_number.h). Elements this version does not know are passed over.
Result<ReceivedInquiry> ReadXmlInquiry(std::string_view received);

// NATIONAL_ANSWER_OF_OTHER_CHECK: the answer says that it was asked for other numbers. Widths and padding may differ;
// an answer without an echo, or an element that is not in it, says nothing.
Result<void> CheckEcho(const Answer& answer, const Inquiry& asked);

}  // namespace madoguchi::eligibility
