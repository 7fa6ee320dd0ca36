// SPDX-License-Identifier: Apache-2.0
// SecretBytes: a fixed buffer for a PIN, a password, a key or what a card answered. Its pages are locked (never
// swapped), left out of core dumps (MADV_DONTDUMP) and wiped on Clear and on destruction. It cannot be copied or
// printed. Thread: one owner at a time. Capacity is fixed at construction: nothing is ever reallocated.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi {

class SecretBytes {
 public:
  // Fails only with SECRET_MEMORY_UNAVAILABLE: the system refuses to give or to lock the pages.
  static Result<SecretBytes> Make(std::size_t capacity);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  ByteView view() const { return {data_, size_}; }
  // False, and nothing is changed, when it does not fit.
  [[nodiscard]] bool Append(ByteView bytes);
  [[nodiscard]] bool Append(std::uint8_t byte) { return Append(ByteView{&byte, 1}); }
  // The free part, for a read(2) straight into it; Grow says how much was filled (≤ what was free).
  std::span<std::uint8_t> free_space() { return {data_ + size_, capacity_ - size_}; }
  void Grow(std::size_t filled);
  void Clear();  // wipes; capacity stays

 private:
  SecretBytes(std::uint8_t* data, std::size_t mapped, std::size_t capacity)
      : data_(data), mapped_(mapped), capacity_(capacity) {}
  void Release();
  std::uint8_t* data_ = nullptr;
  std::size_t mapped_ = 0;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

// Overwrites memory that held a secret in a way the compiler cannot leave out.
void Wipe(std::span<std::uint8_t> memory);

}  // namespace madoguchi
