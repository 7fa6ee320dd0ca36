// SPDX-License-Identifier: Apache-2.0
#include "contract/secret_bytes.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace madoguchi {

void Wipe(std::span<std::uint8_t> memory) {
  if (!memory.empty()) explicit_bzero(memory.data(), memory.size());
}

Result<SecretBytes> SecretBytes::Make(std::size_t capacity) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t mapped = (capacity + page - 1) / page * page;
  void* memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return Error{ErrorCode::kSecretMemoryUnavailable, "mmap: errno " + std::to_string(errno), {}};
  }
  // mlock2 with no flags is mlock; plain mlock does nothing in a program built with a sanitizer, and tests would lie.
  if (mlock2(memory, mapped, 0) != 0 || madvise(memory, mapped, MADV_DONTDUMP) != 0) {
    const int reason = errno;
    munmap(memory, mapped);
    return Error{ErrorCode::kSecretMemoryUnavailable, "mlock2/madvise: errno " + std::to_string(reason), {}};
  }
  return SecretBytes(static_cast<std::uint8_t*>(memory), mapped, capacity);
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept {
  *this = std::move(other);
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Release();
    data_ = std::exchange(other.data_, nullptr);
    mapped_ = std::exchange(other.mapped_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() {
  Release();
}

void SecretBytes::Release() {
  if (data_ == nullptr) return;
  Wipe({data_, mapped_});
  munlock(data_, mapped_);
  munmap(data_, mapped_);
  data_ = nullptr;
}

bool SecretBytes::Append(ByteView bytes) {
  if (bytes.size() > capacity_ - size_) return false;
  if (!bytes.empty()) std::memcpy(data_ + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
  return true;
}

void SecretBytes::Grow(std::size_t filled) {
  size_ += std::min(filled, capacity_ - size_);
}

void SecretBytes::Clear() {
  if (data_ != nullptr) Wipe({data_, size_});
  size_ = 0;
}

}  // namespace madoguchi
