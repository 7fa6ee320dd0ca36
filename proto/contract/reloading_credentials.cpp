// SPDX-License-Identifier: Apache-2.0
#include "contract/reloading_credentials.h"

#include <grpc/grpc.h>

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "contract/crypto/server_pair.h"
#include "contract/log.h"

namespace madoguchi::wire {
namespace {

// What the function asked at each handshake works with.
struct Source {
  Source(crypto::ServerPair pair, crypto::ServerPair::Pem first, std::string root)
      : pair(std::move(pair)), next(std::move(first)), root(std::move(root)) {}
  std::mutex mutex;
  crypto::ServerPair pair;                      // guarded by mutex, like the next
  std::optional<crypto::ServerPair::Pem> next;  // not given to gRPC yet
  const std::string root;
};

// gRPC tells nobody when it has asked for the last time, which is after the server is gone; so what it asks is kept for
// as long as the process runs. One per listener.
Source& Keep(std::unique_ptr<Source> source) {
  static std::mutex mutex;
  static auto& kept = *new std::vector<std::unique_ptr<Source>>;
  const std::lock_guard lock(mutex);
  kept.push_back(std::move(source));
  return *kept.back();
}

grpc_ssl_certificate_config_reload_status Fetch(void* user, grpc_ssl_server_certificate_config** config) {
  Source& source = *static_cast<Source*>(user);
  const std::lock_guard lock(source.mutex);
  std::optional<crypto::ServerPair::Pem> pem = std::exchange(source.next, std::nullopt);
  const bool is_first = pem.has_value();
  if (!pem) pem = source.pair.Changed();
  if (!pem) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  const grpc_ssl_pem_key_cert_pair pair{pem->key.c_str(), pem->chain.c_str()};
  *config = grpc_ssl_server_certificate_config_create(source.root.c_str(), &pair, 1);
  if (!is_first) log::Info("wire", "server_certificate_reloaded");
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

}  // namespace

Result<std::shared_ptr<grpc::ServerCredentials>> ReloadingCredentials::Make(const std::string& certificate_file,
                                                                            const std::string& key_file,
                                                                            std::string root_pem, bool require_client) {
  crypto::ServerPair pair(certificate_file, key_file);
  TRY_ASSIGN(crypto::ServerPair::Pem first, pair.Load());
  const auto request = require_client ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                      : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
  Source& source = Keep(std::make_unique<Source>(std::move(pair), std::move(first), std::move(root_pem)));
  grpc_server_credentials* const credentials = grpc_ssl_server_credentials_create_with_options(
      grpc_ssl_server_credentials_create_options_using_config_fetcher(request, Fetch, &source));
  if (credentials == nullptr) return Error{ErrorCode::kListenerFailed, "TLS credentials", {}};
  return std::shared_ptr<grpc::ServerCredentials>(new ReloadingCredentials(credentials));
}

ReloadingCredentials::~ReloadingCredentials() {
  grpc_server_credentials_release(credentials_);
}

void ReloadingCredentials::SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>& /*processor*/) {
}

int ReloadingCredentials::AddPortToServer(const std::string& address, grpc_server* server) {
  return grpc_server_add_http2_port(server, address.c_str(), credentials_);
}

}  // namespace madoguchi::wire
