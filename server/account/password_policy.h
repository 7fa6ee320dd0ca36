// SPDX-License-Identifier: Apache-2.0
// What a chosen password must be: kPasswordLengthMinDefault characters or more, or down to kPasswordLengthMinLowest
// where the facility set account.password_length_min so, and then of three kinds (small letters, capitals, digits,
// others). Issued ones have 8 and are not looked at here. Also the PIN of an operator: kOperatorPinMin–kOperatorPinMax
// digits. Pure. Thread: any.
#pragma once
#include <cstddef>
#include <string_view>

#include "contract/bytes.h"
#include "server/account/limits.h"
#include "server/account/problem.h"

namespace madoguchi::account {

inline constexpr int kPasswordKindsWhenShort = 3;

struct PasswordPolicy {
  std::size_t length_min =
      kPasswordLengthMinDefault;  // what lies outside kPasswordLengthMinLowest–kPasswordBytesMax is brought inside
};

// Each problem names `field`. account_id: must not be in it, whatever the case. old_password: must not be it.
Problems CheckPassword(const PasswordPolicy& policy, std::string_view field, ByteView password, ByteView old_password,
                       std::string_view account_id);
Problems CheckOperatorPin(std::string_view field, ByteView pin, ByteView old_pin);

}  // namespace madoguchi::account
