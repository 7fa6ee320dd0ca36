// SPDX-License-Identifier: Apache-2.0
#include "server/desk/wire_error.h"

#include <algorithm>

namespace madoguchi::desk {

v1::Refusal ToRefusal(const Error& error) {
  v1::Refusal refusal;
  refusal.set_code(static_cast<int>(error.code));
  if (error.tries_left) refusal.set_tries_left(static_cast<std::uint32_t>(std::max(*error.tries_left, 0)));
  return refusal;
}

}  // namespace madoguchi::desk
