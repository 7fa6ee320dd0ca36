// SPDX-License-Identifier: Apache-2.0
#include "contract/call_status.h"

#include <gtest/gtest.h>

namespace madoguchi::wire {
namespace {

v1::CallRefusal Told(const grpc::Status& status) {
  v1::CallRefusal refusal;
  EXPECT_TRUE(refusal.ParseFromString(status.error_details()));
  return refusal;
}

Refused ManyProblems(std::size_t count, std::size_t text_bytes) {
  Refused refused;
  refused.problems.resize(count);
  for (v1::FieldProblem& problem : refused.problems) problem.set_text_ja(std::string(text_bytes, 'x'));
  return refused;
}

TEST(RefusedCall, SaysCodeWaitAndApprovalAndWhatIsWrong) {
  Refused refused = ManyProblems(2, 10);
  refused.retry_after = std::chrono::minutes(30);
  refused.approval_id = "an approval";
  const grpc::Status status = RefusedCall(grpc::StatusCode::INVALID_ARGUMENT, ErrorCode::kFieldInvalid, refused);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "FIELD_INVALID");
  const v1::CallRefusal told = Told(status);
  EXPECT_EQ(told.code(), static_cast<int>(ErrorCode::kFieldInvalid));
  EXPECT_EQ(told.retry_after_ms(), 30U * 60 * 1000);
  EXPECT_EQ(told.approval_id(), "an approval");
  EXPECT_EQ(told.problems_size(), 2);
}

TEST(RefusedCall, StaysWithinOneHeaderHoweverManyProblemsThereAre) {
  const auto status_of = [](const Refused& refused) {
    return RefusedCall(grpc::StatusCode::INVALID_ARGUMENT, ErrorCode::kFieldInvalid, refused);
  };
  const grpc::Status long_texts = status_of(ManyProblems(90, 300));
  EXPECT_LE(long_texts.error_details().size(), kRefusalBytesMax);
  EXPECT_EQ(Told(long_texts).problems_size(), 13);
  EXPECT_EQ(Told(status_of(ManyProblems(1, 2 * kRefusalBytesMax))).problems_size(), 0);
  EXPECT_EQ(Told(status_of(ManyProblems(kProblemsMax + 1, 1))).problems_size(), kProblemsMax);
}

TEST(RefusedCall, NeverTellsATimeThatDoesNotFit) {
  Refused refused;
  refused.retry_after = std::chrono::hours(24 * 365);
  const auto told = [&] { return Told(RefusedCall(grpc::StatusCode::UNKNOWN, ErrorCode::kServerBusy, refused)); };
  EXPECT_EQ(told().retry_after_ms(), UINT32_MAX);
  refused.retry_after = std::chrono::milliseconds(-1);
  EXPECT_EQ(told().retry_after_ms(), 0U);
}

}  // namespace
}  // namespace madoguchi::wire
