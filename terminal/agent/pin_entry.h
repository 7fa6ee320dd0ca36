// SPDX-License-Identifier: Apache-2.0
// How the PIN gets into its slot: byte by byte from a descriptor or from the keyboard without echo, through no buffer
// that is not locked. Errors: PIN_FORMAT_INVALID, PIN_CANCELLED.
#pragma once
#include <functional>

#include "contract/deadline.h"
#include "terminal/relay/desk_pin.h"

namespace madoguchi::agent {

inline constexpr std::chrono::seconds kPinTypedWithin{60};  // then the entry is cancelled

// From a pipe or file: the bytes of one PIN. With digits only, line breaks before it are passed over.
Result<void> ReadPin(int descriptor, const relay::PinRule& rule, relay::DeskPin& pin);
// After the last PIN: more bytes that wait there mean that it was longer than a PIN is; the slot is emptied. A line
// break may follow.
Result<void> RefuseMore(int descriptor, relay::DeskPin& pin);

// From the keyboard (/dev/tty): digits, backspace, return; escape or end of input cancels. `events` becomes readable
// when something else happens; `on_event` looks at it, and once a second, and its error ends the entry. The terminal's
// settings are put back at the end and on signals.
Result<void> TypePin(int events, const std::function<Result<void>()>& on_event, relay::DeskPin& pin);

}  // namespace madoguchi::agent
