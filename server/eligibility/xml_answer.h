// SPDX-License-Identifier: Apache-2.0
// Reads an XmlMsg into an Answer. Elements are found by name, never by position; those this version does not know are
// counted by name. Thread: any, no state. Details of errors name element paths, never what stands in them. Source:
// reference/eligibility-result.md §1 (the tree), §3.3 (what careful readers refuse).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "contract/result.h"
#include "server/eligibility/answer.h"

namespace madoguchi::eligibility {

// Whose question the message answers, and what it says of itself.
struct Envelope {
  MADOGUCHI_MEMBERS(MADOGUCHI_ENVELOPE_FIELDS)
  bool operator==(const Envelope&) const = default;
};

struct ReceivedAnswer {
  Envelope envelope;
  Answer answer;
};

// NATIONAL_ANSWER_TOO_LARGE, …_ENCODING, …_FORBIDDEN_XML (see xml_text.h) · NATIONAL_ANSWER_MALFORMED: no whole XmlMsg,
// an element twice, too many or too long.
Result<ReceivedAnswer> ReadXmlAnswer(std::string_view received);

// The answer, if it is the one to this question and not a refusal to process it.
// NATIONAL_ANSWER_OF_OTHER_CHECK · NATIONAL_PROCESSING_FAILED (SegmentOfResult is not 1). A ProcessingResultStatus of 2
// is an answer: the service did look, and its code and message are for the person at the desk.
Result<Answer> AcceptAnswer(ReceivedAnswer received, std::string_view file_identifier,
                            std::string_view institution_code);

}  // namespace madoguchi::eligibility
