// SPDX-License-Identifier: Apache-2.0
#include "server/desk/silence_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace madoguchi::desk {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kWaitMax{20};

// Something that can be waited for.
class Event {
 public:
  std::function<void()> Setter() {
    return [this] {
      ++count;
      if (count == 1) promise_.set_value();
    };
  }
  bool Wait() { return promise_.get_future().wait_for(kWaitMax) == std::future_status::ready; }
  std::atomic<int> count{0};

 private:
  std::promise<void> promise_;
};

TEST(SilenceWatch, NoticesThatNothingCame) {
  Event late;
  SilenceWatch watch;
  watch.Add(1, milliseconds(10), late.Setter());
  EXPECT_TRUE(late.Wait());
}

TEST(SilenceWatch, WakesForATimeThatBecameShorter) {
  Event late;
  SilenceWatch watch;
  watch.Add(1, hours(1), late.Setter());
  watch.Expect(1, milliseconds(10));
  EXPECT_TRUE(late.Wait());
}

TEST(SilenceWatch, WaitsLongerAfterSomethingCame) {
  Event other;
  Event end;
  SilenceWatch watch;
  watch.Add(1, milliseconds(20), other.Setter());
  watch.Expect(1, hours(1));
  watch.Add(2, milliseconds(60), end.Setter());
  ASSERT_TRUE(end.Wait());
  EXPECT_EQ(other.count, 0);
}

TEST(SilenceWatch, ForgetsAStreamThatEnded) {
  Event gone;
  Event end;
  SilenceWatch watch;
  watch.Add(1, milliseconds(20), gone.Setter());
  watch.Forget(1);
  watch.Expect(1, milliseconds(1));
  watch.Add(2, milliseconds(60), end.Setter());
  ASSERT_TRUE(end.Wait());
  EXPECT_EQ(gone.count, 0);
}

TEST(SilenceWatch, SaysItOncePerSilence) {
  Event first;
  Event end;
  SilenceWatch watch;
  watch.Add(1, milliseconds(1), first.Setter());
  ASSERT_TRUE(first.Wait());
  watch.Add(2, milliseconds(50), end.Setter());
  ASSERT_TRUE(end.Wait());
  EXPECT_EQ(first.count, 1);
}

TEST(SilenceWatch, StopsAtOnceWhileItWaits) {
  const auto start = std::chrono::steady_clock::now();
  {
    SilenceWatch watch;
    watch.Add(1, hours(1), [] {});
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, kWaitMax);
}

}  // namespace
}  // namespace madoguchi::desk
