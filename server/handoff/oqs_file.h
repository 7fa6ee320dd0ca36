// SPDX-License-Identifier: Apache-2.0
// Results as the files receipt computers (レセコン) take today: an XmlMsg in the published order
// (eligibility/xml_writer.h).
//
//   face result   OQSsiquc01res_face_<10-digit institution code><20>_<yyyyMMddHHmmss>.xml
//                 <20>: 8 hex digits of the desk's id, 12 of the press's; the same 20 are the ArbitraryFileIdentifier
//                 inside, so that a receipt computer beside one desk takes that desk's results only, and never "the
//                 next file". The time is ProcessExecutionTime. The same press gives the same name and the same bytes,
//                 however often it is made.
//   answer        OQSsiquc01res_… to a receipt computer's OQSsiquc01req_… (request_names.h): in its encoding, with its
//                 ArbitraryFileIdentifier and its numbers as it wrote them.
//   refusal       the same with SegmentOfResult 9, ErrorCode "M" and our number, ErrorMessage in Japanese.
//
// Nothing is added but: spaces before an insurer number of less than 8 digits, and ReferenceNumber (照会番号) = the
// patient number that was entered at the desk, in results that came without one. Elements of which only the name was
// kept (unknown_elements) are not written. Thread: any, no state. Holds personal data: never logged. Errors:
// HANDOFF_CHARACTER_NOT_WRITABLE. Source: reference/eligibility-result.md §1, §3.2.
#pragma once
#include <string>

#include "server/eligibility/xml_inquiry.h"
#include "server/eligibility/xml_text.h"
#include "server/handoff/handing.h"

namespace madoguchi::handoff {

inline constexpr std::size_t kDeskDigits = 8;    // of the 20
inline constexpr std::size_t kPressDigits = 12;  // of the 20

struct OqsFile {
  std::string name;
  std::string content;  // in the wanted encoding
};

// The 20 characters.
std::string OqsToken(const Handing& handing);
Result<OqsFile> WriteOqsFile(const Handing& handing, eligibility::XmlEncoding encoding);

// In the encoding of the request.
Result<std::string> WriteRequestAnswer(const eligibility::ReceivedInquiry& request, const eligibility::Answer& answer);
// `request` may be empty: it could not be read.
std::string WriteRequestRefusal(const eligibility::ReceivedInquiry& request, const Error& refusal);

}  // namespace madoguchi::handoff
