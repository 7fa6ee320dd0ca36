// SPDX-License-Identifier: Apache-2.0
// A seal for tests, from a key file that is gone when it is read.
#pragma once
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "contract/crypto/seal.h"

namespace madoguchi::account {

inline crypto::Seal TestSeal(char digit = '5') {
  char name[] = "/tmp/madoguchi-seal-XXXXXX";
  const int file = mkstemp(name);
  const std::string text = std::string(64, digit) + "\n";
  EXPECT_EQ(write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  close(file);
  chmod(name, 0600);
  auto seal = crypto::Seal::FromKeyFile(name);
  std::remove(name);
  EXPECT_TRUE(seal.ok());
  return std::move(seal).value();
}

}  // namespace madoguchi::account
