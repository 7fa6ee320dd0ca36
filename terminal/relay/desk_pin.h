// SPDX-License-Identifier: Apache-2.0
// DeskPin: the PIN slot of this desk. Typed in byte by byte, kept in locked memory, taken once into the one VERIFY
// command of one press, and wiped by being taken. Thread: one owner at a time. Errors: PIN_FORMAT_INVALID,
// SECRET_MEMORY_UNAVAILABLE.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "contract/result.h"
#include "contract/secret_bytes.h"

namespace madoguchi::relay {

inline constexpr std::size_t kPinBytesMax = 16;  // limit of any PinRule; the user-authentication PIN has 4

// reference/jpki-card.md §3: the user-authentication PIN is exactly 4 ASCII digits.
struct PinRule {
  std::size_t length = 4;
  bool digits_only = true;
};

class DeskPin {
 public:
  static Result<DeskPin> Make(PinRule rule);

  // Refused when the rule does not allow the byte or the slot is full; the slot stays as it was.
  Result<void> Add(std::uint8_t byte);
  void RemoveLast();
  void Clear() { digits_.Clear(); }
  bool complete() const { return digits_.size() == rule_.length; }
  std::size_t size() const { return digits_.size(); }
  std::size_t length() const { return rule_.length; }

  // header ‖ Lc ‖ PIN in locked memory (ISO 7816-4 §11.6.6). The slot is empty afterwards, also on failure: a PIN
  // serves one VERIFY.
  Result<SecretBytes> TakeAsCommand(const std::array<std::uint8_t, 4>& header);

  // For a test program that must leak on purpose, to show that the search for leaks finds one. Never called by the
  // product.
  ByteView bytes_for_leak_test() const { return digits_.view(); }

 private:
  DeskPin(PinRule rule, SecretBytes digits) : rule_(rule), digits_(std::move(digits)) {}
  PinRule rule_;
  SecretBytes digits_;
};

}  // namespace madoguchi::relay
