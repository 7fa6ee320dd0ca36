// SPDX-License-Identifier: Apache-2.0
// Descriptor: a file descriptor of its own, closed with it; negative: none (open failed, errno says why). Thread: one.
#pragma once
#include <unistd.h>

#include <cerrno>

namespace madoguchi {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  bool ok() const { return number_ >= 0; }
  // 0, or errno: a network share may say only here that its disk is full.
  int Close() {
    const int number = number_;
    number_ = -1;
    return number < 0 || close(number) == 0 ? 0 : errno;
  }

 private:
  int number_;
};

}  // namespace madoguchi
