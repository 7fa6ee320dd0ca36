// SPDX-License-Identifier: Apache-2.0
#include "contract/child_process.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace madoguchi {
namespace {

Deadline Soon() {
  return Deadline::In(std::chrono::seconds(30));
}

TEST(FilterThrough, GivesBackWhatTheProgramWrites) {
  const std::string input(300'000, 'x');
  const auto filtered = FilterThrough("/usr/bin/cat", {}, AsBytes(input), 400'000, Soon());
  ASSERT_TRUE(filtered.ok());
  EXPECT_EQ(filtered->status, 0);
  EXPECT_EQ(AsText(filtered->output.view()), input);
}

TEST(FilterThrough, LetsTheProgramSeekInItsInput) {
  const auto filtered = FilterThrough("/usr/bin/tail", {"-c", "3"}, AsBytes("abcdef"), 100, Soon());
  ASSERT_TRUE(filtered.ok());
  EXPECT_EQ(AsText(filtered->output.view()), "def");
}

TEST(FilterThrough, GivesTheExitStatus) {
  const auto filtered = FilterThrough("/usr/bin/false", {}, {}, 100, Soon());
  ASSERT_TRUE(filtered.ok());
  EXPECT_EQ(filtered->status, 1);
}

TEST(FilterThrough, StartsTheProgramWithNothingOfOurs) {
  ASSERT_EQ(setenv("MADOGUCHI_TEST_MARKER", "x", 1), 0);
  const auto environment = FilterThrough("/usr/bin/env", {}, {}, 10'000, Soon());
  ASSERT_TRUE(environment.ok());
  EXPECT_EQ(AsText(environment->output.view()), "LC_ALL=C.UTF-8\n");
  const auto files = FilterThrough("/usr/bin/ls", {"-1", "/proc/self/fd"}, {}, 10'000, Soon());
  ASSERT_TRUE(files.ok());
  EXPECT_EQ(AsText(files->output.view()), "0\n1\n2\n3\n");  // 3: the folder it reads
}

TEST(FilterThrough, TakesArgumentsAsTheyAre) {
  const auto filtered = FilterThrough("/usr/bin/printf", {"%s", "$(id) ; \"'"}, {}, 100, Soon());
  ASSERT_TRUE(filtered.ok());
  EXPECT_EQ(AsText(filtered->output.view()), "$(id) ; \"'");
}

TEST(FilterThrough, StopsAtTheLimitOfTheOutput) {
  const auto filtered = FilterThrough("/usr/bin/yes", {}, {}, 1000, Soon());
  ASSERT_FALSE(filtered.ok());
  EXPECT_EQ(filtered.error().code, ErrorCode::kSheetUnreadable);
}

TEST(FilterThrough, StopsAtTheDeadline) {
  const Stopwatch watch;
  const auto filtered = FilterThrough("/usr/bin/sleep", {"60"}, {}, 1000, Deadline::In(std::chrono::milliseconds(100)));
  EXPECT_FALSE(filtered.ok());
  EXPECT_LT(watch.elapsed(), std::chrono::seconds(20));
}

TEST(FilterThrough, StopsAProgramThatClosesItsOutputAndStays) {
  const Stopwatch watch;
  const auto filtered = FilterThrough("/usr/bin/sh", {"-c", "exec >&-; exec sleep 60"}, {}, 1000,
                                      Deadline::In(std::chrono::milliseconds(500)));
  EXPECT_FALSE(filtered.ok());
  EXPECT_LT(watch.elapsed(), std::chrono::seconds(20));
}

TEST(FilterThrough, GivesTheProgramNoMemoryBeyondTheLimit) {
  const auto filtered = FilterThrough("/usr/bin/python3", {"-c", "x = bytearray(700 * 1024 * 1024)"}, {}, 1000, Soon());
  EXPECT_TRUE(!filtered.ok() || filtered->status != 0);
}

TEST(FilterThrough, LetsTheProgramWriteNoFile) {
  const auto filtered =
      FilterThrough("/usr/bin/sh", {"-c", "echo x > /tmp/madoguchi-filter-test && echo written"}, {}, 1000, Soon());
  EXPECT_TRUE(!filtered.ok() || AsText(filtered->output.view()).empty());
  (void)std::remove("/tmp/madoguchi-filter-test");
}

TEST(FilterThrough, SaysThatAProgramIsNotThere) {
  const auto filtered = FilterThrough("/usr/bin/no-such-program", {}, {}, 1000, Soon());
  ASSERT_FALSE(filtered.ok());
  EXPECT_EQ(filtered.error().code, ErrorCode::kConfigFileUnreadable);
}

TEST(WipedBuffer, RefusesWhatDoesNotFit) {
  WipedBuffer buffer(4);
  EXPECT_TRUE(buffer.Append(AsBytes("abcd")));
  EXPECT_FALSE(buffer.Append(AsBytes("e")));
  EXPECT_EQ(AsText(buffer.view()), "abcd");
  buffer.Clear();
  EXPECT_TRUE(buffer.Append(AsBytes("e")));
}

}  // namespace
}  // namespace madoguchi
