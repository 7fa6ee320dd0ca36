// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/challenge_shelf.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <thread>

namespace madoguchi::eligibility {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Counts what it is asked; can be held before it answers.
class CountingService final : public NationalService {
 public:
  Result<Challenge> IssueChallenge(const Caller& caller, Deadline deadline) override {
    std::unique_lock lock(mutex);
    callers.push_back(caller);
    changed.notify_all();
    changed.wait_until(lock, deadline.at(), [this] { return !held; });
    if (error) return *error;
    return Challenge{"challenge-" + std::to_string(callers.size()), Bytes(32, 1), good_for};
  }
  Result<Answer> Ask(const Question&, Deadline) override { return Answer{}; }
  Result<SightPermit> PermitSight(const Caller&, ByteView, ByteView, Deadline) override { return SightPermit{}; }
  Result<Answer> Inquire(const Inquiry&, Deadline) override { return Answer{}; }

  bool UntilAsked(std::size_t times) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, seconds(20), [&] { return callers.size() >= times; });
  }
  std::size_t asked() {
    const std::lock_guard lock(mutex);
    return callers.size();
  }
  void PromiseFor(milliseconds time) {
    const std::lock_guard lock(mutex);
    good_for = time;
  }
  void Hold(bool hold) {
    const std::lock_guard lock(mutex);
    held = hold;
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Caller> callers;
  bool held = false;
  std::optional<Error> error;
  milliseconds good_for{120'000};
};

Caller Desk(const std::string& desk, const std::string& account = "W0000001") {
  return {"1311234567", account, desk};
}

Deadline Soon() {
  return Deadline::In(seconds(10));
}

class ChallengeShelfTest : public testing::Test {
 protected:
  void PrepareAndWait(const Caller& caller, std::size_t waiting) {
    shelf_.Prepare(caller);
    const Deadline deadline = Soon();
    while (shelf_.waiting() < waiting && !deadline.passed()) std::this_thread::yield();
    ASSERT_EQ(shelf_.waiting(), waiting);
  }
  CountingService service_;
  ChallengeShelf shelf_{service_};
};

TEST_F(ChallengeShelfTest, ThePressAfterACardTakesTheChallengeThatIsThereWithoutATrip) {
  PrepareAndWait(Desk("a"), 1);
  service_.Hold(true);  // nobody would answer now
  const Result<Challenge> challenge = shelf_.IssueChallenge(Desk("a"), Deadline::In(milliseconds(0)));
  ASSERT_TRUE(challenge.ok());
  EXPECT_EQ(challenge->id, "challenge-1");
  EXPECT_EQ(service_.asked(), 1u);
  service_.Hold(false);
}

TEST_F(ChallengeShelfTest, AChallengeServesOneCheck) {
  PrepareAndWait(Desk("a"), 1);
  EXPECT_EQ(shelf_.IssueChallenge(Desk("a"), Soon())->id, "challenge-1");
  EXPECT_EQ(shelf_.IssueChallenge(Desk("a"), Soon())->id, "challenge-2");
  EXPECT_EQ(shelf_.waiting(), 0u);
}

TEST_F(ChallengeShelfTest, AsksWhenNothingWasPrepared) {
  EXPECT_EQ(shelf_.IssueChallenge(Desk("a"), Soon())->id, "challenge-1");
}

TEST_F(ChallengeShelfTest, KeepsOneChallengePerDeskHoweverOftenACardIsSeen) {
  PrepareAndWait(Desk("a"), 1);
  for (int i = 0; i < 100; ++i) shelf_.Prepare(Desk("a"));
  PrepareAndWait(Desk("b"), 2);
  EXPECT_EQ(service_.asked(), 2u);
}

TEST_F(ChallengeShelfTest, NeverGivesTheChallengeOfAnotherDeskOrAccount) {
  PrepareAndWait(Desk("a"), 1);
  EXPECT_EQ(shelf_.IssueChallenge(Desk("b"), Soon())->id, "challenge-2");
  EXPECT_EQ(shelf_.IssueChallenge(Desk("a", "W0000002"), Soon())->id, "challenge-3");
  EXPECT_EQ(shelf_.waiting(), 1u);
}

TEST_F(ChallengeShelfTest, ADeskThatChangedItsAccountGetsAChallengeOfTheNewOne) {
  PrepareAndWait(Desk("a"), 1);
  shelf_.Prepare(Desk("a", "W0000002"));
  ASSERT_TRUE(service_.UntilAsked(2));
  EXPECT_EQ(shelf_.IssueChallenge(Desk("a", "W0000002"), Soon())->id, "challenge-2");
  EXPECT_EQ(service_.asked(), 2u);
}

TEST_F(ChallengeShelfTest, DoesNotKeepOneThatMightRunOutDuringACheck) {
  service_.PromiseFor(kShelfMargin);
  shelf_.Prepare(Desk("a"));
  ASSERT_TRUE(service_.UntilAsked(1));
  service_.PromiseFor(milliseconds(120'000));
  const Result<Challenge> challenge = shelf_.IssueChallenge(Desk("a"), Soon());
  ASSERT_TRUE(challenge.ok());
  EXPECT_EQ(challenge->id, "challenge-2");
}

TEST_F(ChallengeShelfTest, DropsOneThatWasKeptForTooLong) {
  service_.PromiseFor(kShelfMargin + milliseconds(30));
  PrepareAndWait(Desk("a"), 1);
  const Deadline over = Deadline::In(milliseconds(60));
  while (!over.passed()) std::this_thread::yield();
  EXPECT_EQ(shelf_.IssueChallenge(Desk("b"), Soon())->id, "challenge-2");
  EXPECT_EQ(shelf_.waiting(), 0u) << "a desk that left is forgotten with its challenge";
  EXPECT_EQ(shelf_.IssueChallenge(Desk("a"), Soon())->id, "challenge-3");
}

TEST_F(ChallengeShelfTest, APressThatComesWhileItIsFetchedWaitsForThatOne) {
  service_.Hold(true);
  shelf_.Prepare(Desk("a"));
  ASSERT_TRUE(service_.UntilAsked(1));
  std::thread release([&] { service_.Hold(false); });
  const Result<Challenge> challenge = shelf_.IssueChallenge(Desk("a"), Soon());
  release.join();
  ASSERT_TRUE(challenge.ok());
  EXPECT_EQ(challenge->id, "challenge-1");
  EXPECT_EQ(service_.asked(), 1u);
}

TEST_F(ChallengeShelfTest, OneThatDoesNotComeCostsThePressHalfOfItsTimeAtMost) {
  service_.Hold(true);
  shelf_.Prepare(Desk("a"));
  ASSERT_TRUE(service_.UntilAsked(1));
  std::thread release([&] {
    service_.UntilAsked(2);
    service_.Hold(false);
  });
  EXPECT_TRUE(shelf_.IssueChallenge(Desk("a"), Deadline::In(milliseconds(400))).ok());
  EXPECT_GE(service_.asked(), 2u) << "the press asked for itself";
  service_.Hold(false);
  release.join();
}

TEST_F(ChallengeShelfTest, WhatFailedWhenFetchedAheadIsAskedAgainByThePress) {
  service_.error = Error{ErrorCode::kNationalUnavailable, "", {}};
  shelf_.Prepare(Desk("a"));
  ASSERT_TRUE(service_.UntilAsked(1));
  EXPECT_EQ(shelf_.IssueChallenge(Desk("a"), Soon()).error().code, ErrorCode::kNationalUnavailable);
  EXPECT_EQ(service_.asked(), 2u);
}

// A card that lies on its reader all night says so every second.
TEST_F(ChallengeShelfTest, WhatBroughtNothingIsNotFetchedAgainWhileTheCardLiesThere) {
  service_.PromiseFor(kShelfMargin);  // of no use: it might run out during a check
  shelf_.Prepare(Desk("a"));
  ASSERT_TRUE(service_.UntilAsked(1));
  EXPECT_TRUE(shelf_.IssueChallenge(Desk("a"), Soon()).ok());
  service_.PromiseFor(milliseconds(120'000));
  for (int i = 0; i < 100; ++i) shelf_.Prepare(Desk("a"));
  PrepareAndWait(Desk("b"), 1);
  EXPECT_EQ(service_.asked(), 3u) << "once for the card, once for the press, once for the other desk";
}

TEST(ChallengeShelfPause, IsOverAfterItsTime) {
  CountingService service;
  service.error = Error{ErrorCode::kNationalUnavailable, "", {}};
  ChallengeShelf shelf(service, milliseconds(1));
  const Deadline deadline = Soon();
  while (service.asked() < 3 && !deadline.passed()) shelf.Prepare(Desk("a"));
  EXPECT_GE(service.asked(), 3u);
}

TEST_F(ChallengeShelfTest, PreparesForALimitedNumberOfDesks) {
  service_.Hold(true);
  for (std::size_t i = 0; i < 2 * kShelfDesksMax; ++i) shelf_.Prepare(Desk("desk-" + std::to_string(i)));
  service_.Hold(false);
  const Deadline deadline = Soon();
  while (shelf_.waiting() < kShelfDesksMax && !deadline.passed()) std::this_thread::yield();
  EXPECT_EQ(shelf_.waiting(), kShelfDesksMax);
  EXPECT_EQ(service_.asked(), kShelfDesksMax);
}

TEST_F(ChallengeShelfTest, NoChallengeServesTwoChecksOfManyThreads) {
  std::mutex mutex;
  std::multiset<std::string> served;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j) {
        shelf_.Prepare(Desk("a"));
        const Result<Challenge> challenge = shelf_.IssueChallenge(Desk("a"), Soon());
        const std::lock_guard lock(mutex);
        served.insert(challenge.ok() ? challenge->id : "error");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served.size(), 800u);
  for (const std::string& id : served) EXPECT_EQ(served.count(id), 1u) << id;
}

}  // namespace
}  // namespace madoguchi::eligibility
