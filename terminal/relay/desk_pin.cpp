// SPDX-License-Identifier: Apache-2.0
#include "terminal/relay/desk_pin.h"

#include <string>

namespace madoguchi::relay {

Result<DeskPin> DeskPin::Make(PinRule rule) {
  if (rule.length == 0 || rule.length > kPinBytesMax)
    return Error{ErrorCode::kPinFormatInvalid, "rule out of range", {}};
  TRY_ASSIGN(SecretBytes digits, SecretBytes::Make(rule.length));
  return DeskPin(rule, std::move(digits));
}

Result<void> DeskPin::Add(std::uint8_t byte) {
  if (rule_.digits_only && (byte < '0' || byte > '9')) return Error{ErrorCode::kPinFormatInvalid, "not a digit", {}};
  if (!digits_.Append(byte)) return Error{ErrorCode::kPinFormatInvalid, "too long", {}};
  return {};
}

void DeskPin::RemoveLast() {
  const std::size_t left = digits_.size();
  if (left == 0) return;
  // Locked memory is only filled from the front: what stays is moved through a second locked buffer.
  Result<SecretBytes> kept = SecretBytes::Make(rule_.length);
  if (!kept || !kept->Append(digits_.view().first(left - 1))) {
    digits_.Clear();
    return;
  }
  digits_ = std::move(*kept);
}

Result<SecretBytes> DeskPin::TakeAsCommand(const std::array<std::uint8_t, 4>& header) {
  if (!complete()) {
    const std::string detail =
        std::to_string(digits_.size()) + " of " + std::to_string(rule_.length) + " bytes in the slot";
    digits_.Clear();
    return Error{ErrorCode::kPinFormatInvalid, detail, {}};
  }
  Result<SecretBytes> command = SecretBytes::Make(header.size() + 1 + digits_.size());
  const bool whole = command && command->Append(ByteView(header)) &&
                     command->Append(static_cast<std::uint8_t>(digits_.size())) && command->Append(digits_.view());
  digits_.Clear();
  if (command && !whole) return Error{ErrorCode::kInternalError, "VERIFY command does not fit its buffer", {}};
  return command;
}

}  // namespace madoguchi::relay
