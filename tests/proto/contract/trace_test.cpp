// SPDX-License-Identifier: Apache-2.0
#include "contract/trace.h"

#include <gtest/gtest.h>

#include <thread>

#include "contract/log.h"

namespace madoguchi {
namespace {

TEST(Trace, LastsAsLongAsItsScopeAndGoesBackToTheOneBefore) {
  EXPECT_EQ(CurrentTrace(), "");
  {
    const TraceScope outer("aa");
    {
      const TraceScope inner("bb");
      EXPECT_EQ(CurrentTrace(), "bb");
    }
    EXPECT_EQ(CurrentTrace(), "aa");
  }
  EXPECT_EQ(CurrentTrace(), "");
}

TEST(Trace, BelongsToItsThreadAlone) {
  const TraceScope here("aa");
  std::string there = "not looked at";
  std::thread([&there] { there = CurrentTrace(); }).join();
  EXPECT_EQ(there, "");
}

TEST(Trace, IsOnEveryLogLineOfItsThread) {
  testing::internal::CaptureStderr();
  {
    const TraceScope here("4bf92f3577b34da6a3ce929d0e0e4736");
    log::Info("check", "inside", {{"code", 0}});
    log::Report("check", "refused", {ErrorCode::kServerBusy, {}, {}});
  }
  log::Info("check", "outside");
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_NE(lines.find("event=inside code=0 trace=4bf92f3577b34da6a3ce929d0e0e4736\n"), std::string::npos) << lines;
  EXPECT_NE(lines.find("name=SERVER_BUSY trace=4bf92f3577b34da6a3ce929d0e0e4736\n"), std::string::npos) << lines;
  EXPECT_NE(lines.find("event=outside\n"), std::string::npos) << lines;
}

// W3C Trace Context §3.2.3: version 00, sampled.
TEST(Trace, MakesTheHeaderOfW3c) {
  EXPECT_EQ(TraceParent("4bf92f3577b34da6a3ce929d0e0e4736", *FromHex("00f067aa0ba902b7")),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_EQ(TraceParent("", *FromHex("00f067aa0ba902b7")), "");
}

}  // namespace
}  // namespace madoguchi
