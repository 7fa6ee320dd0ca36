// SPDX-License-Identifier: Apache-2.0
// A large and a small good export, of which each test changes a copy.
#pragma once
#include <gmock/gmock.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "contract/trail/export_layout.h"
#include "tests/proto/contract/trail/sample_export.h"

namespace madoguchi::trail {

inline constexpr std::uint64_t kRows = 10'007;
inline constexpr std::uint64_t kFewRows = 200;

class Tampered : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    many_ = new SampleLog;
    many_->Append(5'000);
    many_->Sign();
    many_->Append(kRows - 5'000);
    many_->Sign();
    few_ = new SampleLog;
    few_->Append(kFewRows);
    few_->Sign();
  }
  static void TearDownTestSuite() {
    delete many_;
    delete few_;
  }
  std::string Export(const SampleLog& log) const {
    log.Export(folder_.File("export"));
    return folder_.File("export");
  }
  static inline SampleLog *many_ = nullptr, *few_ = nullptr;
  const TestFolder folder_;
};

}  // namespace madoguchi::trail
