// SPDX-License-Identifier: Apache-2.0
// From the message of a press to the press of a check. MESSAGE_INVALID names the field, never its value. Thread: any,
// no state.
#pragma once
#include <chrono>

#include "madoguchi/v1/check.pb.h"
#include "server/check/check.h"
#include "server/desk/directory.h"

namespace madoguchi::desk {

inline constexpr std::size_t kInquiryFieldBytesMax = 100;  // 20 full-width characters are 60
inline constexpr std::size_t kReaderModelBytesMax = 100;
inline constexpr std::chrono::seconds kLookedMax{3600};  // at photo and face; what is longer is this

// record: the desk the press came from; its account asks.
Result<check::Press> ReadPress(const v1::Press& message, const DeskRecord& record);

// The protocol's method for a word of the rules ("pin", "sight", "number"); METHOD_UNSPECIFIED for any other.
v1::Method MethodOf(const std::string& word);

}  // namespace madoguchi::desk
