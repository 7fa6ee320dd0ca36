// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/encodings.h"

#include <iconv.h>

#include <algorithm>

#include "contract/full_width.h"

namespace madoguchi::eligibility {
namespace {

// The seven: elsewhere in Unicode, and where Microsoft's table has them.
struct TwoPlaces {
  char32_t elsewhere, microsoft;
};
constexpr TwoPlaces kTwoPlaces[] = {{0x00A2, 0xFFE0}, {0x00A3, 0xFFE1}, {0x00AC, 0xFFE2}, {0x2014, 0x2015},
                                    {0x2016, 0x2225}, {0x2212, 0xFF0D}, {0x301C, 0xFF5E}};

char32_t MicrosoftPlace(char32_t scalar) {
  for (const TwoPlaces& pair : kTwoPlaces) {
    if (scalar == pair.elsewhere) return pair.microsoft;
  }
  return scalar;
}

struct Converted {
  std::string bytes;
  std::optional<std::size_t> failed_at;  // byte of the input
};

// growth: the most output bytes for one input byte.
Result<Converted> Convert(const char* to, const char* from, std::string_view text, std::size_t growth) {
  const iconv_t converter = iconv_open(to, from);
  if (converter == reinterpret_cast<iconv_t>(-1)) {
    return Error{ErrorCode::kInternalError, std::string("this system's iconv has no ") + to + " from " + from, {}};
  }
  Converted converted{.bytes = std::string(text.size() * growth, '\0'), .failed_at = {}};
  std::string input(text);  // iconv takes a pointer to mutable bytes, but does not write to them
  char* in = input.data();
  char* out = converted.bytes.data();
  std::size_t in_left = input.size();
  std::size_t out_left = converted.bytes.size();
  const bool whole = iconv(converter, &in, &in_left, &out, &out_left) != static_cast<std::size_t>(-1);
  iconv_close(converter);
  if (!whole) converted.failed_at = input.size() - in_left;
  converted.bytes.resize(converted.bytes.size() - out_left);
  return converted;
}

}  // namespace

Result<std::string> FromCp932(std::string_view bytes) {
  TRY_ASSIGN(Converted utf8, Convert("UTF-8", "CP932", bytes, 3));  // a half-width kana: 1 byte becomes 3
  if (utf8.failed_at) {
    return Error{ErrorCode::kNationalAnswerEncoding,
                 "declared Shift_JIS, but byte " + std::to_string(*utf8.failed_at) + " is not CP932",
                 {}};
  }
  return std::move(utf8.bytes);
}

std::optional<std::string> ToCp932(std::string_view utf8) {
  if (!IsUtf8(utf8)) return std::nullopt;
  std::string wanted;
  for (std::size_t at = 0; at < utf8.size();) {
    const Scalar scalar = ScalarAt(utf8, at);
    AppendScalar(wanted, MicrosoftPlace(scalar.value));
    at += scalar.bytes;
  }
  Result<Converted> bytes = Convert("CP932", "UTF-8", wanted, 1);  // no character grows
  if (!bytes || bytes->failed_at) return std::nullopt;
  const Result<std::string> back = FromCp932(bytes->bytes);
  if (!back || *back != wanted) return std::nullopt;
  return std::move(bytes->bytes);
}

bool InJisX0208(char32_t scalar) {
  const auto is_of_the_seven = [scalar](const TwoPlaces& pair) {
    return pair.elsewhere == scalar || pair.microsoft == scalar;
  };
  if (std::any_of(std::begin(kTwoPlaces), std::end(kTwoPlaces), is_of_the_seven)) return true;
  std::string utf8;
  AppendScalar(utf8, scalar);
  // EUC-JP: two bytes from 0xA1 on are JIS X 0208; one byte is ASCII, 0x8E half-width kana, 0x8F JIS X 0212.
  const Result<Converted> bytes = Convert("EUC-JP", "UTF-8", utf8, 1);
  return bytes && !bytes->failed_at && bytes->bytes.size() == 2 && static_cast<unsigned char>(bytes->bytes[0]) >= 0xA1;
}

}  // namespace madoguchi::eligibility
