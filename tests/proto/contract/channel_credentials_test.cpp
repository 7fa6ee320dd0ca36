// SPDX-License-Identifier: Apache-2.0
// Real handshakes against a gRPC server on 127.0.0.1 with certificates made here. The client is OpenSSL, so that it
// can offer what ours would not.
#include "contract/channel_credentials.h"

#include <grpc/grpc.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <cstdlib>

#include "contract/files.h"
#include "tests/proto/contract/crypto/test_certificates.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::wire {
namespace {

using crypto::TestKey;

// gRPC reads the cipher suites once, when it starts: the setting must stand before the first gRPC call of this process.
const bool kTls13Required = [] {
  RequireTls13();
  return true;
}();

// A facility CA with one server and one desk certificate, as files.
class Facility {
 public:
  Facility() {
    const TestKey root = crypto::MakeEcKey();
    Write("root.pem", crypto::PemOf(crypto::MakeCertificate({.subject = "TEST CA", .authority = true}, root, root)),
          false);
    WriteIdentity("server", root);
    WriteIdentity("desk", root);
    WriteIdentity("stranger", crypto::MakeEcKey());
    WriteIdentity("late", root, std::time(nullptr) - 60);
    root_ = root;
  }
  // A new key and a new certificate for the server, as its renewal does it.
  void RenewServer() { WriteIdentity("server", root_); }
  void WriteServerKeyOnly() { Write("server.key", crypto::PemOf(crypto::MakeEcKey()), true); }
  TlsFiles Files(const std::string& name) const {
    return {folder_.File("root.pem"), folder_.File(name + ".pem"), folder_.File(name + ".key")};
  }
  std::string File(const std::string& name) const { return folder_.File(name); }

 private:
  void Write(const std::string& name, const std::string& content, bool is_private) {
    if (!WriteFileWhole(folder_.File(name), content, is_private).ok()) std::abort();
  }
  void WriteIdentity(const std::string& name, const TestKey& issuer_key, std::time_t not_after = 1900000000) {
    const TestKey key = crypto::MakeEcKey();
    const crypto::TestCertificate wanted{.subject = name, .not_after = not_after, .dns_name = "localhost"};
    Write(name + ".pem", crypto::PemOf(crypto::MakeCertificate(wanted, key, issuer_key)), false);
    Write(name + ".key", crypto::PemOf(key), true);
  }
  TestKey root_;
  TestFolder folder_;
};

// Answers every call with UNIMPLEMENTED; what counts is whether a connection comes about.
class Server {
 public:
  Server(const Facility& facility, bool require_client) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", *ServerCredentials(facility.Files("server"), require_client), &port_);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~Server() { server_->Shutdown(std::chrono::system_clock::now()); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int port_ = 0;
  grpc::CallbackGenericService service_;
  std::unique_ptr<grpc::Server> server_;
};

// The TLS version on which the two agreed, 0 when there was no handshake. shown: the server's certificate, PEM.
int Handshake(const std::string& address, int version_max, std::string* shown = nullptr) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX_set_max_proto_version(context.get(), version_max);
  SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new_ssl_connect(context.get()), &BIO_free_all);
  SSL* ssl = nullptr;
  BIO_get_ssl(bio.get(), &ssl);
  const unsigned char h2[] = {2, 'h', '2'};
  SSL_set_alpn_protos(ssl, h2, sizeof h2);
  BIO_set_conn_hostname(bio.get(), address.c_str());
  if (BIO_do_connect(bio.get()) != 1 || BIO_do_handshake(bio.get()) != 1) return 0;
  if (shown != nullptr) *shown = crypto::PemOf(crypto::X509Pointer(SSL_get1_peer_certificate(ssl), &X509_free));
  return SSL_version(ssl);
}

std::string ShownBy(const std::string& address) {
  std::string shown;
  Handshake(address, TLS1_3_VERSION, &shown);
  return shown;
}

// Does a channel of ours to this server become ready? One that is refused goes to transient failure.
bool Reaches(const std::string& address, const TlsFiles& files) {
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride("localhost");
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto channel = grpc::CreateCustomChannel(address, *ClientCredentials(files), arguments);
  const auto until = std::chrono::system_clock::now() + std::chrono::seconds(20);
  for (auto state = channel->GetState(true); state != GRPC_CHANNEL_TRANSIENT_FAILURE; state = channel->GetState(true)) {
    if (state == GRPC_CHANNEL_READY) return true;
    if (!channel->WaitForStateChange(state, until)) return false;
  }
  return false;
}

TEST(ServerLink, SpeaksTls13) {
  ASSERT_TRUE(kTls13Required);
  const Facility facility;
  const Server server(facility, false);
  EXPECT_EQ(Handshake(server.address(), TLS1_3_VERSION), TLS1_3_VERSION);
}

TEST(ServerLink, RefusesATls12Client) {
  const Facility facility;
  for (const bool require_client : {false, true}) {
    const Server server(facility, require_client);
    EXPECT_EQ(Handshake(server.address(), TLS1_2_VERSION), 0);
  }
}

TEST(DeskLink, ReachesTheServerOfItsFacility) {
  const Facility facility;
  const Server server(facility, true);
  EXPECT_TRUE(Reaches(server.address(), facility.Files("desk")));
}

TEST(DeskLink, RefusesAServerOfAnotherFacility) {
  const Facility facility, other;
  const Server server(other, false);
  EXPECT_FALSE(Reaches(server.address(), {facility.File("root.pem"), "", ""}));
}

TEST(ServerLink, RefusesADeskWithoutCertificate) {
  const Facility facility;
  const Server server(facility, true);
  EXPECT_FALSE(Reaches(server.address(), {facility.File("root.pem"), "", ""}));
}

TEST(ServerLink, RefusesADeskWithACertificateOfAnotherIssuer) {
  const Facility facility;
  const Server server(facility, true);
  EXPECT_FALSE(Reaches(server.address(), facility.Files("stranger")));
}

TEST(ServerLink, RefusesADeskWhoseCertificateRanOut) {
  const Facility facility;
  const Server server(facility, true);
  EXPECT_FALSE(Reaches(server.address(), facility.Files("late")));
}

TEST(ServerLink, ShowsARenewedCertificateToNewConnectionsAndLeavesOpenOnesAlone) {
  Facility facility;
  for (const bool require_client : {false, true}) {
    const Server server(facility, require_client);
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto open =
        grpc::CreateCustomChannel(server.address(), *ClientCredentials(facility.Files("desk")), arguments);
    ASSERT_TRUE(open->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(20)));
    const std::string before = ShownBy(server.address());
    EXPECT_EQ(ShownBy(server.address()), before);
    facility.RenewServer();
    EXPECT_NE(ShownBy(server.address()), before);
    EXPECT_EQ(ShownBy(server.address()), *ReadSmallFile(facility.Files("server").certificate_file));
    EXPECT_EQ(open->GetState(false), GRPC_CHANNEL_READY);
    EXPECT_TRUE(Reaches(server.address(), facility.Files("desk")));
    // The rules have not changed with the certificate.
    EXPECT_EQ(Handshake(server.address(), TLS1_2_VERSION), 0);
    EXPECT_EQ(Reaches(server.address(), {facility.File("root.pem"), "", ""}), !require_client);
    EXPECT_EQ(Reaches(server.address(), facility.Files("stranger")), !require_client);
  }
}

TEST(ServerLink, KeepsItsCertificateWhileTheKeyDoesNotFit) {
  Facility facility;
  const Server server(facility, false);
  const std::string before = ShownBy(server.address());
  facility.WriteServerKeyOnly();
  EXPECT_EQ(ShownBy(server.address()), before);
  facility.RenewServer();
  EXPECT_NE(ShownBy(server.address()), before);
}

TEST(EnrolmentLink, NeedsNoClientCertificate) {
  const Facility facility;
  const Server server(facility, false);
  EXPECT_TRUE(Reaches(server.address(), {facility.File("root.pem"), "", ""}));
}

TEST(Credentials, NeedTheirFiles) {
  const Facility facility;
  TlsFiles files = facility.Files("desk");
  files.root_file = facility.File("nowhere");
  EXPECT_EQ(ClientCredentials(files).error().code, ErrorCode::kConfigFileUnreadable);
  EXPECT_EQ(ServerCredentials(files, true).error().code, ErrorCode::kConfigFileUnreadable);
}

TEST(Credentials, RefuseAKeyThatOthersMayRead) {
  const Facility facility;
  const TlsFiles files = facility.Files("desk");
  ASSERT_EQ(chmod(files.key_file.c_str(), 0640), 0);
  EXPECT_EQ(ClientCredentials(files).error().code, ErrorCode::kConfigFilePermissions);
  EXPECT_EQ(ServerCredentials(files, true).error().code, ErrorCode::kConfigFilePermissions);
}

TEST(Library, IsDownWhenItsScopeEndsAlsoWithAHandshakeUnderWay) {
  const Facility facility;
  for (int round = 0; round < 20; ++round) {
    const Library library;
    const Server server(facility, true);
    const auto credentials = ClientCredentials(facility.Files("desk"));
    ASSERT_TRUE(credentials.ok());
    const auto channel = grpc::CreateChannel(server.address(), *credentials);
    channel->GetState(true);
  }
  EXPECT_EQ(grpc_is_initialized(), 0);
}

}  // namespace
}  // namespace madoguchi::wire
