// SPDX-License-Identifier: Apache-2.0
#include "server/desk/silence_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>

namespace madoguchi::desk {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kWaitMax{20};
constexpr milliseconds kShort{20};
constexpr int kAttemptsMax = 50;

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

// How often stream 1 was said to be late although `act` was done in time; begins again when this thread was held up.
std::optional<int> LateAfter(SilenceWatch& watch, const std::function<void()>& act) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto late = std::make_shared<std::atomic<int>>(0);
    const auto start = SilenceWatch::Clock::now();
    watch.Add(1, kShort, [late] { ++*late; });
    act();
    if (SilenceWatch::Clock::now() - start >= kShort) continue;
    const auto end = std::make_shared<Event>();
    watch.Add(2, 3 * kShort, [tell = end->Setter(), end] { tell(); });
    if (!end->Wait()) return {};
    return *late;
  }
  return {};
}

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
  SilenceWatch watch;
  EXPECT_EQ(LateAfter(watch, [&watch] { watch.Expect(1, hours(1)); }), 0);
}

TEST(SilenceWatch, ForgetsAStreamThatEnded) {
  SilenceWatch watch;
  EXPECT_EQ(LateAfter(watch,
                      [&watch] {
                        watch.Forget(1);
                        watch.Expect(1, milliseconds(1));
                      }),
            0);
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
