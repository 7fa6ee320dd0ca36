// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/kept_answers.h"

#include <gtest/gtest.h>

namespace madoguchi::link {
namespace {

TEST(KeptAnswers, GivesBackWhatWasKept) {
  ScriptAnswers answers;
  answers.steps = {{0x9000, Bytes(300, 0x30), 1200, 2}, {0x63C2, {}, 80, 1}};
  answers.stopped = ErrorCode::kPinWrong;
  answers.tries_left = 2;
  const Result<KeptAnswers> kept = KeptAnswers::Keep(answers);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->Read().value(), answers);
}

TEST(KeptAnswers, KeepsEmptyAnswersToo) {
  const Result<KeptAnswers> kept = KeptAnswers::Keep({});
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->Read().value(), ScriptAnswers{});
}

}  // namespace
}  // namespace madoguchi::link
