// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/call_recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace madoguchi::eligibility {
namespace {

// Takes what is written; can be held, or be away.
class MemoryBook final : public CallBook {
 public:
  Result<void> Write(const std::vector<CallRecord>& records, Deadline deadline) override {
    std::unique_lock lock(mutex);
    ++writes;
    changed.notify_all();
    changed.wait_until(lock, deadline.at(), [this] { return !held; });
    if (error) return *error;
    rows.insert(rows.end(), records.begin(), records.end());
    changed.notify_all();
    return {};
  }
  Result<std::size_t> EndAbandoned(Deadline) override { return std::size_t{0}; }
  Result<std::vector<UnknownCall>> TakeUnknown(Deadline) override { return std::vector<UnknownCall>{}; }
  Result<void> Reconcile(const UnknownCall&, Became, Deadline) override { return {}; }
  Result<bool> ForgetOld(Deadline) override { return true; }
  Result<CallPage> Search(const CallSearch&, Deadline) override { return CallPage{}; }

  template <class Condition>
  bool Until(Condition condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), condition);
  }
  void Set(bool hold, std::optional<Error> trouble) {
    const std::lock_guard lock(mutex);
    held = hold;
    error = std::move(trouble);
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<CallRecord> rows;
  int writes = 0;
  bool held = false;
  std::optional<Error> error;
};

CallRecord Begun(const std::string& id) {
  CallRecord record;
  record.call_id = id;
  record.kind = call_kind::kCheck;
  return record;
}

CallRecord Ended(const std::string& id) {
  CallRecord record = Begun(id);
  record.ended = true;
  record.outcome = "answered";
  return record;
}

const Error kAway{ErrorCode::kDatabaseUnreachable, "away", {}};

TEST(CallRecorder, WritesWhatItIsGiven) {
  MemoryBook book;
  CallRecorder recorder(book);
  recorder.Add(Begun("a"));
  EXPECT_TRUE(book.Until([&] { return book.rows.size() == 1; }));
  recorder.Add(Ended("a"));
  EXPECT_TRUE(book.Until([&] { return book.rows.size() == 2; }));
  EXPECT_TRUE(book.rows[1].ended);
}

TEST(CallRecorder, NeverMakesACallWaitAndWritesManyAtOnce) {
  MemoryBook book;
  CallRecorder recorder(book);
  book.Set(true, {});
  recorder.Add(Begun("first"));
  ASSERT_TRUE(book.Until([&] { return book.writes == 1; }));
  for (int i = 0; i < 100; ++i) {  // the book holds the writer: these return all the same
    recorder.Add(Begun(std::to_string(i)));
    recorder.Add(Ended(std::to_string(i)));
  }
  book.Set(false, {});
  EXPECT_TRUE(book.Until([&] { return book.rows.size() == 101; }));
  EXPECT_EQ(book.writes, 2) << "beginnings and ends of one batch are one row each";
  EXPECT_TRUE(std::all_of(book.rows.begin() + 1, book.rows.end(), [](const CallRecord& row) { return row.ended; }));
}

TEST(CallRecorder, CountsWhatDoesNotFit) {
  MemoryBook book;
  std::atomic<std::size_t> lost = 0;
  CallRecorder recorder(
      book, [&](std::size_t count) { lost += count; }, 10);
  book.Set(true, {});
  recorder.Add(Begun("first"));
  ASSERT_TRUE(book.Until([&] { return book.writes == 1; }));
  for (int i = 0; i < 15; ++i) recorder.Add(Begun(std::to_string(i)));
  EXPECT_EQ(lost, 5u);
  book.Set(false, {});
  EXPECT_TRUE(book.Until([&] { return book.rows.size() == 11; }));
}

TEST(CallRecorder, TriesAgainWhenTheDatabaseComesBack) {
  MemoryBook book;
  std::atomic<std::size_t> lost = 0;
  CallRecorder recorder(book, [&](std::size_t count) { lost += count; });
  book.Set(false, kAway);
  recorder.Add(Ended("a"));
  ASSERT_TRUE(book.Until([&] { return book.writes >= 2; }));
  book.Set(false, {});
  EXPECT_TRUE(book.Until([&] { return book.rows.size() == 1; }));
  EXPECT_EQ(lost, 0u);
}

TEST(CallRecorder, GivesUpARowTheBookCannotTakeAndGoesOn) {
  MemoryBook book;
  std::atomic<std::size_t> lost = 0;
  CallRecorder recorder(book, [&](std::size_t count) { lost += count; });
  book.Set(false, Error{ErrorCode::kDatabaseError, "no", {}});
  recorder.Add(Ended("bad"));
  const Deadline deadline = Deadline::In(std::chrono::seconds(20));
  while (lost == 0 && !deadline.passed()) std::this_thread::yield();
  ASSERT_EQ(lost, 1u);
  book.Set(false, {});
  recorder.Add(Ended("good"));
  EXPECT_TRUE(book.Until([&] { return book.rows.size() == 1; }));
  EXPECT_EQ(book.rows[0].call_id, "good");
}

TEST(CallRecorder, WritesWhatWaitsWhenItEnds) {
  MemoryBook book;
  {
    CallRecorder recorder(book);
    for (int i = 0; i < 500; ++i) recorder.Add(Ended(std::to_string(i)));
  }
  EXPECT_EQ(book.rows.size(), 500u);
}

TEST(CallRecorder, EndsSoonWhenTheDatabaseIsAway) {
  MemoryBook book;
  book.error = kAway;
  std::atomic<std::size_t> lost = 0;
  const auto begin = std::chrono::steady_clock::now();
  {
    CallRecorder recorder(book, [&](std::size_t count) { lost += count; });
    for (int i = 0; i < 500; ++i) recorder.Add(Ended(std::to_string(i)));
  }
  EXPECT_EQ(lost, 500u);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2 * kCallLastWriteWithin);
}

}  // namespace
}  // namespace madoguchi::eligibility
