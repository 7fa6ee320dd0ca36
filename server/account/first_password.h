// SPDX-License-Identifier: Apache-2.0
// A password for somebody else's first log-in: kFirstPasswordLength characters out of 56 that are not mistaken for one
// another (no 0 O 1 l I), more than 90 bits. Thread: any.
#pragma once
#include <string>

namespace madoguchi::account {

inline constexpr std::size_t kFirstPasswordLength = 16;

std::string NewFirstPassword();

}  // namespace madoguchi::account
