// SPDX-License-Identifier: Apache-2.0
// WipedBuffer: a text, picture or document that may hold secrets and is larger than what a process may lock into memory
// (for small ones: secret_bytes.h). Its capacity is fixed, so that it is never reallocated, and it is wiped at its end.
// Thread: one owner at a time.
#pragma once
#include <cstddef>

#include "contract/bytes.h"
#include "contract/secret_bytes.h"

namespace madoguchi {

class WipedBuffer {
 public:
  explicit WipedBuffer(std::size_t capacity) { bytes_.reserve(capacity); }
  WipedBuffer(WipedBuffer&& other) noexcept = default;
  WipedBuffer& operator=(WipedBuffer&& other) noexcept {
    bytes_.swap(other.bytes_);
    return *this;
  }
  ~WipedBuffer() { Clear(); }
  ByteView view() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  // False, and nothing is changed, when it does not fit.
  [[nodiscard]] bool Append(ByteView bytes) {
    if (bytes.size() > bytes_.capacity() - bytes_.size()) return false;
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return true;
  }
  void Clear() {
    Wipe(bytes_);
    bytes_.clear();
  }

 private:
  Bytes bytes_;
};

}  // namespace madoguchi
