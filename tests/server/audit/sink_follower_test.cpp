// SPDX-License-Identifier: Apache-2.0
#include "server/audit/sink_follower.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/server/audit/sink_batches.h"

namespace madoguchi::audit {
namespace {

constexpr std::chrono::seconds kWaitMax{20};

Error Gone() {
  return {ErrorCode::kDatabaseUnreachable, "gone", {}};
}

// A book and a sink in memory that can be made to fail.
class Clinic : public SinkBook, public Sink {
 public:
  Result<bool> Hold() override {
    const std::lock_guard lock(mutex_);
    if (database_gone) return Gone();
    if (!elsewhere) held_ = true;
    ++asked;
    changed_.notify_all();
    return held_;
  }
  void Release() override {
    const std::lock_guard lock(mutex_);
    held_ = false;
    ++released;
    changed_.notify_all();
  }
  Result<SinkBatch> Next() override {
    const std::lock_guard lock(mutex_);
    if (!held_) return Gone();
    return test::Batch(noted, std::min<std::uint64_t>(noted + kSinkRowsMax, size));
  }
  Result<void> Taken(const SinkBatch& batch) override {
    const std::lock_guard lock(mutex_);
    if (!held_ || std::exchange(notes_fail, false)) return Gone();
    noted = batch.next;
    trouble = 0;
    changed_.notify_all();
    return {};
  }
  Result<void> Failed(ErrorCode code) override {
    const std::lock_guard lock(mutex_);
    trouble = static_cast<int>(code);
    return {};
  }
  Result<SinkLag> Lag(Deadline) override { return SinkLag{}; }
  Result<bool> Tell(bool, const SinkLag&, Deadline) override { return false; }

  Result<void> Take(const SinkBatch& batch) override {
    std::unique_lock lock(mutex_);
    taking = true;
    changed_.notify_all();
    if (frozen) changed_.wait_for(lock, kWaitMax, [this] { return interrupted; });
    if (refusals > 0 || interrupted) {
      --refusals;
      return Error{ErrorCode::kTrailSinkFailed, "test", {}};
    }
    for (const SinkRow& row : batch.rows) taken.push_back(row.leaf);
    return {};
  }
  void Interrupt() override {
    const std::lock_guard lock(mutex_);
    interrupted = true;
    changed_.notify_all();
  }

  template <class Condition>
  bool Becomes(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kWaitMax, condition);
  }
  template <class Change>
  void Now(Change change) {
    const std::lock_guard lock(mutex_);
    change();
  }

  std::uint64_t size = 0, noted = 0;
  std::vector<std::uint64_t> taken;
  int refusals = 0, released = 0, trouble = 0, asked = 0;
  bool elsewhere = false, database_gone = false, frozen = false, interrupted = false, notes_fail = false,
       taking = false;

 private:
  bool held_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
};

std::vector<std::uint64_t> Leaves(std::uint64_t count) {
  std::vector<std::uint64_t> leaves;
  for (std::uint64_t leaf = 0; leaf < count; ++leaf) leaves.push_back(leaf);
  return leaves;
}

TEST(SinkFollower, BringsEverythingThatWaitsAtOnceAndThenWhatComes) {
  Clinic clinic;
  clinic.size = 3 * kSinkRowsMax + 7;
  const auto before = std::chrono::steady_clock::now();
  const SinkFollower follower(clinic, clinic, [] {});
  EXPECT_TRUE(clinic.Becomes([&] { return clinic.noted == 3 * kSinkRowsMax + 7; }));
  EXPECT_LT(std::chrono::steady_clock::now() - before, kSinkLookEvery) << "no pause between full batches";
  clinic.Now([&] { clinic.size += 2; });
  EXPECT_TRUE(clinic.Becomes([&] { return clinic.noted == 3 * kSinkRowsMax + 9; }));
  clinic.Now([&] { EXPECT_EQ(clinic.taken, Leaves(3 * kSinkRowsMax + 9)); });
}

TEST(SinkFollower, AFailureIsNotedCountedAndLetsAnotherServerTry) {
  Clinic clinic;
  clinic.size = 5;
  clinic.refusals = 2;
  std::atomic<int> failures = 0;
  const SinkFollower follower(clinic, clinic, [&] { ++failures; });
  EXPECT_TRUE(clinic.Becomes([&] { return clinic.released == 1; }));
  clinic.Now([&] {
    EXPECT_EQ(clinic.trouble, 1615);
    EXPECT_EQ(clinic.noted, 0u);
  });
  EXPECT_TRUE(clinic.Becomes([&] { return clinic.noted == 5; }));
  EXPECT_EQ(failures, 2);
  clinic.Now([&] {
    EXPECT_EQ(clinic.trouble, 0);
    EXPECT_EQ(clinic.taken, Leaves(5));
  });
}

TEST(SinkFollower, ADatabaseThatIsGoneIsNoFailureOfTheSink) {
  Clinic clinic;
  clinic.size = 5;
  clinic.notes_fail = true;
  std::atomic<int> failures = 0;
  const SinkFollower follower(clinic, clinic, [&] { ++failures; });
  EXPECT_TRUE(clinic.Becomes([&] { return clinic.noted == 5; }));
  EXPECT_EQ(failures, 0);
  clinic.Now([&] { EXPECT_EQ(clinic.taken.size(), 10u) << "sent twice: nobody had noted it"; });
}

TEST(SinkFollower, GoesOnWhereAnotherServerEnded) {
  Clinic clinic;
  clinic.size = 5;
  clinic.elsewhere = true;
  const SinkFollower follower(clinic, clinic, [] {});
  clinic.Now([&] {
    clinic.noted = 3;
    clinic.elsewhere = false;
  });
  EXPECT_TRUE(clinic.Becomes([&] { return clinic.noted == 5; }));
  clinic.Now([&] { EXPECT_EQ(clinic.taken, (std::vector<std::uint64_t>{3, 4})); });
}

TEST(SinkFollower, SaysOnceThatTheSinkIsBehindWhileServersTakeTurnsAtFailing) {
  Clinic clinic;
  clinic.size = 5;
  clinic.refusals = 1;
  testing::internal::CaptureStderr();
  {
    const SinkFollower follower(clinic, clinic, [] {});
    EXPECT_TRUE(clinic.Becomes([&] { return clinic.released == 1; }));
    clinic.Now([&] {
      clinic.elsewhere = true;
      clinic.asked = 0;
    });
    EXPECT_TRUE(clinic.Becomes([&] { return clinic.asked == 1; }));  // how it goes there is not known
    clinic.Now([&] {
      clinic.elsewhere = false;
      clinic.frozen = true;
      clinic.taking = false;
    });
    EXPECT_TRUE(clinic.Becomes([&] { return clinic.taking; }));
  }  // an end while it waits for the sink is no going on either
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
  EXPECT_NE(log.find("event=sink_behind code=1615"), std::string::npos);
}

TEST(SinkFollower, EndsAtOnceWhileTheSinkIsFrozenAndCallsThatNoFailure) {
  Clinic clinic;
  clinic.size = 5;
  clinic.frozen = true;
  std::atomic<int> failures = 0;
  {
    const SinkFollower follower(clinic, clinic, [&] { ++failures; });
    EXPECT_TRUE(clinic.Becomes([&] { return clinic.taking; }));
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(clinic.noted, 0u);
  EXPECT_GE(clinic.released, 1);
}

}  // namespace
}  // namespace madoguchi::audit
