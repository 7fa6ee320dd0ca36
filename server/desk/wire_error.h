// SPDX-License-Identifier: Apache-2.0
// The one place where an Error becomes what a desk is told: its code and, with the PIN codes, the tries left. Never its
// detail.
#pragma once
#include "contract/error.h"
#include "madoguchi/v1/check.pb.h"

namespace madoguchi::desk {

v1::Refusal ToRefusal(const Error& error);

}  // namespace madoguchi::desk
