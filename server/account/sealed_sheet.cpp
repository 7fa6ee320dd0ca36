// SPDX-License-Identifier: Apache-2.0
#include "server/account/sealed_sheet.h"

#include <algorithm>
#include <utility>

#include "server/account/limits.h"

namespace madoguchi::account {
namespace {

void WipeText(std::string& text) {
  text.resize(text.capacity());  // a moved-from text may still hold the bytes in its own small buffer
  Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  text.clear();
}

std::string About(const std::string& account_id) {
  return std::string("sheet\0", 6) + account_id;
}

bool IsCode(std::string_view code) {
  return code.size() == kActivationCodeDigits &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Error NoPair(const std::string& why) {
  return {ErrorCode::kInternalError, "settings sheet: " + why, {}};
}

}  // namespace

SheetSecrets::SheetSecrets(std::string password_text, std::string code)
    : password(std::move(password_text)), activation_code(std::move(code)) {
  WipeText(password_text);
  WipeText(code);
}

SheetSecrets::SheetSecrets(SheetSecrets&& other) noexcept
    : password(std::move(other.password)), activation_code(std::move(other.activation_code)) {
  WipeText(other.password);
  WipeText(other.activation_code);
}

SheetSecrets& SheetSecrets::operator=(SheetSecrets&& other) noexcept {
  std::swap(password, other.password);
  std::swap(activation_code, other.activation_code);
  return *this;
}

SheetSecrets::~SheetSecrets() {
  WipeText(password);
  WipeText(activation_code);
}

Result<Bytes> SealSheet(const crypto::Seal& seal, const std::string& account_id, const SheetSecrets& secrets) {
  if (secrets.password.empty() || secrets.password.size() > kSheetPasswordBytesMax)
    return NoPair("length of the password");
  if (!IsCode(secrets.activation_code)) return NoPair("form of the activation code");
  TRY_ASSIGN(SecretBytes plain, SecretBytes::Make(1 + kSheetPasswordBytesMax + kActivationCodeDigits));
  const bool fits = plain.Append(static_cast<std::uint8_t>(secrets.password.size())) &&
                    plain.Append(AsBytes(secrets.password)) && plain.Append(AsBytes(secrets.activation_code));
  if (!fits) return NoPair("size");
  return seal.Close(plain.view(), About(account_id));
}

Result<SheetSecrets> OpenSheet(const crypto::Seal& seal, const std::string& account_id, ByteView sealed) {
  TRY_ASSIGN(const SecretBytes plain, seal.Open(sealed, About(account_id)));
  const ByteView bytes = plain.view();
  if (bytes.empty() || bytes.size() != 1U + bytes[0] + kActivationCodeDigits) return NoPair("size of the sealed value");
  const std::string_view text = AsText(bytes);
  if (!IsCode(text.substr(1U + bytes[0]))) return NoPair("form of the sealed code");
  SheetSecrets secrets;
  secrets.password = text.substr(1, bytes[0]);
  secrets.activation_code = text.substr(1U + bytes[0]);
  return secrets;
}

std::string ActivationCodeHash(const audit::KeyedHash& key, const std::string& institution_code,
                               const std::string& account_id, ByteView activation_code) {
  std::string input = "activation|" + institution_code + "|" + account_id + "|";
  input.reserve(input.size() + activation_code.size());
  input += AsText(activation_code);
  std::string hash = key.Of(AsBytes(input));
  WipeText(input);
  return hash;
}

Result<IssuedForms> FormsOf(const SheetSecrets& secrets, const std::string& institution_code,
                            const std::string& account_id, const crypto::Seal& seal, const audit::KeyedHash& key,
                            Deadline deadline) {
  IssuedForms forms;
  TRY_ASSIGN(forms.sealed, SealSheet(seal, account_id, secrets));
  forms.code_hash = ActivationCodeHash(key, institution_code, account_id, AsBytes(secrets.activation_code));
  TRY_ASSIGN(forms.password_hash, crypto::HashPassword(AsBytes(secrets.password), crypto::Slot::kLogIn, deadline));
  return forms;
}

}  // namespace madoguchi::account
