// SPDX-License-Identifier: Apache-2.0
// Who may call what: the declared access of every method of every service, as a table that is generated at build time
// from the protos (role_table_generator.cpp). Thread: any; constant data.
#pragma once
#include <span>
#include <string_view>

#include "madoguchi/v1/options.pb.h"

namespace madoguchi::console {

struct MethodAccess {
  std::string_view method;  // "AccountService/Suspend"
  v1::Caller caller;
  unsigned roles;  // 1 << v1::Role
  bool two_people, before_complete;
  bool Allows(v1::Role role) const { return (roles >> static_cast<unsigned>(role) & 1U) != 0; }
};

std::span<const MethodAccess> AllMethods();
const MethodAccess* FindMethod(std::string_view method);  // nullptr: there is none

}  // namespace madoguchi::console
