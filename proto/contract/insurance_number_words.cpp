// SPDX-License-Identifier: Apache-2.0
// What each word of insurance_number.h means, said to the person at the desk.
#include <algorithm>

#include "contract/insurance_number.h"

namespace madoguchi {
namespace {

constexpr NumberWord kWords[] = {
    // Warnings.
    {"insurer_length", "保険者番号は、ふつう 8 桁（国民健康保険は 6 桁）です。",
     "An insurer number normally has 8 digits, or 6 for national health insurance."},
    {"insurer_check_digit", "保険者番号の検証番号（最後の 1 桁）が合いません。打ち間違いがないかご確認ください。",
     "The check digit (the last one) of the insurer number does not fit. Please look for a typing error."},
    {"insurer_scheme_unknown", "保険者番号の法別番号（はじめの 2 桁）が、知られている番号ではありません。",
     "The first two digits of the insurer number are no known insurance scheme."},
    {"insurer_prefecture_unknown", "保険者番号の都道府県番号が 01 から 47 ではありません。",
     "The prefecture digits of the insurer number are not 01 to 47."},
    {"symbol_mixed_width", "記号に全角と半角が混ざっています。",
     "The symbol mixes full-width and half-width characters."},
    {"symbol_full_width_space", "記号に全角の空白があります。", "The symbol holds a full-width space."},
    {"symbol_unexpected", "後期高齢者医療と医療扶助には、ふつう記号はありません。",
     "Medical care for the elderly and medical aid normally have no symbol."},
    {"number_mixed_width", "番号に全角と半角が混ざっています。",
     "The number mixes full-width and half-width characters."},
    {"number_full_width_space", "番号に全角の空白があります。", "The number holds a full-width space."},
    {"branch_width", "枝番は 2 桁です。1 桁で入力されたため、前に 0 を補いました。",
     "A branch number has two digits. One was entered; a 0 was put before it."},
    {"birthdate_future", "生年月日が明日以降の日付です。", "The birth date is in the future."},
    {"birthdate_long_ago", "生年月日が 130 年以上前の日付です。", "The birth date is 130 years ago or more."},
    // Problems.
    {"missing", "入力が必要です。", "It is needed."},
    {"too_long", "長すぎて送れません。", "It is too long to be sent."},
    {"not_digits", "数字だけで入力してください。", "Only digits can be sent."},
    {"not_a_date", "西暦 8 桁の日付（例 19600229）で入力してください。",
     "It must be a date of eight digits, such as 19600229."},
    {"not_text", "送れない文字があります。", "It holds a character that cannot be sent."},
};

}  // namespace

std::span<const NumberWord> NumberWords() {
  return kWords;
}

const NumberWord* FindNumberWord(std::string_view word) {
  const auto* found = std::find_if(std::begin(kWords), std::end(kWords),
                                   [word](const NumberWord& candidate) { return candidate.word == word; });
  return found == std::end(kWords) ? nullptr : found;
}

}  // namespace madoguchi
