// SPDX-License-Identifier: Apache-2.0
#include "contract/insurance_number.h"

#include <algorithm>
#include <array>

#include "contract/full_width.h"

namespace madoguchi {
namespace {

constexpr char32_t kFullWidthSpace = 0x3000;
constexpr char32_t kNoBreakSpace = 0xA0;
constexpr std::size_t kNationalHealthDigits = 6;  // 国民健康保険: prefecture 2 + insurer 3 + check 1
constexpr int kLongAgoYears = 130;
constexpr int kPrefectures = 47;

// 法別番号 of 8-digit numbers (§6). 39 後期高齢者医療, 12 生活保護 (医療扶助), 67 退職者医療 (of OQSCD010 02 and 04).
constexpr std::array<std::string_view, 18> kSchemes = {"01", "02", "03", "04", "06", "07", "12", "31", "32",
                                                       "33", "34", "39", "63", "67", "72", "73", "74", "75"};

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

std::u32string Scalars(std::string_view text) {
  std::u32string scalars;
  for (std::size_t at = 0; at < text.size();) {
    const Scalar scalar = ScalarAt(text, at);
    scalars += scalar.value;
    at += std::max<std::size_t>(scalar.bytes, 1);
  }
  return scalars;
}

bool IsSpace(char32_t c) {
  return c == U' ' || c == kFullWidthSpace || c == kNoBreakSpace;
}
bool IsLongVowelMark(char32_t c) {
  return c == 0x30FC || c == 0xFF70;
}
bool IsHalfWidthKana(char32_t c) {
  return c >= 0xFF61 && c <= 0xFF9F;
}
bool IsHalfWidth(char32_t c) {
  return c < 0x80 || IsHalfWidthKana(c);
}

std::u32string Trimmed(std::u32string text) {
  while (!text.empty() && IsSpace(text.back())) text.pop_back();
  while (!text.empty() && IsSpace(text.front())) text.erase(text.begin());
  return text;
}

// To one width, as insurance_number.h says. The long-vowel mark is what the minus key gives in kana mode: among digits
// and letters it is a dash, among kana it is itself.
std::string OfOneWidth(const std::u32string& text) {
  const auto is_wide = [](char32_t c) { return Folded(c) >= 0x80 && !IsHalfWidthKana(c); };
  const auto is_kana = [](char32_t c) { return IsHalfWidthKana(c) && !IsLongVowelMark(c); };
  const bool wide = std::any_of(text.begin(), text.end(), is_wide);
  const bool half_kana = std::any_of(text.begin(), text.end(), is_kana);
  std::string one;
  for (const char32_t c : text) {
    const char32_t half = Folded(c);
    if (IsLongVowelMark(c) && (wide || half_kana)) {
      AppendScalar(one, c);
    } else if (wide && !half_kana && half == U' ') {
      AppendScalar(one, kFullWidthSpace);
    } else if (wide && !half_kana && half > U' ' && half < 0x7F) {
      AppendScalar(one, half - U'!' + 0xFF01);
    } else {
      AppendScalar(one, half);
    }
  }
  return one;
}

class Reviewer {
 public:
  explicit Reviewer(NumberReview& review) : review_(review) {}

  void Problem(std::string_view field, std::string_view word) { review_.problems.push_back({field, word}); }
  void Warn(std::string_view word) { review_.warnings.push_back(word); }

  // The characters of a field, without spaces around; a problem: nothing is left of it.
  std::u32string Read(std::string_view field, const std::string& typed) {
    const bool too_long = typed.size() > kTypedNumberBytesMax;
    std::u32string text = too_long ? std::u32string() : Scalars(typed);
    const bool sendable = IsUtf8(typed) && std::none_of(text.begin(), text.end(), IsInvisible);
    if (too_long || !sendable) {
      Problem(field, too_long ? "too_long" : "not_text");
      return {};
    }
    return Trimmed(std::move(text));
  }

  bool HasProblem(std::string_view field) const {
    return std::any_of(review_.problems.begin(), review_.problems.end(),
                       [field](const FieldProblem& problem) { return problem.field == field; });
  }

 private:
  NumberReview& review_;
};

void ReviewInsurer(const std::string& typed, Reviewer& reviewer, std::string& to_send) {
  constexpr std::string_view kField = "insurer_number";
  const std::string number = OfOneWidth(reviewer.Read(kField, typed));
  if (reviewer.HasProblem(kField)) return;
  if (number.empty()) return reviewer.Problem(kField, "missing");
  if (!IsDigits(number)) return reviewer.Problem(kField, "not_digits");
  if (number.size() > kInsurerNumberCharacters) return reviewer.Problem(kField, "too_long");
  to_send = PaddedInsurerNumber(number);
  const std::string_view digits = std::string_view(to_send).substr(to_send.find_first_not_of(' '));
  const bool national_health = digits.size() == kNationalHealthDigits;
  if (!national_health && digits.size() != kInsurerNumberCharacters) return reviewer.Warn("insurer_length");
  if (!CheckDigitFits(digits)) reviewer.Warn("insurer_check_digit");
  if (!national_health && std::find(kSchemes.begin(), kSchemes.end(), digits.substr(0, 2)) == kSchemes.end()) {
    reviewer.Warn("insurer_scheme_unknown");
  }
  const int prefecture = Number(digits.substr(national_health ? 0 : 2, 2));
  if (prefecture < 1 || prefecture > kPrefectures) reviewer.Warn("insurer_prefecture_unknown");
}

void ReviewText(std::string_view field, const std::string& typed, std::string_view mixed, std::string_view space,
                Reviewer& reviewer, std::string& to_send) {
  const std::u32string text = reviewer.Read(field, typed);
  if (text.size() > kSymbolCharactersMax) return reviewer.Problem(field, "too_long");
  to_send = OfOneWidth(text);
  const auto half = std::count_if(text.begin(), text.end(), IsHalfWidth);
  if (half != 0 && half != static_cast<std::ptrdiff_t>(text.size())) reviewer.Warn(mixed);
  if (text.find(kFullWidthSpace) != std::u32string::npos) reviewer.Warn(space);
}

void ReviewBranch(const std::string& typed, Reviewer& reviewer, std::string& to_send) {
  constexpr std::string_view kField = "branch";
  std::string branch = OfOneWidth(reviewer.Read(kField, typed));
  if (reviewer.HasProblem(kField) || branch.empty()) return;
  if (!IsDigits(branch)) return reviewer.Problem(kField, "not_digits");
  if (branch.size() > 2) return reviewer.Problem(kField, "too_long");
  if (branch.size() == 1) {
    branch.insert(0, 1, '0');
    reviewer.Warn("branch_width");
  }
  to_send = branch;
}

// yyyyMMdd of yyyyMMdd, yyyy-MM-dd and yyyy/MM/dd; anything else stays.
std::string WithoutDateMarks(std::string text) {
  const auto marked = [&text](char mark) { return text.size() == 10 && text[4] == mark && text[7] == mark; };
  if (marked('-') || marked('/')) text.erase(7, 1).erase(4, 1);
  return text;
}

bool IsDay(std::string_view digits) {
  if (digits.size() != 8 || !IsDigits(digits)) return false;
  const std::chrono::year_month_day day{std::chrono::year{Number(digits.substr(0, 4))},
                                        std::chrono::month{static_cast<unsigned>(Number(digits.substr(4, 2)))},
                                        std::chrono::day{static_cast<unsigned>(Number(digits.substr(6, 2)))}};
  return day.ok() && day.year() > std::chrono::year{0};
}

void ReviewBirthdate(const std::string& typed, std::string_view today, Reviewer& reviewer, std::string& to_send) {
  constexpr std::string_view kField = "birthdate";
  const std::string birthdate = WithoutDateMarks(OfOneWidth(reviewer.Read(kField, typed)));
  if (reviewer.HasProblem(kField)) return;
  if (birthdate.empty()) return reviewer.Problem(kField, "missing");
  if (!IsDay(birthdate)) return reviewer.Problem(kField, "not_a_date");
  to_send = birthdate;
  if (!IsDay(today)) return;
  if (birthdate > today) reviewer.Warn("birthdate_future");
  if (Number(birthdate) <= Number(today) - kLongAgoYears * 10'000) reviewer.Warn("birthdate_long_ago");
}

}  // namespace

std::string DateInJapan(std::chrono::system_clock::time_point at) {
  const auto day = std::chrono::floor<std::chrono::days>(at + std::chrono::hours(9));
  const std::chrono::year_month_day date(day);
  const int number = static_cast<int>(date.year()) * 10'000 +
                     static_cast<int>(static_cast<unsigned>(date.month()) * 100 + static_cast<unsigned>(date.day()));
  const std::string digits = std::to_string(number);
  return std::string(8 - std::min<std::size_t>(digits.size(), 8), '0') + digits;
}

NumberReview ReviewInsuranceNumbers(const InsuranceNumbers& typed, std::string_view today) {
  NumberReview review;
  Reviewer reviewer(review);
  InsuranceNumbers& to_send = review.to_send;
  ReviewInsurer(typed.insurer_number, reviewer, to_send.insurer_number);
  ReviewText("symbol", typed.symbol, "symbol_mixed_width", "symbol_full_width_space", reviewer, to_send.symbol);
  const bool without_symbol = to_send.insurer_number.starts_with("39") || to_send.insurer_number.starts_with("12");
  if (without_symbol && !to_send.symbol.empty()) reviewer.Warn("symbol_unexpected");
  ReviewText("number", typed.number, "number_mixed_width", "number_full_width_space", reviewer, to_send.number);
  if (to_send.number.empty() && !reviewer.HasProblem("number")) reviewer.Problem("number", "missing");
  ReviewBranch(typed.branch, reviewer, to_send.branch);
  ReviewBirthdate(typed.birthdate, today, reviewer, to_send.birthdate);
  return review;
}

std::string PaddedInsurerNumber(std::string_view number) {
  const std::size_t first = number.find_first_not_of(' ');
  if (first == std::string_view::npos || !IsDigits(number.substr(first)) || number.size() > kInsurerNumberCharacters) {
    return std::string(number);
  }
  number.remove_prefix(first);
  // Some bridges fill a six-digit number with zeros; scheme 00 does not exist.
  if (number.size() == kInsurerNumberCharacters && number.starts_with("00")) number.remove_prefix(2);
  return std::string(kInsurerNumberCharacters - number.size(), ' ') + std::string(number);
}

bool CheckDigitFits(std::string_view digits) {
  int sum = 0;
  int weight = 2;
  for (std::size_t i = digits.size() - 1; i-- > 0;) {
    const int product = (digits[i] - '0') * weight;
    sum += product / 10 + product % 10;
    weight = 3 - weight;
  }
  return (10 - sum % 10) % 10 == digits.back() - '0';
}

}  // namespace madoguchi
