// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/passcode.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "contract/crypto/password_hash.h"
#include "contract/files.h"
#include "terminal/identity/directory_lock.h"

namespace madoguchi::identity {
namespace {

constexpr std::chrono::seconds kHashedWithin{10};
constexpr std::size_t kFileBytesMax = 512;
constexpr std::string_view kBeginning = "madoguchi-passcode 1\n";  // then "wrong N\n", then the hash

struct Kept {
  int wrong = 0;
  std::string hash;
};

std::string File(const std::string& directory) {
  return directory + "/passcode";
}

bool Exists(const std::string& directory) {
  return access(File(directory).c_str(), F_OK) == 0 || errno != ENOENT;
}

Result<void> Write(const std::string& directory, const Kept& kept, const DirectoryLock& lock) {
  TRY_VOID(WriteFileWhole(File(directory),
                          std::string(kBeginning) + "wrong " + std::to_string(kept.wrong) + "\n" + kept.hash + "\n",
                          true));
  return lock.Flush();
}

// Nothing: damaged, which counts as spent.
std::optional<Kept> Read(const std::string& directory) {
  const Result<std::string> text = ReadPrivateFile(File(directory), kFileBytesMax);
  constexpr std::string_view kWrong = "wrong ";
  if (!text || !text->starts_with(kBeginning)) return std::nullopt;
  std::string_view rest = std::string_view(*text).substr(kBeginning.size());
  if (!rest.starts_with(kWrong) || rest.size() < kWrong.size() + 2 || rest[kWrong.size() + 1] != '\n')
    return std::nullopt;
  const char digit = rest[kWrong.size()];
  rest.remove_prefix(kWrong.size() + 2);
  if (digit < '0' || digit > '0' + kPasscodeTries || !rest.starts_with("$argon2id$") || !rest.ends_with('\n'))
    return std::nullopt;
  return Kept{digit - '0', std::string(rest.substr(0, rest.size() - 1))};
}

bool FourDigits(ByteView digits) {
  return digits.size() == kPasscodeDigits &&
         std::all_of(digits.begin(), digits.end(), [](std::uint8_t c) { return c >= '0' && c <= '9'; });
}

Error Spent() {
  return {ErrorCode::kPasscodeSpent, "", {}};
}

}  // namespace

PasscodeState LookAtPasscode(const std::string& directory) {
  if (!Exists(directory)) return PasscodeState::kNone;
  const std::optional<Kept> kept = Read(directory);
  return kept && kept->wrong < kPasscodeTries ? PasscodeState::kSet : PasscodeState::kSpent;
}

Result<void> SetPasscode(const std::string& directory, ByteView digits) {
  if (!FourDigits(digits)) return Error{ErrorCode::kFieldInvalid, "passcode: four digits", {}};
  Kept kept;
  TRY_ASSIGN(kept.hash, crypto::HashPassword(digits, crypto::Slot::kLogIn, Deadline::In(kHashedWithin)));
  TRY_ASSIGN(const DirectoryLock lock, DirectoryLock::Take(directory));
  return Write(directory, kept, lock);
}

Result<void> CheckPasscode(const std::string& directory, ByteView digits) {
  TRY_ASSIGN(const DirectoryLock lock, DirectoryLock::Take(directory));
  if (!Exists(directory)) return {};
  std::optional<Kept> kept = Read(directory);
  if (!kept || kept->wrong >= kPasscodeTries) return Spent();
  ++kept->wrong;
  TRY_VOID(Write(directory, *kept, lock));
  bool right = false;
  if (FourDigits(digits)) {
    TRY_ASSIGN(right, crypto::VerifyPassword(kept->hash, digits, crypto::Slot::kLogIn, Deadline::In(kHashedWithin)));
  }
  if (!right) {
    const int left = kPasscodeTries - kept->wrong;
    if (left == 0) return Spent();
    return Error{ErrorCode::kPasscodeWrong, "", left <= 3 ? std::optional<int>(left) : std::nullopt};
  }
  kept->wrong = 0;
  return Write(directory, *kept, lock);
}

Result<void> ForgetPasscode(const std::string& directory) {
  TRY_ASSIGN(const DirectoryLock lock, DirectoryLock::Take(directory));
  if (unlink(File(directory).c_str()) != 0 && errno != ENOENT)
    return Error{ErrorCode::kConfigFileUnwritable, File(directory), {}};
  return lock.Flush();
}

}  // namespace madoguchi::identity
