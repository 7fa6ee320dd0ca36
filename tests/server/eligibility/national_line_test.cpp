// SPDX-License-Identifier: Apache-2.0
// What holds for all requests together, against a real TLS server in this process.
#include "server/eligibility/national_line.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/server/eligibility/test_server.h"

namespace madoguchi::eligibility::test {
namespace {

using outbound::Fate;
using std::chrono::milliseconds;
using std::chrono::seconds;
using State = CircuitBreaker::State;

outbound::HttpsRequest To(const std::string& url) {
  return {.url = url + "/v1/challenges", .headers = {}, .body = "{}", .answer_bytes_max = 1000};
}

Reaction Fine() {
  return Answered(200, "application/json", "{}");
}

Reaction Later(int status, const std::string& retry_after) {
  return {.bytes = "HTTP/1.1 " + std::to_string(status) + " Test\r\nRetry-After: " + retry_after +
                   "\r\nContent-Length: 0\r\n\r\n"};
}

Deadline In(milliseconds time) {
  return Deadline::In(time);
}

TEST(NationalLine, BringsTheAnswerAndHowTheEndpointAnnouncesItself) {
  TlsServer server(Ours().files(), [](const Request&, std::size_t) {
    return Reaction{.bytes =
                        "HTTP/1.1 200 Test\r\nX-Madoguchi-National-Service: simulator\r\nContent-Length: 0\r\n\r\n"};
  });
  NationalLine line(Ours().files(), {});
  const Result<Attempts> attempts = line.Post("a", To(server.url()), In(seconds(10)));
  ASSERT_TRUE(attempts.ok());
  EXPECT_EQ(attempts->count, 1);
  EXPECT_EQ(attempts->last.status, 200);
  EXPECT_EQ(attempts->service, "simulator");
  EXPECT_FALSE(attempts->maybe_acted_on);
}

TEST(NationalLine, WaitsAsLongAsTheServiceAsksBeforeItRepeats) {
  TlsServer server(Ours().files(),
                   [](const Request&, std::size_t ordinal) { return ordinal == 1 ? Later(503, "1") : Fine(); });
  int retried = 0;
  NationalLine line(Ours().files(), {.retried = [&] { ++retried; }});
  const Stopwatch watch;
  const Result<Attempts> attempts = line.Post("a", To(server.url()), In(seconds(10)));
  ASSERT_TRUE(attempts.ok());
  EXPECT_EQ(attempts->last.status, 200);
  EXPECT_GE(watch.elapsed(), seconds(1));
  EXPECT_EQ(attempts->count, 2);
  EXPECT_EQ(retried, 1);
}

TEST(NationalLine, DoesNotWaitForATimeBeyondTheDeadline) {
  for (const char* retry_after : {"60", "99999999", "Fri, 31 Dec 2999 23:59:59 GMT"}) {
    TlsServer server(Ours().files(), [&](const Request&, std::size_t) { return Later(429, retry_after); });
    NationalLine line(Ours().files(), {});
    const Stopwatch watch;
    const Result<Attempts> attempts = line.Post("a", To(server.url()), In(seconds(10)));
    ASSERT_TRUE(attempts.ok());
    EXPECT_EQ(attempts->count, 1) << retry_after;
    EXPECT_LT(watch.elapsed(), seconds(8));
    EXPECT_FALSE(attempts->maybe_acted_on);
  }
}

TEST(NationalLine, DoesNotTryAgainWhereTheCertificateIsNotAccepted) {
  const Authority other;
  TlsServer server(other.files(), [](const Request&, std::size_t) { return Fine(); });
  NationalLine line(Ours().files(), {});
  const Result<Attempts> attempts = line.Post("a", To(server.url()), In(seconds(10)));
  ASSERT_TRUE(attempts.ok());
  EXPECT_EQ(attempts->last.fate, Fate::kTlsRefused);
  EXPECT_EQ(attempts->count, 1);
}

TEST(NationalLine, PausesAfterFailuresInARowAndSaysSoAtOnce) {
  std::vector<State> told;
  NationalLine line(Ours().files(), {.breaker = [&](State state) { told.push_back(state); }});
  const std::string nowhere = ClosedUrl();
  for (int i = 0; i < kBreakerFailures; ++i) {
    const Result<Attempts> attempts = line.Post("a", To(nowhere), In(seconds(10)));
    ASSERT_TRUE(attempts.ok());
    EXPECT_EQ(attempts->last.fate, Fate::kUnreachable);
  }
  const Stopwatch watch;
  const Result<Attempts> paused = line.Post("a", To(nowhere), In(seconds(10)));
  ASSERT_FALSE(paused.ok());
  EXPECT_EQ(paused.error().code, ErrorCode::kNationalPaused);
  EXPECT_LT(watch.elapsed(), seconds(2));
  EXPECT_EQ(told, (std::vector<State>{State::kOpen}));
}

TEST(NationalLine, GoesOnWhenTheServiceIsBack) {
  std::atomic<bool> broken = true;
  TlsServer server(Ours().files(),
                   [&](const Request&, std::size_t) { return broken ? Answered(503, "text/plain", "") : Fine(); });
  std::vector<State> told;
  NationalLine line(Ours().files(),
                    {.breaker_open_first = milliseconds(1), .breaker = [&](State state) { told.push_back(state); }});
  for (int i = 0; i < kBreakerFailures; ++i) ASSERT_TRUE(line.Post("a", To(server.url()), In(seconds(10))).ok());
  broken = false;
  const Deadline deadline = In(seconds(10));
  bool answered = false;
  while (!answered && !deadline.passed()) {  // until the pause of a millisecond is over
    const Result<Attempts> attempts = line.Post("a", To(server.url()), deadline);
    answered = attempts.ok() && attempts->last.status == 200;
  }
  EXPECT_TRUE(answered);
  EXPECT_EQ(told, (std::vector<State>{State::kOpen, State::kHalfOpen, State::kClosed}));
}

TEST(NationalLine, ARefusalIsAnAnswerAndPausesNothing) {
  TlsServer server(Ours().files(),
                   [](const Request&, std::size_t) { return Answered(422, "application/problem+json", "{}"); });
  NationalLine line(Ours().files(), {});
  for (int i = 0; i < 3 * kBreakerFailures; ++i) EXPECT_TRUE(line.Post("a", To(server.url()), In(seconds(10))).ok());
}

TEST(NationalLine, ACallWithoutTimeSendsNothingAndCountsForNothing) {
  NationalLine line(Ours().files(), {});
  for (int i = 0; i < 2 * kBreakerFailures; ++i) {
    const Result<Attempts> attempts = line.Post("a", To(ClosedUrl()), In(milliseconds(0)));
    ASSERT_TRUE(attempts.ok());
    EXPECT_EQ(attempts->count, 0);
    EXPECT_EQ(attempts->last.fate, Fate::kUnreachable);
  }
}

TEST(NationalLine, CallsThatHadNoTimeForAnAnswerPauseNobody) {
  std::atomic<bool> slow = true;
  TlsServer server(Ours().files(), [&](const Request&, std::size_t) {
    return slow ? Reaction{.bytes = {}, .then = Then::kStaySilent} : Fine();
  });
  NationalLine line(Ours().files(), {});
  for (int i = 0; i < 2 * kBreakerFailures; ++i)
    ASSERT_TRUE(line.Post("hurried", To(server.url()), In(milliseconds(30))).ok());
  slow = false;
  const Result<Attempts> attempts = line.Post("a", To(server.url()), In(seconds(10)));
  ASSERT_TRUE(attempts.ok()) << "paused";
  EXPECT_EQ(attempts->last.status, 200);
}

TEST(NationalLine, AnOutageIsNotMultipliedByRetries) {
  // Every third call is answered, so nothing pauses: only the budget holds the retries back.
  std::atomic<int> calls = 0;
  TlsServer server(Ours().files(), [&](const Request&, std::size_t) {
    return calls % 3 == 0 ? Fine() : Answered(503, "text/plain", "");
  });
  NationalLine line(Ours().files(), {});
  for (calls = 1; calls <= 150; ++calls) ASSERT_TRUE(line.Post("a", To(server.url()), In(seconds(10))).ok());
  EXPECT_LE(server.requests().size(), 150u + 150u / kCallsPerRetry + kRetryBurst);
  EXPECT_GE(server.requests().size(), 150u + kRetryBurst);
}

TEST(NationalLine, ARoundsOwnQuestionIsAskedOnceAndPausesNoDesk) {
  std::atomic<bool> broken = true;
  TlsServer server(Ours().files(),
                   [&](const Request&, std::size_t) { return broken ? Answered(503, "text/plain", "") : Fine(); });
  NationalLine line(Ours().files(), {});
  for (int i = 0; i < 3 * kBreakerFailures; ++i) {
    const Result<Attempts> attempts = line.Post("a", To(server.url()), In(seconds(10)), Asker::kRound);
    ASSERT_TRUE(attempts.ok());
    EXPECT_EQ(attempts->count, 1);
  }
  broken = false;
  EXPECT_TRUE(line.Post("a", To(server.url()), In(seconds(10))).ok());
}

TEST(NationalLine, ARoundAsksNothingWhileDesksArePaused) {
  NationalLine line(Ours().files(), {});
  for (int i = 0; i < kBreakerFailures; ++i) ASSERT_TRUE(line.Post("a", To(ClosedUrl()), In(seconds(10))).ok());
  TlsServer server(Ours().files(), [](const Request&, std::size_t) { return Fine(); });
  const Result<Attempts> attempts = line.Post("a", To(server.url()), In(seconds(10)), Asker::kRound);
  ASSERT_FALSE(attempts.ok());
  EXPECT_EQ(attempts.error().code, ErrorCode::kNationalPaused);
  EXPECT_TRUE(server.requests().empty());
}

TEST(NationalLine, HasNoMoreCallsOutThanItIsAllowed) {
  // The server answers one request at a time: connections are what tells how many were out at once.
  TlsServer server(Ours().files(), [](const Request&, std::size_t) { return Fine(); });
  NationalLine line(Ours().files(), {.calls_at_once = 2});
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, desk = std::to_string(i)] {
      for (int j = 0; j < 10; ++j) answered += line.Post(desk, To(server.url()), In(seconds(30))).ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 80);
  EXPECT_LE(server.connections(), 2u) << "connections are kept and used again";
}

}  // namespace
}  // namespace madoguchi::eligibility::test
