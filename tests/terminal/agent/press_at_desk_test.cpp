// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/press_at_desk.h"

#include <gtest/gtest.h>

namespace madoguchi::agent {
namespace {

TEST(PressAtDesk, AnswersAScriptForACardThatIsGone) {
  CardAtDesk card;
  PressAtDesk press({relay::Occasion::kSightPress, "0110000001", Bytes(16, 1)}, nullptr);
  link::ProofRequest request{Bytes(16, 1), 1, 1, {}, Deadline::Clock::now() - std::chrono::milliseconds(3)};
  request.script.steps = {{TransmitStep{0x00, 0x82, 0x00, 0x00, Bytes(8, 1)}, {{0x9000}}}};
  const relay::ScriptRun run = press.Run(request, card);
  EXPECT_EQ(run.answers.stopped, ErrorCode::kCardRemoved);
  EXPECT_TRUE(run.answers.steps.empty());
  EXPECT_GE(run.answers.run_us, 3'000U) << "from the script's arrival";
  EXPECT_EQ(press.figures.apdus, 0U);
  EXPECT_GE(press.figures.in_scripts, std::chrono::milliseconds(3));
}

}  // namespace
}  // namespace madoguchi::agent
