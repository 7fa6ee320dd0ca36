// SPDX-License-Identifier: Apache-2.0
// Roles as the words of the database: "administrator", "auditor", "viewer". Thread: any.
#pragma once
#include <string>
#include <string_view>

#include "madoguchi/v1/options.pb.h"

namespace madoguchi::console {

v1::Role RoleFromWord(std::string_view word);  // ROLE_UNSPECIFIED: no role
std::string Word(v1::Role role);               // empty: no role

}  // namespace madoguchi::console
