// SPDX-License-Identifier: Apache-2.0
#include "server/console/single_use_code.h"

#include "contract/crypto/random.h"

namespace madoguchi::console {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kGroup = 5;

char Canonical(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return '0';
  if (c == 'I' || c == 'L') return '1';
  return c;
}

}  // namespace

std::string NewSingleUseCode() {
  std::string code;
  const Bytes random = crypto::RandomBytes(kCodeCharacters);
  for (std::size_t i = 0; i < kCodeCharacters; ++i) {
    if (i != 0 && i % kGroup == 0) code += '-';
    code += kAlphabet[random[i] % kAlphabet.size()];  // 256 is a multiple of 32: every character is as likely
  }
  return code;
}

std::string Normalised(std::string_view typed) {
  if (typed.size() > kTypedCodeMax) return {};
  std::string code;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    if (kAlphabet.find(Canonical(c)) == std::string_view::npos) return {};
    code += Canonical(c);
  }
  return code.size() == kCodeCharacters ? code : std::string{};
}

std::string CodeHash(const audit::KeyedHash& keyed_hash, std::string_view use, std::string_view user_id,
                     std::string_view normalised) {
  std::string input(use);
  input.append(1, '\0').append(user_id).append(1, '\0').append(normalised);
  return keyed_hash.Of(AsBytes(input));
}

}  // namespace madoguchi::console
