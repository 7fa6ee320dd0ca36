// SPDX-License-Identifier: Apache-2.0
#include "server/account/typed_sheet.h"

#include <algorithm>
#include <string>

#include "contract/crypto/password_hash.h"
#include "server/account/text_fields.h"

namespace madoguchi::account {
namespace {

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool IsAccountId(std::string_view text) {
  return text.size() == 8 && text.front() == 'W' && AllDigits(text.substr(1));
}

}  // namespace

Result<TypedSheet> ReadTypedSheet(const SheetFields& fields, const audit::KeyedHash& hash, const std::string& source,
                                  const crypto::Seal* seal) {
  const std::size_t longest = std::max({fields.institution_code.size(), fields.account_id.size(),
                                        fields.password.size(), fields.activation_code.size()});
  if (longest > kTypedFieldBytesMax) return Error{ErrorCode::kActivationRefused, "a field is too long", {}};
  Problems problems;
  CheckText(problems, {"desk_name", "窓口端末名", "desk name"}, fields.desk_name, kNameMax);
  if (Refuses(problems)) return Error{ErrorCode::kFieldInvalid, "desk_name", {}};

  SheetSecrets secrets;
  secrets.password.assign(AsText(fields.password));
  secrets.activation_code.reserve(fields.activation_code.size());
  for (const char c : AsText(fields.activation_code)) {
    if (c != '-') secrets.activation_code.push_back(c);
  }
  TypedSheet sheet;
  sheet.account_hash = TypedAccount(hash, fields.institution_code, fields.account_id);
  sheet.source = source;
  sheet.desk_name = fields.desk_name;
  if (IsInstitutionCode(fields.institution_code) && IsAccountId(fields.account_id)) {
    sheet.institution_code = fields.institution_code;
    sheet.account_id = fields.account_id;
  }
  sheet.code_hash =
      ActivationCodeHash(hash, sheet.institution_code, sheet.account_id, AsBytes(secrets.activation_code));
  const bool has_form = !sheet.account_id.empty() && !secrets.password.empty() &&
                        secrets.activation_code.size() == kActivationCodeDigits && AllDigits(secrets.activation_code);
  if (seal != nullptr && has_form) {
    TRY_ASSIGN(sheet.sealed, SealSheet(*seal, sheet.account_id, secrets));
  }
  return sheet;
}

Result<bool> VerifyTyped(const std::string& password_hash, ByteView password, Deadline deadline) {
  if (!password_hash.empty())
    return crypto::VerifyPassword(password_hash, password, crypto::Slot::kEnrolment, deadline);
  TRY_VOID(crypto::VerifyNobody(password, crypto::Slot::kEnrolment, deadline));
  return false;
}

}  // namespace madoguchi::account
