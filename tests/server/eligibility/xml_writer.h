// SPDX-License-Identifier: Apache-2.0
// For tests: writes answers as the national service would, in any element order and in either encoding; makes answers
// by chance.
#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "server/eligibility/xml_answer.h"

namespace madoguchi::eligibility::test {

inline constexpr char kPressHex[] = "00112233445566778899aabbccddeeff";
inline constexpr char kInstitution[] = "1311234567";

// What the header of an answer to our own question says.
Envelope OurEnvelope(bool shift_jis = false);

// shuffle: null = in the order of the field lists. The text is UTF-8; its declaration says UTF-8 or, for `shift_jis`,
// Shift_JIS.
std::string WriteXml(const Envelope& envelope, const Answer& answer, std::mt19937* shuffle = nullptr,
                     bool shift_jis = false);

// Every field present or not, every text, every number of entries by chance; SegmentOfResult is always 1.
// any_unicode: also with characters that CP932 does not have.
Answer AnyAnswer(std::mt19937& chance, bool any_unicode = false);

std::string ToCp932(std::string_view utf8);

}  // namespace madoguchi::eligibility::test
