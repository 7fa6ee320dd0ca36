// SPDX-License-Identifier: Apache-2.0
// The numbers of an insurance paper as somebody typed them: made fit to be sent, and looked at. What cannot be sent at
// all is a problem; what is only unusual is a warning and never blocks, because real papers break every rule there is.
// Both ends use this: the desk before it asks, the server for what it sends. Pure functions. Thread: any. Inputs and
// `to_send` are personal data: never logged; words are not. Sources: reference/eligibility-result.md §1 (widths), §4.4,
// §6 (check digits, schemes, symbols).
#pragma once
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace madoguchi {

inline constexpr std::size_t kTypedNumberBytesMax = 400;    // per field as typed, UTF-8
inline constexpr std::size_t kInsurerNumberCharacters = 8;  // as sent, left-padded with spaces
inline constexpr std::size_t kSymbolCharactersMax = 20;     // 被保険者証記号, and the number

struct InsuranceNumbers {
  std::string insurer_number;  // 保険者番号
  std::string symbol;          // 被保険者証記号; empty: none
  std::string number;          // 被保険者証番号
  std::string branch;          // 枝番; empty: not known
  std::string birthdate;       // yyyyMMdd; as typed also yyyy-MM-dd and yyyy/MM/dd
};

// Words of this table; they live as long as the process.
struct FieldProblem {
  std::string_view field;  // "insurer_number", "symbol", "number", "branch", "birthdate"
  std::string_view word;   // "missing", "too_long", "not_digits", "not_a_date", "not_text"
};

struct NumberReview {
  InsuranceNumbers to_send;                // one width per field, insurer number padded, branch of two digits
  std::vector<FieldProblem> problems;      // at most one per field; none: to_send can be sent
  std::vector<std::string_view> warnings;  // each once, in the order of the table
};

// yyyyMMdd of this moment in Japan, which has no summer time.
std::string DateInJapan(std::chrono::system_clock::time_point at);

// today: yyyyMMdd in Japan.
// Widths: digits and letters become half width; a text that also holds full-width characters without a half-width form
// (kanji, kana) becomes full width instead, so that it is of one width; half-width kana stays.
NumberReview ReviewInsuranceNumbers(const InsuranceNumbers& typed, std::string_view today);

// "  138057" of "138057" and of "00138057". A text that is too long or not of digits stays as it is.
std::string PaddedInsurerNumber(std::string_view number);

// Whether the last digit is the one computed from those before it. Precondition: digits, at least 2.
bool CheckDigitFits(std::string_view digits);

// What a word means, for people.
struct NumberWord {
  std::string_view word, ja, en;
};
std::span<const NumberWord> NumberWords();
// The line of `word`; nullptr when there is none.
const NumberWord* FindNumberWord(std::string_view word);

}  // namespace madoguchi
