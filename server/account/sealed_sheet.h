// SPDX-License-Identifier: Apache-2.0
// The two secrets of one settings sheet (S4) in the three forms in which they are kept: sealed (until activation or
// kSealedFor), the password as an Argon2id hash, the activation code as a keyed hash for ever. One place for the
// formats, because applications, import, print and activation meet here. Thread: any. Ownership: values; SheetSecrets
// wipes itself. Errors: those of seal.h and password_hash.h; INTERNAL_ERROR for a sealed value that holds no such pair.
#pragma once
#include <string>

#include "contract/bytes.h"
#include "contract/crypto/password_hash.h"
#include "contract/crypto/seal.h"
#include "contract/deadline.h"
#include "contract/result.h"
#include "server/audit/trail.h"

namespace madoguchi::account {

inline constexpr std::size_t kSheetPasswordBytesMax = 128;

struct SheetSecrets {
  std::string password;         // 1–kSheetPasswordBytesMax bytes
  std::string activation_code;  // kActivationCodeDigits digits, without '-'
  SheetSecrets() = default;
  SheetSecrets(std::string password_text, std::string code);
  SheetSecrets(SheetSecrets&& other) noexcept;
  SheetSecrets& operator=(SheetSecrets&& other) noexcept;
  SheetSecrets(const SheetSecrets&) = delete;
  SheetSecrets& operator=(const SheetSecrets&) = delete;
  ~SheetSecrets();
};

// Sealed under "sheet" 00 account id: password length (1 byte) ‖ password ‖ code.
Result<Bytes> SealSheet(const crypto::Seal& seal, const std::string& account_id, const SheetSecrets& secrets);
Result<SheetSecrets> OpenSheet(const crypto::Seal& seal, const std::string& account_id, ByteView sealed);

// activation_code.code_hash: KeyedHash of "activation|<institution code>|<account id>|<12 digits>".
std::string ActivationCodeHash(const audit::KeyedHash& key, const std::string& institution_code,
                               const std::string& account_id, ByteView activation_code);

// What the database is given of an issued account (store/issued_accounts.h): no secret in clear.
struct IssuedForms {
  std::string password_hash, code_hash;
  Bytes sealed;
};
// Takes one Argon2id hash: about 50 ms. Outside any transaction.
Result<IssuedForms> FormsOf(const SheetSecrets& secrets, const std::string& institution_code,
                            const std::string& account_id, const crypto::Seal& seal, const audit::KeyedHash& key,
                            Deadline deadline);

}  // namespace madoguchi::account
