// SPDX-License-Identifier: Apache-2.0
// A facility for tests of the terminal: a root, the certificates it issues, and a TLS server that counts what it is
// told.
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "contract/bytes.h"
#include "terminal/identity/openssl_handles.h"

namespace madoguchi::identity {

struct CertificateAndKey {
  CertificateHandle certificate;
  KeyHandle key;
};

std::string PemOf(X509* certificate);
std::string PemOf(EVP_PKEY* key);

// extensions: of x509v3_config(5), by name.
struct Wish {
  std::string name;
  std::vector<std::pair<std::string, std::string>> extensions;
  long from_seconds = -60, to_seconds = 90L * 24 * 3600;  // from now
};

class TestFacility {
 public:
  explicit TestFacility(const std::string& path_length = ",pathlen:0");
  X509* root() const { return root_.certificate.get(); }
  std::string root_pem() const { return PemOf(root()); }
  Bytes root_sha256() const;

  CertificateAndKey Issue(const Wish& wish) const;
  CertificateAndKey Server(const std::string& names = "DNS:localhost,IP:127.0.0.1") const;
  CertificateAndKey Intermediate() const;
  // Leaf of a desk for the key of a request (PKCS#10, DER), and the root behind it.
  std::string DeskChain(ByteView request_der, const Wish& wish) const;
  static CertificateAndKey IssuedBy(const CertificateAndKey& issuer, const Wish& wish);
  const CertificateAndKey& issuer() const { return root_; }

 private:
  CertificateAndKey root_;
};

Wish ServerWish(const std::string& names);
Wish DeskWish();

// Takes one connection after the other on 127.0.0.1, until its end.
class RecordingServer {
 public:
  RecordingServer(const CertificateAndKey& own, std::vector<X509*> sent_besides, int tls_version = TLS1_3_VERSION);
  ~RecordingServer();
  RecordingServer(const RecordingServer&) = delete;
  RecordingServer& operator=(const RecordingServer&) = delete;
  std::string address() const { return "127.0.0.1:" + port(); }
  std::string port() const { return std::to_string(port_); }
  // Waits until `count` connections ended.
  void AwaitEnded(int count);
  int handshakes() const { return handshakes_; }
  std::size_t application_bytes() const { return application_bytes_; }

 private:
  void Run();
  TlsContextHandle context_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> ended_{0}, handshakes_{0};
  std::atomic<std::size_t> application_bytes_{0};
  std::thread thread_;
};

}  // namespace madoguchi::identity
