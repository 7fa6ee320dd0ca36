// SPDX-License-Identifier: Apache-2.0
// Secrets come in two ways, never as an argument: typed at the terminal without echo, or, with --secrets-fd N, as lines
// `name=value` read from that descriptor to its end (passwords, codes; names are in `secret_name`). What is typed or
// read stays in locked memory until it is handed to the request, which wipes its copy when the call is over.
// Thread: one. Limits: kSecretBytesMax each, kSecretsBytesMax in all, typed within kTypedWithin.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "admin/cli/failure.h"
#include "contract/secret_bytes.h"

namespace madoguchi::cli {

inline constexpr std::size_t kSecretBytesMax = 256;
inline constexpr std::size_t kSecretsBytesMax = 4096;
inline constexpr std::chrono::minutes kTypedWithin{5};

namespace secret_name {
inline constexpr char kPassword[] = "password";
inline constexpr char kNewPassword[] = "new_password";
inline constexpr char kCode[] = "code";             // TOTP or recovery code
inline constexpr char kResetCode[] = "reset_code";  // from the mail
inline constexpr char kBreakGlass[] = "break_glass";
inline constexpr char kBankAccount[] = "bank_account";  // the last four digits
inline constexpr char kName[] = "name";                 // of a person on the roster
}  // namespace secret_name

enum class Typing { kSilent, kTwice, kShown };  // kTwice: silent, and must be the same both times

class Secrets {
 public:
  explicit Secrets(int descriptor) : descriptor_(descriptor) {}
  // The secret of this name. Not given and no terminal, or given and malformed: usage. Typed twice and different:
  // PASSWORDS_DIFFER.
  Done Get(std::string_view name, const std::string& prompt, Typing typing, std::string& into);
  // As Get, but may be empty: an empty line typed, or no such line given.
  Done GetOptional(std::string_view name, const std::string& prompt, std::string& into);

 private:
  Done Read();  // the descriptor, once
  Done Find(std::string_view name, bool needed, std::string& into);
  int descriptor_;
  std::optional<SecretBytes> given_;
};

// Overwrites a copy that a request needed.
void WipeText(std::string& text);
void WipeText(std::string* text);

// A question with the answer y or n. Nothing: no terminal to ask at.
std::optional<bool> AskYesNo(const std::string& question);

}  // namespace madoguchi::cli
