// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/password_hash.h"

#include <argon2.h>

#include <array>
#include <condition_variable>
#include <mutex>

#include "contract/crypto/random.h"

namespace madoguchi::crypto {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kTagBytes = 32;
constexpr std::size_t kPasswordBytesMax = 512;
constexpr std::size_t kEncodedBytesMax = 256;

// One hash at a time for each Slot: together kHashesAtOnce.
class Gate {
 public:
  class Pass {
   public:
    explicit Pass(Gate& gate) : gate_(&gate) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->Leave();
    }

   private:
    Gate* gate_;
  };
  Result<Pass> Enter(Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (!free_.wait_until(lock, deadline.at(), [this] { return !taken_; }))
      return Error{ErrorCode::kServerBusy, "no slot for a password hash in time", {}};
    taken_ = true;
    return Pass(*this);
  }

 private:
  void Leave() {
    {
      const std::lock_guard lock(mutex_);
      taken_ = false;
    }
    free_.notify_one();
  }
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;  // guarded by mutex_
};

Result<Gate::Pass> Enter(Slot slot, Deadline deadline) {
  static std::array<Gate, kHashesAtOnce> gates;
  return gates[slot == Slot::kLogIn ? 0 : 1].Enter(deadline);
}

Error Failed(int code) {
  return {ErrorCode::kInternalError, std::string("argon2: ") + argon2_error_message(code), {}};
}

}  // namespace

Result<std::string> HashPassword(ByteView password, Slot slot, Deadline deadline) {
  if (password.size() > kPasswordBytesMax) return Error{ErrorCode::kInternalError, "password too long to hash", {}};
  const Bytes salt = RandomBytes(kSaltBytes);
  std::array<char, kEncodedBytesMax> encoded{};
  TRY_ASSIGN(const Gate::Pass pass, Enter(slot, deadline));
  const int code = argon2id_hash_encoded(kPasses, kMemoryKib, 1, password.data(), password.size(), salt.data(), salt.size(),
                                         kTagBytes, encoded.data(), encoded.size());
  if (code != ARGON2_OK) return Failed(code);
  return std::string(encoded.data());
}

Result<bool> VerifyPassword(const std::string& encoded, ByteView password, Slot slot, Deadline deadline) {
  if (password.size() > kPasswordBytesMax) return false;
  TRY_ASSIGN(const Gate::Pass pass, Enter(slot, deadline));
  const int code = argon2id_verify(encoded.c_str(), password.data(), password.size());
  if (code == ARGON2_OK) return true;
  if (code == ARGON2_VERIFY_MISMATCH) return false;
  return Failed(code);
}

Result<void> VerifyNobody(ByteView password, Slot slot, Deadline deadline) {
  // Nobody's password: a random salt and a random tag, encoded like any other.
  static const std::string nobody = [] {
    const Bytes salt = RandomBytes(kSaltBytes);
    const Bytes none = RandomBytes(kTagBytes);
    std::array<char, kEncodedBytesMax> encoded{};
    argon2id_hash_encoded(kPasses, kMemoryKib, 1, none.data(), none.size(), salt.data(), salt.size(), kTagBytes,
                          encoded.data(), encoded.size());
    return std::string(encoded.data());
  }();
  TRY_VOID(VerifyPassword(nobody, password, slot, deadline));
  return {};
}

}  // namespace madoguchi::crypto
