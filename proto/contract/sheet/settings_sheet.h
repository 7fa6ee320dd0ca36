// SPDX-License-Identifier: Apache-2.0
// SettingsSheet: what a settings sheet (マイナ資格確認アプリ ユーザ設定情報, reference/system-described.md S4) says,
// whoever printed it: the labels, the forms of the fields, the name of its file. Thread: any. Ownership: a sheet wipes
// its two secrets. Errors: a form that does not fit gives nothing; the caller knows which label and where.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace madoguchi::sheet {

inline constexpr std::size_t kInstitutionNameMax = 100;  // characters
inline constexpr std::size_t kInstitutionCodeDigits = 10;
inline constexpr std::size_t kPasswordBytesMax = 128;
inline constexpr std::size_t kIssuedPasswordBytes = 8;  // as the portal issues them
inline constexpr std::size_t kActivationCodeDigits = 12;

enum class Field { kIssuedOn, kInstitutionCode, kInstitutionName, kAccountId, kPassword, kActivationCode };
inline constexpr std::size_t kFields = 6;

// How a field is called on sheets and in the first line of a CSV; the first one is ours and the portal's.
struct Label {
  Field field;
  std::string_view text;
};
inline constexpr std::array<Label, 12> kLabels = {{
    {Field::kIssuedOn, "発行日"},
    {Field::kInstitutionCode, "機関コード"},
    {Field::kInstitutionName, "機関名"},
    {Field::kAccountId, "ID"},
    {Field::kPassword, "パスワード"},
    {Field::kActivationCode, "アクティベーションコード"},
    {Field::kInstitutionCode, "医療機関コード"},
    {Field::kInstitutionCode, "医療機関等コード"},
    {Field::kInstitutionName, "医療機関名"},
    {Field::kInstitutionName, "医療機関等名"},
    {Field::kAccountId, "アカウントID"},
    {Field::kIssuedOn, "発行年月日"},
}};
std::string_view LabelOf(Field field);

struct SettingsSheet {
  std::string issued_on;         // ISO date; empty: the sheet has none
  std::string institution_code;  // 10 digits
  std::string institution_name;  // may be empty
  std::string account_id;        // W and seven digits
  std::string password;          // secret
  std::string activation_code;   // secret; 12 digits
  std::string place;             // "page 3" or "line 7" of its file

  SettingsSheet() = default;
  SettingsSheet(SettingsSheet&& other) noexcept;
  SettingsSheet& operator=(SettingsSheet&& other) noexcept;
  SettingsSheet(const SettingsSheet&) = delete;
  SettingsSheet& operator=(const SettingsSheet&) = delete;
  ~SettingsSheet();

  std::string& Of(Field field);
};

// A field as it stands on paper or in a cell → as SettingsSheet has it: full-width characters, spaces and dashes are
// forgiven where they cannot mean anything. Nothing: not of the field's form.
std::optional<std::string> ParseField(Field field, std::string_view text);
// Dates: 2024年10月01日, 2024/10/1, 2024-10-01, 令和6年10月1日. → ISO, of a day that exists.
std::optional<std::string> ParseDate(std::string_view text);

bool IsAccountId(std::string_view text);                    // W0000001
std::string FileNameOf(const std::string& account_id);      // "W0000001_skg_account.pdf"
std::string PrintedCode(std::string_view activation_code);  // "1234-5678-9012"; secret

// For a std::string that held a secret: what it held and what its buffer holds besides.
void WipeText(std::string& text);

}  // namespace madoguchi::sheet
