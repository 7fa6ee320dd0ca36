// SPDX-License-Identifier: Apache-2.0
// Writes an Answer as an XmlMsg in the order of the published table; what is absent is left out, what was received
// empty is written empty. Reading it again gives an equal Answer, but for unknown_elements, of which only names were
// kept. Insurer numbers are written as they are (PaddedInsurerNumber of contract/insurance_number.h pads one). Thread:
// any, no state. Form: xml_output.h. Source: reference/eligibility-result.md §1.
#pragma once
#include <string>

#include "server/eligibility/xml_answer.h"
#include "server/eligibility/xml_text.h"

namespace madoguchi::eligibility {

// envelope.character_code is not written: CharacterCodeIdentifier says what `encoding` is.
// HANDOFF_CHARACTER_NOT_WRITABLE, naming the element's path: the encoding cannot hold a character exactly, or XML does
// not allow it. Nothing is ever replaced.
Result<std::string> WriteXmlAnswer(const Envelope& envelope, const Answer& answer, XmlEncoding encoding);

}  // namespace madoguchi::eligibility
