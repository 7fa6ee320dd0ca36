// SPDX-License-Identifier: Apache-2.0
#include "server/console/role_words.h"

#include <array>
#include <utility>

namespace madoguchi::console {
namespace {

constexpr std::array<std::pair<v1::Role, std::string_view>, 3> kWords = {{
    {v1::ROLE_ADMINISTRATOR, "administrator"},
    {v1::ROLE_AUDITOR, "auditor"},
    {v1::ROLE_VIEWER, "viewer"},
}};

}  // namespace

v1::Role RoleFromWord(std::string_view word) {
  for (const auto& [role, its_word] : kWords)
    if (its_word == word) return role;
  return v1::ROLE_UNSPECIFIED;
}

std::string Word(v1::Role role) {
  for (const auto& [its_role, word] : kWords)
    if (its_role == role) return std::string(word);
  return {};
}

}  // namespace madoguchi::console
