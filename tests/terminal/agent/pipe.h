// SPDX-License-Identifier: Apache-2.0
// A pipe that holds `content` and then ends.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <string_view>

namespace madoguchi::agent {

class Pipe {
 public:
  explicit Pipe(std::string_view content) {
    EXPECT_EQ(pipe(ends_), 0);
    EXPECT_EQ(write(ends_[1], content.data(), content.size()), static_cast<ssize_t>(content.size()));
    close(ends_[1]);
  }
  ~Pipe() { close(ends_[0]); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int descriptor() const { return ends_[0]; }

 private:
  int ends_[2] = {-1, -1};
};

}  // namespace madoguchi::agent
