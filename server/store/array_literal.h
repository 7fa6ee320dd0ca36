// SPDX-License-Identifier: Apache-2.0
// One PostgreSQL array literal from many texts (manual §8.15.2), for INSERT … SELECT unnest($1): a batch is one
// statement. An empty text stays an empty text; the statements turn it into NULL where it means "absent".
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace madoguchi::store {

class ArrayLiteral {
 public:
  // Text past the first NUL is cut: PostgreSQL's text cannot hold one.
  void Add(std::string_view element);
  std::string Text() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

// "{W0000001,W0000002}"
std::string TextArray(const std::vector<std::string>& texts);

}  // namespace madoguchi::store
