// SPDX-License-Identifier: Apache-2.0
// Texts of generated C++, for the build-time generators beside this file. Thread: any; no errors.
#pragma once
#include <cctype>
#include <string>

namespace madoguchi::generated {

// PIN_WRONG → kPinWrong
inline std::string ConstantName(const std::string& name) {
  std::string constant = "k";
  bool upper = true;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
    } else {
      constant += upper ? c : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      upper = false;
    }
  }
  return constant;
}

// As a string literal.
inline std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace madoguchi::generated
