// SPDX-License-Identifier: Apache-2.0
#include "server/store/array_literal.h"

namespace madoguchi::store {

void ArrayLiteral::Add(std::string_view element) {
  if (text_.size() > 1) text_ += ',';
  text_ += '"';
  for (const char c : element.substr(0, element.find('\0'))) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
}

std::string TextArray(const std::vector<std::string>& texts) {
  ArrayLiteral array;
  for (const std::string& text : texts) array.Add(text);
  return array.Text();
}

}  // namespace madoguchi::store
