// SPDX-License-Identifier: Apache-2.0
// The small pieces FHIR resources of a result are made of (R4 4.0.1, JP Core 1.x). What is received and has no form in
// FHIR (no date, no code) is never bent into one: it stands as received in an extension at its place. Thread: any, no
// state. Holds personal data: never logged. Sources: hl7.org/fhir/R4/datatypes.html, reference/eligibility-result.md
// §5.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "contract/bytes.h"
#include "server/eligibility/code_tables.h"
#include "server/handoff/field_list.h"

namespace madoguchi::handoff {
namespace fhir {

using Json = nlohmann::ordered_json;

// Extensions and code systems of ours: this and a name (docs/handoff.md lists them).
inline constexpr char kLocal[] = "urn:madoguchi:fhir:";

// A UUID for one resource of one press: version 8 from SHA-256(press id ‖ name) (RFC 9562 §5.8 and appendix B.2). The
// same press and name give the same id; nothing else can be told from it.
std::string ResourceId(ByteView press_id, std::string_view name);
Json Reference(const std::string& id);  // to a resource of the same bundle

// True when a FHIR string can hold it: more than white space.
bool IsText(std::string_view text);
// object[name] = text, where it is one.
void PutText(Json& object, const char* name, const std::optional<std::string>& text);
// object[name] = ISO date or time, or _name with the text as received.
void PutDate(Json& object, const char* name, const std::optional<std::string>& raw);
void PutTime(Json& object, const char* name, const std::optional<std::string>& raw);

// A Period of two received dates; nothing when neither was received. A start after its end is no Period (per-1): both
// as received.
std::optional<Json> PeriodOf(const std::optional<std::string>& start, const std::optional<std::string>& end);

Json Coding(const std::string& system, const std::string& code, std::string_view display = {});
// A received code in our CodeSystem of its OQSCD table, with its meaning when it has one.
Json Coding(const eligibility::CodeTable& table, const std::string& received);
Json Concept(Json coding);  // CodeableConcept

Json Extension(const std::string& url, const char* value_name, Json value);
Json Absent();  // an element that R4 asks for and nobody told: data-absent-reason unknown
// One extension `name` of ours that holds fields as they were received, each under its own name.
Json Received(const char* name, const std::vector<Field>& fields);

// Percent of a received ratio ("010" → 10); nothing when it is none.
std::optional<int> Percent(const std::optional<std::string>& raw);
// Whole yen; nothing when the text is not 1 to 9 digits.
std::optional<int> Yen(const std::optional<std::string>& text);

// Full-width letters, digits and signs, without spaces: the form of symbols and numbers in JP Core.
std::string FullWidth(std::string_view text);
// JP Core's 8 digits, zeros before a shorter number; other texts stay but for spaces around them. Empty: none.
std::string InsurerNumber8(const std::optional<std::string>& received);
// JP Core's two half-width digits; nothing when none was received, and an error text never.
std::optional<std::string> Branch2(const std::optional<std::string>& received);

}  // namespace fhir
}  // namespace madoguchi::handoff
