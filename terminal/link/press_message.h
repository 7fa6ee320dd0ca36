// SPDX-License-Identifier: Apache-2.0
// A press as the message that is sent: everything but the answers of the card, which the conversation adds.
#pragma once
#include "madoguchi/v1/check.pb.h"
#include "terminal/link/press_order.h"

namespace madoguchi::link {

void FillPress(const PressOrder& order, v1::Press& press);

}  // namespace madoguchi::link
