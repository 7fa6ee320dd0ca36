// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/call_refusal.h"

#include <gtest/gtest.h>

#include "madoguchi/v1/facility.pb.h"

namespace madoguchi::identity {
namespace {

grpc::Status Status(const v1::CallRefusal& refusal) {
  return {grpc::StatusCode::FAILED_PRECONDITION, "x", refusal.SerializeAsString()};
}

TEST(CallRefusal, TellsCodeFieldsAndTime) {
  v1::CallRefusal told;
  told.set_code(1505);
  told.set_retry_after_ms(1000);
  v1::FieldProblem& problem = *told.add_problems();
  problem.set_field("new_password");
  problem.set_text_ja("短すぎます");
  CallRefusal refusal;
  EXPECT_EQ(FromCall(Status(told), refusal).code, ErrorCode::kPasswordTooWeak);
  EXPECT_TRUE(refusal.by_server);
  EXPECT_EQ(refusal.retry_after, std::chrono::seconds(1));
  EXPECT_EQ(refusal.notes.at(0).field, "new_password");
}

TEST(CallRefusal, OfANewerServerIsAnInternalErrorAndOfNoneThatOfTheTransport) {
  v1::CallRefusal told;
  told.set_code(99999);
  CallRefusal refusal;
  EXPECT_EQ(FromCall(Status(told), refusal).code, ErrorCode::kInternalError);
  EXPECT_EQ(FromCall({grpc::StatusCode::UNAVAILABLE, "Socket closed"}, refusal).code, ErrorCode::kServerUnreachable);
  EXPECT_FALSE(refusal.by_server);
}

TEST(CallRefusal, BoundsWhatAServerMaySay) {
  v1::CallRefusal told;
  told.set_code(2107);
  told.set_retry_after_ms(0xFFFFFFFF);
  for (std::size_t i = 0; i < 2 * kFieldNotesMax; ++i) told.add_problems()->set_field("f");
  told.mutable_problems(0)->set_text_en(std::string(kFieldNoteBytesMax, 'x'));
  CallRefusal refusal;
  const Error ignored = FromCall(Status(told), refusal);
  EXPECT_EQ(refusal.notes.size(), kFieldNotesMax);
  EXPECT_LE(refusal.retry_after, std::chrono::hours(24));
}

}  // namespace
}  // namespace madoguchi::identity
