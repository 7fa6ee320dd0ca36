// SPDX-License-Identifier: Apache-2.0
// The desk's passcode (パスコード, S11): four digits, local to this desk, asked when the program starts. Kept as an
// Argon2id hash in the file `passcode` (mode 0600) with the count of wrong tries. The count is raised on disk before a
// try is looked at, so that ending the program gives no free one. Who can write this file as the desk's user can put an
// older one back: the passcode keeps colleagues and passers-by out, not the machine's own administrator.
// Errors: PASSCODE_WRONG (tries_left says how many remain, when three or fewer) · PASSCODE_SPENT · FIELD_INVALID (not
// four digits) · CONFIG_FILE_… · SERVER_BUSY (no memory for the hash in time).
#pragma once
#include <string>

#include "contract/result.h"
#include "contract/secret_bytes.h"

namespace madoguchi::identity {

inline constexpr std::size_t kPasscodeDigits = 4;
inline constexpr int kPasscodeTries = 5;

enum class PasscodeState {
  kNone,
  kSet,
  kSpent,  // too many wrong ones, or its file is damaged: only a log-in with ID and password helps
};

PasscodeState LookAtPasscode(const std::string& directory);
// Replaces an earlier one, with all tries.
Result<void> SetPasscode(const std::string& directory, ByteView digits);
// No passcode set: anything is right.
Result<void> CheckPasscode(const std::string& directory, ByteView digits);
Result<void> ForgetPasscode(const std::string& directory);

}  // namespace madoguchi::identity
