// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/name_notes.h"

#include <algorithm>
#include <span>

#include "contract/full_width.h"
#include "server/eligibility/encodings.h"

namespace madoguchi::eligibility {
namespace {

constexpr char32_t kUnresolved = 0x25CF;  // ●
constexpr std::string_view kNotUtf8 = "\xEF\xBF\xBD";

struct Variant {
  char32_t outside, inside;
};
// Shapes of one character of which JIS X 0208 holds the other, as they stand in Japanese names (髙 高, 﨑 崎, 德 徳,
// …). By code point, because many of them look alike here.
constexpr Variant kVariants[] = {
    {'"', 0x201D},    {'\'', 0x2019},  {0xFF02, 0x201D}, {0xFF07, 0x2019}, {0x9AD9, U'高'},  {0xFA11, U'崎'},
    {0x5FB7, U'徳'},  {0x6FF5, U'浜'}, {0x20BB7, U'吉'}, {0x2363A, U'橋'}, {0x69D7, U'橋'},  {0x6801, U'柳'},
    {0x6852, U'桑'},  {0x7028, U'瀬'}, {0x8CF4, U'頼'},  {0x66FB, U'昇'},  {0x654E, U'教'},  {0x9751, U'青'},
    {0x9ED1, U'黒'},  {0x6DF8, U'清'}, {0x6A6B, U'横'},  {0x589E, U'増'},  {0x5BEC, U'寛'},  {0x7DD6, U'緒'},
    {0x5167, U'内'},  {0x6236, U'戸'}, {0x5433, U'呉'},  {0x9115, U'郷'},  {0x5F65, U'彦'},  {0x6B65, U'歩'},
    {0x6BCF, U'毎'},  {0x6085, U'悦'}, {0x8523, U'蒋'},  {0x9304, U'録'},  {0x2123D, U'土'}, {0x2000B, U'丈'},
    {0x266B0, U'脇'}, {0x5DE2, U'巣'}, {0x4FE0, U'侠'},  {0x56CA, U'嚢'},  {0x2550E, U'碕'}, {0x5861, U'填'},
    {0x59F8, U'妍'},  {0x985A, U'顛'}, {0x9DD7, U'鴎'},  {0x9EB4, U'麹'},  {0x9EC3, U'黄'},  {0x663B, U'昂'},
    {0x85B0, U'薫'},  {0x9A52, U'騨'}};
// CJK compatibility ideographs whose canonical decomposition (The Unicode Standard, ch. 3.7) is in JIS X 0208.
constexpr Variant kCompatible[] = {
    {0xF928, U'廊'}, {0xF929, U'朗'}, {0xF9DC, U'隆'}, {0xFA10, U'塚'}, {0xFA12, U'晴'}, {0xFA16, U'猪'},
    {0xFA17, U'益'}, {0xFA18, U'礼'}, {0xFA19, U'神'}, {0xFA1A, U'祥'}, {0xFA1B, U'福'}, {0xFA1C, U'靖'},
    {0xFA1D, U'精'}, {0xFA1E, U'羽'}, {0xFA22, U'諸'}, {0xFA25, U'逸'}, {0xFA26, U'都'}, {0xFA2A, U'飯'},
    {0xFA2B, U'飼'}, {0xFA2C, U'館'}, {0xFA2D, U'鶴'}, {0xFA30, U'侮'}, {0xFA31, U'僧'}, {0xFA32, U'免'},
    {0xFA33, U'勉'}, {0xFA34, U'勤'}, {0xFA35, U'卑'}, {0xFA36, U'喝'}, {0xFA37, U'嘆'}, {0xFA38, U'器'},
    {0xFA39, U'塀'}, {0xFA3A, U'墨'}, {0xFA3B, U'層'}, {0xFA3C, U'屮'}, {0xFA3D, U'悔'}, {0xFA3E, U'慨'},
    {0xFA3F, U'憎'}, {0xFA40, U'懲'}, {0xFA41, U'敏'}, {0xFA42, U'既'}, {0xFA43, U'暑'}, {0xFA44, U'梅'},
    {0xFA45, U'海'}, {0xFA46, U'渚'}, {0xFA47, U'漢'}, {0xFA48, U'煮'}, {0xFA4A, U'琢'}, {0xFA4B, U'碑'},
    {0xFA4C, U'社'}, {0xFA4D, U'祉'}, {0xFA4E, U'祈'}, {0xFA4F, U'祐'}, {0xFA50, U'祖'}, {0xFA51, U'祝'},
    {0xFA52, U'禍'}, {0xFA53, U'禎'}, {0xFA54, U'穀'}, {0xFA55, U'突'}, {0xFA56, U'節'}, {0xFA57, U'練'},
    {0xFA58, U'縉'}, {0xFA59, U'繁'}, {0xFA5A, U'署'}, {0xFA5B, U'者'}, {0xFA5C, U'臭'}, {0xFA5F, U'著'},
    {0xFA60, U'褐'}, {0xFA61, U'視'}, {0xFA62, U'謁'}, {0xFA63, U'謹'}, {0xFA64, U'賓'}, {0xFA65, U'贈'},
    {0xFA67, U'逸'}, {0xFA68, U'難'}, {0xFA69, U'響'}, {0xFA6A, U'頻'}};

// U+FE00–FE0F, U+E0100–E01EF choose a shape of the character before them, which itself is there.
bool IsVariationSelector(char32_t scalar) {
  return (scalar >= 0xFE00 && scalar <= 0xFE0F) || (scalar >= 0xE0100 && scalar <= 0xE01EF);
}

// What stands in a claim for a character outside. Empty: nothing is needed. No value: there is no usual replacement.
std::optional<std::u32string> Replacement(char32_t outside) {
  if (IsVariationSelector(outside)) return std::u32string();
  for (const auto& table : {std::span<const Variant>(kVariants), std::span<const Variant>(kCompatible)}) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [outside](const Variant& variant) { return variant.outside == outside; });
    if (found != table.end()) return std::u32string(1, found->inside);
  }
  if (outside == U' ') return std::u32string(1, 0x3000);
  if (outside > U' ' && outside < 0x7F) return std::u32string(1, outside - U'!' + 0xFF01);
  return std::nullopt;
}

}  // namespace

NameNotes NotesOn(std::string_view name) {
  NameNotes notes;
  std::optional<std::string> safe = std::string();
  std::uint32_t position = 0;
  for (std::size_t at = 0; at < name.size(); ++position) {
    const Scalar scalar = ScalarAt(name, at);
    const std::string_view character = scalar.bytes == 0 ? kNotUtf8 : name.substr(at, scalar.bytes);
    at += std::max<std::size_t>(scalar.bytes, 1);
    if (scalar.bytes != 0 && scalar.value == kUnresolved) notes.unresolved.push_back(position);
    if (scalar.bytes != 0 && InJisX0208(scalar.value)) {
      if (safe) *safe += character;
      continue;
    }
    auto& outside = notes.outside_jis_x_0208;
    if (std::find(outside.begin(), outside.end(), character) == outside.end()) outside.emplace_back(character);
    const auto replacement = scalar.bytes == 0 ? std::nullopt : Replacement(scalar.value);
    if (!replacement) safe.reset();
    for (const char32_t inside : replacement.value_or(std::u32string())) {
      if (safe) AppendScalar(*safe, inside);
    }
  }
  if (!notes.outside_jis_x_0208.empty() && safe && !safe->empty()) notes.claim_safe_name = std::move(safe);
  return notes;
}

bool IsClaimSafe(std::string_view name) {
  return !name.empty() && NotesOn(name).outside_jis_x_0208.empty();
}

}  // namespace madoguchi::eligibility
