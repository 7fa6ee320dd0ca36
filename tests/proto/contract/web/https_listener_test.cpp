// SPDX-License-Identifier: Apache-2.0
#include "contract/web/https_listener.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>

#include "contract/crypto/digest.h"
#include "contract/files.h"
#include "tests/proto/contract/crypto/test_certificates.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::web {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr int kClientSecondsMax = 20;

class Client {
 public:
  // certificate, key: PEM files shown to the server; none when empty.
  Client(std::uint16_t port, int tls_version, const std::string& certificate = {}, const std::string& key = {})
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_max_proto_version(context_, tls_version);
    if (!certificate.empty()) {
      SSL_CTX_use_certificate_file(context_, certificate.c_str(), SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(context_, key.c_str(), SSL_FILETYPE_PEM);
    }
    const timeval limit{kClientSecondsMax, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, socket_);
    shaken_ = connected_ && SSL_connect(ssl_) == 1;
  }
  ~Client() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    close(socket_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  bool shaken() const { return shaken_; }
  // PEM of what the server showed.
  std::string Shown() const { return crypto::PemOf(crypto::X509Pointer(SSL_get1_peer_certificate(ssl_), &X509_free)); }
  std::string Ask(const std::string& request) {
    if (!shaken_) return "no TLS";
    SSL_write(ssl_, request.data(), static_cast<int>(request.size()));
    std::string answer;
    char block[4096];
    for (int got = 0; (got = SSL_read(ssl_, block, sizeof block)) > 0;)
      answer.append(block, static_cast<std::size_t>(got));
    return answer;
  }

 private:
  int socket_;
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
  bool shaken_ = false;
};

class HttpsListenerTest : public testing::Test {
 protected:
  // The clients here write with OpenSSL, which does not guard against a peer that has closed already.
  HttpsListenerTest() { std::signal(SIGPIPE, SIG_IGN); }

  void SetUp() override {
    const crypto::TestKey key = crypto::MakeEcKey();
    const auto certificate = crypto::MakeCertificate({.dns_name = "localhost"}, key, key);
    ASSERT_TRUE(WriteFileWhole(settings_.certificate_file, crypto::PemOf(certificate), false).ok());
    ASSERT_TRUE(WriteFileWhole(settings_.key_file, crypto::PemOf(key), true).ok());
  }
  std::unique_ptr<HttpsListener> Start() {
    auto listener = HttpsListener::Start(settings_, [](const Request& request) {
      return request.path == "/page" ? Response{200, "text/plain; charset=utf-8", "content\n"}
                                     : Response{404, "text/plain", ""};
    });
    EXPECT_TRUE(listener.ok());
    return listener ? std::move(*listener) : nullptr;
  }
  static std::string Get(const HttpsListener& listener, const std::string& path) {
    return Client(listener.port(), TLS1_3_VERSION).Ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  TestFolder folder_;
  HttpsListener::Settings settings_{"127.0.0.1", 0, folder_.File("server.pem"), folder_.File("server.key")};
};

TEST_F(HttpsListenerTest, AnswersAPageWithoutItsQuery) {
  const auto listener = Start();
  EXPECT_THAT(Get(*listener, "/page?x=1"), testing::AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\r\n\r\ncontent\n")));
  EXPECT_THAT(Get(*listener, "/other"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(HttpsListenerTest, RefusesTls12) {
  const auto listener = Start();
  EXPECT_FALSE(Client(listener->port(), TLS1_2_VERSION).shaken());
  EXPECT_TRUE(Client(listener->port(), TLS1_3_VERSION).shaken());
}

TEST_F(HttpsListenerTest, ShowsARenewedCertificateToNewConnectionsAndLeavesOpenOnesAlone) {
  const auto listener = Start();
  Client open(listener->port(), TLS1_3_VERSION);
  const std::string before = open.Shown();
  SetUp();  // writes another key and certificate
  EXPECT_NE(Client(listener->port(), TLS1_3_VERSION).Shown(), before);
  EXPECT_FALSE(Client(listener->port(), TLS1_2_VERSION).shaken());
  EXPECT_THAT(open.Ask("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"), HasSubstr("content"));
}

TEST_F(HttpsListenerTest, AnswersNothingButGet) {
  const auto listener = Start();
  const std::string answer = Client(listener->port(), TLS1_3_VERSION)
                                 .Ask("POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 "));
}

TEST_F(HttpsListenerTest, RefusesARequestAboveItsLimit) {
  const auto listener = Start();
  const std::string answer =
      Client(listener->port(), TLS1_3_VERSION)
          .Ask("GET /page HTTP/1.1\r\nX: " + std::string(2 * kRequestBytesMax, 'x') + "\r\n\r\n");
  EXPECT_THAT(answer, testing::Not(HasSubstr("content")));
  EXPECT_THAT(Get(*listener, "/page"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpsListenerTest, ClosesConnectionsAboveItsLimitAtOnceAndGoesOn) {
  const auto listener = Start();
  std::vector<std::unique_ptr<Client>> held;
  for (std::size_t i = 0; i < kConnectionsMax; ++i)
    held.push_back(std::make_unique<Client>(listener->port(), TLS1_3_VERSION));
  EXPECT_TRUE(held.back()->shaken());
  EXPECT_FALSE(Client(listener->port(), TLS1_3_VERSION).shaken());
  // The answer to a held one shows that its place was freed before the next is tried.
  EXPECT_THAT(held.front()->Ask("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"), HasSubstr("content"));
}

TEST_F(HttpsListenerTest, SaysThatAPortIsTaken) {
  const auto first = Start();
  settings_.port = first->port();
  const auto second = HttpsListener::Start(settings_, [](const Request&) { return Response{}; });
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kListenerFailed);
}

TEST_F(HttpsListenerTest, StartsWithAPrivateKeyOnly) {
  ASSERT_TRUE(WriteFileWhole(settings_.key_file, "no key", true).ok());
  EXPECT_EQ(HttpsListener::Start(settings_, {}).error().code, ErrorCode::kConfigFileUnreadable);
  ASSERT_TRUE(WriteFileWhole(settings_.key_file, "no key", false).ok());
}

// As pull receivers meet it: a root of its own for clients, POST allowed, and what the handler is told.
class HttpsListenerOfReceiversTest : public HttpsListenerTest {
 protected:
  void SetUp() override {
    HttpsListenerTest::SetUp();
    settings_.posts = true;
    settings_.client_root_file = folder_.File("root.pem");
    const auto root =
        crypto::MakeCertificate({.subject = "ROOT", .issuer = "ROOT", .authority = true}, root_key_, root_key_);
    ASSERT_TRUE(WriteFileWhole(settings_.client_root_file, crypto::PemOf(root), false).ok());
  }
  // Signed by this key as "ROOT". → its SHA-256, hex.
  std::string WriteClient(const crypto::TestKey& issuer_key) {
    const crypto::TestKey key = crypto::MakeEcKey();
    const auto certificate = crypto::MakeCertificate({.subject = "CLIENT", .issuer = "ROOT"}, key, issuer_key);
    EXPECT_TRUE(WriteFileWhole(folder_.File("client.pem"), crypto::PemOf(certificate), false).ok());
    EXPECT_TRUE(WriteFileWhole(folder_.File("client.key"), crypto::PemOf(key), true).ok());
    return ToHex(crypto::Sha256(crypto::DerOf(certificate)));
  }
  std::string Ask(const HttpsListener& listener, const std::string& request, bool with_certificate = true) {
    Client client(listener.port(), TLS1_3_VERSION, with_certificate ? folder_.File("client.pem") : std::string(),
                  folder_.File("client.key"));
    return client.Ask(request);
  }
  std::unique_ptr<HttpsListener> StartEcho() {
    auto listener = HttpsListener::Start(settings_, [](const Request& request) {
      return Response{200, "text/plain",
                      request.method + " " + request.path + " ?" + request.query + " " + request.accept + " " +
                          request.client_sha256 + "\n"};
    });
    EXPECT_TRUE(listener.ok());
    return listener ? std::move(*listener) : nullptr;
  }
  const crypto::TestKey root_key_ = crypto::MakeEcKey();
};

TEST_F(HttpsListenerOfReceiversTest, TellsTheHandlerWhoAsksForWhat) {
  const std::string sha256 = WriteClient(root_key_);
  const auto listener = StartEcho();
  EXPECT_THAT(Ask(*listener, "GET /page?x=1 HTTP/1.1\r\nHost: localhost\r\nAccept: text/x\r\n\r\n"),
              HasSubstr("GET /page ?x=1 text/x " + sha256 + "\n"));
  EXPECT_THAT(Ask(*listener, "POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"),
              HasSubstr("POST /page ?  " + sha256));
  EXPECT_THAT(Ask(*listener, "DELETE /page HTTP/1.1\r\nHost: localhost\r\n\r\n"), StartsWith("HTTP/1.1 405 "));
}

TEST_F(HttpsListenerOfReceiversTest, AnswersNobodyWithoutACertificateOfTheRoot) {
  const auto listener = StartEcho();
  const std::string get = "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n";
  EXPECT_THAT(Ask(*listener, get, false), testing::Not(HasSubstr("HTTP/1.1 200")));
  WriteClient(crypto::MakeEcKey());  // says "ROOT" and is not
  EXPECT_THAT(Ask(*listener, get), testing::Not(HasSubstr("HTTP/1.1 200")));
  WriteClient(root_key_);
  EXPECT_THAT(Ask(*listener, get), StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace madoguchi::web
