// SPDX-License-Identifier: Apache-2.0
#include "server/account/first_password.h"

#include <string_view>

#include "contract/crypto/random.h"

namespace madoguchi::account {

std::string NewFirstPassword() {
  constexpr std::string_view alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
  constexpr std::size_t even =
      256 / alphabet.size() * alphabet.size();  // bytes from here on would favour some characters
  std::string password;
  while (password.size() < kFirstPasswordLength) {
    for (const std::uint8_t byte : crypto::RandomBytes(kFirstPasswordLength)) {
      if (byte < even && password.size() < kFirstPasswordLength) password += alphabet[byte % alphabet.size()];
    }
  }
  return password;
}

}  // namespace madoguchi::account
