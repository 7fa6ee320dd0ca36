// SPDX-License-Identifier: Apache-2.0
// Every fate of a request, against a real TLS server in this process.
#include "server/outbound/https_client.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include "tests/server/outbound/tls_server.h"

namespace madoguchi::outbound::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Authority& Ours() {
  static const Authority authority;
  return authority;
}

HttpsRequest To(const std::string& url) {
  return {.url = url + "/v1/checks",
          .headers = {"Content-Type: application/json", "Idempotency-Key: k"},
          .body = "{}",
          .answer_bytes_max = 1000};
}

Deadline Soon() {
  return Deadline::In(seconds{10});
}

Reaction Fine(const Request&, std::size_t) {
  return Answered(200, "Application/XML; charset=utf-8", "<x/>");
}

TEST(HttpsClient, BringsStatusContentTypeAndBody) {
  TlsServer server(Ours().files(), Fine);
  HttpsClient client(Ours().files());
  const HttpsOutcome outcome = client.Post(To(server.url()), Soon());
  ASSERT_EQ(outcome.fate, Fate::kAnswered) << outcome.detail;
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.content_type, "application/xml");
  EXPECT_EQ(outcome.body, "<x/>");
  ASSERT_EQ(server.requests().size(), 1u);
  const Request request = server.requests()[0];
  EXPECT_EQ(request.path, "/v1/checks");
  EXPECT_EQ(request.body, "{}");
  EXPECT_NE(request.head.find("POST "), std::string::npos);
  EXPECT_NE(request.head.find("Idempotency-Key: k\r\n"), std::string::npos);
  EXPECT_EQ(request.head.find("Expect:"), std::string::npos);
}

TEST(HttpsClient, KeepsItsConnectionForTheNextRequest) {
  TlsServer server(Ours().files(), Fine);
  HttpsClient client(Ours().files());
  for (int i = 0; i < 5; ++i) ASSERT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kAnswered);
  EXPECT_EQ(server.connections(), 1u);
}

Reaction FineThenClose(const Request&, std::size_t) {
  Reaction reaction = Answered(200, "application/json", "{}");
  reaction.then = Then::kClose;
  return reaction;
}

TEST(HttpsClient, ResumesTheTlsSessionWhenItHasToConnectAgain) {
  TlsServer server(Ours().files(), FineThenClose);
  HttpsClient client(Ours().files());
  for (int i = 0; i < 5; ++i) ASSERT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kAnswered);
  EXPECT_EQ(server.connections(), 5u);
  EXPECT_EQ(server.resumed(), 4u) << "all but the first handshake are short";
}

// While one thread waits for its answer, the request of another needs a connection of its own.
TEST(HttpsClient, ResumesTheTlsSessionOfAnotherThreadsConnection) {
  std::promise<void> arrived;
  std::optional<TlsServer> server;
  server.emplace(Ours().files(), [&arrived](const Request& request, std::size_t ordinal) {
    if (ordinal != 2) return Fine(request, ordinal);
    arrived.set_value();
    return Reaction{.bytes = {}, .then = Then::kStaySilent};
  });
  const std::string url = server->url();
  HttpsClient client(Ours().files());
  ASSERT_EQ(client.Post(To(url), Soon()).fate, Fate::kAnswered);
  std::thread waiting([&] { EXPECT_EQ(client.Post(To(url), Soon()).fate, Fate::kUnanswered); });
  EXPECT_EQ(arrived.get_future().wait_for(seconds{10}), std::future_status::ready);
  EXPECT_EQ(client.Post(To(url), Soon()).fate, Fate::kAnswered);
  EXPECT_EQ(server->connections(), 2u);
  EXPECT_EQ(server->resumed(), 1u);
  server.reset();  // the other thread's connection ends, too
  waiting.join();
}

// A certificate or root that was replaced must not live on in a kept connection or a resumed session.
TEST(HttpsClient, GivesUpConnectionAndSessionWhenItsFilesAreReplaced) {
  TlsServer server(Ours().files(), Fine);
  const Authority mine;  // a directory of its own, filled with our files
  auto put = [&mine, moment = std::filesystem::file_time_type::clock::now()](const HttpsFiles& from) mutable {
    std::filesystem::copy_file(from.certificate, mine.files().certificate,
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy_file(from.key, mine.files().key, std::filesystem::copy_options::overwrite_existing);
    moment += seconds{1};  // seen as changed however coarse the clock of the file system is
    for (const std::string& file : {mine.files().certificate, mine.files().key})
      std::filesystem::last_write_time(file, moment);
  };
  std::filesystem::copy_file(Ours().files().root, mine.files().root, std::filesystem::copy_options::overwrite_existing);
  put(Ours().files());
  HttpsClient client(mine.files());
  ASSERT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kAnswered);
  const Authority foreign("Foreign Root");
  put(foreign.files());
  EXPECT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kTlsRefused) << "the foreign certificate was shown";
  EXPECT_EQ(server.resumed(), 0u);
  put(Ours().files());
  EXPECT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kAnswered);
}

// libcurl sends a request by itself again when the kept connection ends under it. A refusal of the second copy says
// nothing of the first.
TEST(HttpsClient, ARefusedCertificateDoesNotMakeASentRequestUnsent) {
  const Authority mine;  // a directory of its own, filled with our files
  const auto put = [&mine](const HttpsFiles& from) {
    constexpr auto kOver = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(from.certificate, mine.files().certificate, kOver);
    std::filesystem::copy_file(from.key, mine.files().key, kOver);
  };
  std::filesystem::copy_file(Ours().files().root, mine.files().root, std::filesystem::copy_options::overwrite_existing);
  put(Ours().files());
  const Authority foreign("Foreign Root");
  TlsServer* running = nullptr;
  TlsServer server(Ours().files(), [&](const Request& request, std::size_t ordinal) {
    if (ordinal == 1) return Fine(request, ordinal);
    put(foreign.files());  // the new connection will show a certificate the server does not accept
    running->ForgetSessions();
    return Reaction{.bytes = {}, .then = Then::kClose};
  });
  running = &server;
  HttpsClient client(mine.files());
  ASSERT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kAnswered);
  const HttpsOutcome outcome = client.Post(To(server.url()), Soon());
  EXPECT_EQ(outcome.fate, Fate::kUnanswered) << outcome.detail;
  EXPECT_EQ(server.requests().size(), 2u) << "it had arrived";
}

TEST(HttpsClient, BringsTheHeadersThatAreAskedFor) {
  TlsServer server(Ours().files(), [](const Request&, std::size_t ordinal) {
    return Reaction{.bytes = "HTTP/1.1 503 Test\r\nx-madoguchi-national-service: simulator\r\nRetry-After: " +
                             std::string(ordinal == 1 ? "7" : "soon") + "\r\nContent-Length: 0\r\n\r\n"};
  });
  HttpsClient client(Ours().files());
  HttpsRequest request = To(server.url());
  request.wanted_headers = {"X-Madoguchi-National-Service", "X-Other"};
  HttpsOutcome outcome = client.Post(request, Soon());
  EXPECT_EQ(outcome.headers, (std::vector<std::string>{"simulator", ""}));
  EXPECT_EQ(outcome.retry_after, seconds{7});
  outcome = client.Post(request, Soon());
  EXPECT_EQ(outcome.retry_after, seconds{0}) << "neither seconds nor a date";
}

TEST(HttpsClient, ServesManyThreadsWithFewConnections) {
  TlsServer server(Ours().files(), Fine);
  HttpsClient client(Ours().files());
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) answered += client.Post(To(server.url()), Soon()).fate == Fate::kAnswered ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 80);
  EXPECT_LE(server.connections(), 8u);
}

TEST(HttpsClient, ReportsAnErrorStatusAsAnAnswer) {
  TlsServer server(Ours().files(), [](const Request&, std::size_t) { return Answered(503, "text/plain", "busy"); });
  HttpsClient client(Ours().files());
  const HttpsOutcome outcome = client.Post(To(server.url()), Soon());
  EXPECT_EQ(outcome.fate, Fate::kAnswered);
  EXPECT_EQ(outcome.status, 503);
}

TEST(HttpsClient, FollowsNoRedirect) {
  TlsServer server(Ours().files(), [](const Request&, std::size_t) {
    return Reaction{.bytes = "HTTP/1.1 302 Test\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"};
  });
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To(server.url()), Soon()).status, 302);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST(HttpsClient, IgnoresAProxyOfTheEnvironment) {
  TlsServer server(Ours().files(), Fine);
  setenv("https_proxy", ClosedUrl().c_str(), 1);
  setenv("ALL_PROXY", ClosedUrl().c_str(), 1);
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kAnswered);
  unsetenv("https_proxy");
  unsetenv("ALL_PROXY");
}

TEST(HttpsClient, SaysThatNobodyListened) {
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To(ClosedUrl()), Soon()).fate, Fate::kUnreachable);
}

TEST(HttpsClient, SaysThatANameIsUnknown) {
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To("https://nobody.invalid"), Soon()).fate, Fate::kUnreachable);
}

TEST(HttpsClient, SendsNothingWithoutTls) {
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To("http://127.0.0.1:9"), Soon()).fate, Fate::kUnreachable);
}

TEST(HttpsClient, SendsNothingWhenNoTimeIsLeft) {
  TlsServer server(Ours().files(), Fine);
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To(server.url()), Deadline::In(milliseconds{0})).fate, Fate::kUnreachable);
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpsClient, RefusesAServerOfAnotherRoot) {
  const Authority other;
  TlsServer server(other.files(), Fine);
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kTlsRefused);
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpsClient, KnowsWhenTheServerRefusesItsCertificate) {
  TlsServer server(Ours().files(), Fine);
  for (const char* name :
       {"Other Root", "Test Root"}) {  // unknown to the server, or known by name but with another key
    const Authority other(name);
    HttpsClient client(
        {.root = Ours().files().root, .certificate = other.files().certificate, .key = other.files().key});
    const HttpsOutcome outcome = client.Post(To(server.url()), Soon());
    EXPECT_EQ(outcome.fate, Fate::kTlsRefused) << outcome.detail;
  }
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpsClient, SaysThatItsOwnFilesAreMissing) {
  TlsServer server(Ours().files(), Fine);
  HttpsClient client({.root = Ours().files().root, .certificate = "/nowhere.pem", .key = "/nowhere.key"});
  EXPECT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kTlsRefused);
}

TEST(HttpsClient, RefusesTls12) {
  TlsServer server(Ours().files(), Fine, TLS1_2_VERSION);
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kTlsRefused);
}

TEST(HttpsClient, DoesNotTakeSilenceForNothingSent) {
  TlsServer server(Ours().files(),
                   [](const Request&, std::size_t) { return Reaction{.bytes = {}, .then = Then::kStaySilent}; });
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To(server.url()), Deadline::In(milliseconds{2000})).fate, Fate::kUnanswered);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST(HttpsClient, DoesNotTakeAClosedConnectionForNothingSent) {
  TlsServer server(Ours().files(),
                   [](const Request&, std::size_t) { return Reaction{.bytes = {}, .then = Then::kClose}; });
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kUnanswered);
}

TEST(HttpsClient, DoesNotTakeHalfABodyForAnAnswer) {
  TlsServer server(Ours().files(), [](const Request&, std::size_t) {
    Reaction reaction = Answered(200, "application/xml", "<XmlMsg><MessageHeader/></XmlMsg>");
    reaction.bytes.resize(reaction.bytes.size() - 10);
    reaction.then = Then::kClose;
    return reaction;
  });
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kUnanswered);
}

TEST(HttpsClient, StopsReadingBeyondTheLimit) {
  TlsServer server(Ours().files(), [](const Request&, std::size_t ordinal) {
    return Answered(200, "text/plain", std::string(ordinal == 1 ? 1000 : 1001, 'x'));
  });
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kAnswered);
  EXPECT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kTooLarge);
}

TEST(HttpsClient, StopsReadingAnAnswerThatNeverEnds) {
  TlsServer server(Ours().files(), [](const Request&, std::size_t) {
    return Reaction{.bytes =
                        "HTTP/1.1 200 Test\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + std::string(4096, 'x')};
  });
  HttpsClient client(Ours().files());
  EXPECT_EQ(client.Post(To(server.url()), Soon()).fate, Fate::kTooLarge);
}

}  // namespace
}  // namespace madoguchi::outbound::test
