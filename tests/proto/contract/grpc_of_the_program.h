// SPDX-License-Identifier: Apache-2.0
// For test programs that use gRPC, as for the programs themselves (contract/channel_credentials.h): gRPC is down before
// the process exits, else one of its threads is caught in the middle, which leaked and crashed. Including it is enough.
#pragma once
#include <gtest/gtest.h>

#include <optional>

#include "contract/channel_credentials.h"

namespace madoguchi::wire {

class GrpcOfTheProgram final : public testing::Environment {
 public:
  void SetUp() override { library_.emplace(); }
  void TearDown() override { library_.reset(); }

 private:
  std::optional<Library> library_;
};

// One in each program, however many of its files include this.
inline testing::Environment* const kGrpcOfTheProgram = testing::AddGlobalTestEnvironment(new GrpcOfTheProgram);

}  // namespace madoguchi::wire
