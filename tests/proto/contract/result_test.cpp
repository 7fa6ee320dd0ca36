// SPDX-License-Identifier: Apache-2.0
#include "contract/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace madoguchi {
namespace {

Error Refusal() {
  return {ErrorCode::kPinWrong, "detail", 2};
}

Result<int> Half(int number) {
  if (number % 2 != 0) return Refusal();
  return number / 2;
}

Result<int> Quarter(int number, int& steps) {
  TRY_ASSIGN(const int half, Half(number));
  ++steps;
  TRY_ASSIGN(const int quarter, Half(half));
  ++steps;
  return quarter;
}

Result<void> OnlyEven(int number) {
  if (number % 2 != 0) return Refusal();
  return {};
}

Result<std::string> Sentence(int number, int& steps) {
  TRY_VOID(OnlyEven(number));
  ++steps;
  return std::string("even");
}

TEST(Result, HoldsAValue) {
  const Result<int> result = Half(8);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(*result, 4);
  EXPECT_EQ(result.value(), 4);
}

TEST(Result, HoldsAnErrorWithAllItsParts) {
  const Result<int> result = Half(7);
  ASSERT_FALSE(result.ok());
  EXPECT_FALSE(static_cast<bool>(result));
  EXPECT_EQ(result.error().code, ErrorCode::kPinWrong);
  EXPECT_EQ(result.error().detail, "detail");
  EXPECT_EQ(result.error().tries_left, 2);
}

TEST(Result, MovesAValueThatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 5);
}

TEST(Result, KeepsValueAndErrorApartWhenTheValueIsAnErrorCode) {
  const Result<ErrorCode> result = ErrorCode::kPinBlocked;
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, ErrorCode::kPinBlocked);
}

TEST(TryAssign, GoesOnWithTheValue) {
  int steps = 0;
  const Result<int> result = Quarter(12, steps);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, 3);
  EXPECT_EQ(steps, 2);
}

TEST(TryAssign, ReturnsTheFirstErrorAtOnce) {
  int steps = 0;
  EXPECT_EQ(Quarter(7, steps).error().code, ErrorCode::kPinWrong);
  EXPECT_EQ(steps, 0);
  EXPECT_EQ(Quarter(6, steps).error().tries_left, 2);
  EXPECT_EQ(steps, 1);
}

TEST(TryVoid, GoesOnOrReturnsTheErrorInAFunctionOfAnotherType) {
  int steps = 0;
  EXPECT_EQ(*Sentence(2, steps), "even");
  EXPECT_EQ(steps, 1);
  EXPECT_EQ(Sentence(3, steps).error().detail, "detail");
  EXPECT_EQ(steps, 1);
}

}  // namespace
}  // namespace madoguchi
