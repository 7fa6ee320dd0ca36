// SPDX-License-Identifier: Apache-2.0
// ReloadingCredentials: TLS credentials of a gRPC listener whose certificate may be renewed while it runs. gRPC 1.51
// asks a function of ours for the certificate at every handshake; its C++ layer has no word for that, so this class
// hands the credentials of the C core to the server (docs/decisions/0012). Handshakes are those of
// grpc::SslServerCredentials: same code, same cipher suites, same checks of the client's certificate. Thread: the
// function is called by gRPC's threads, one at a time per listener.
#pragma once
#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "contract/result.h"

namespace madoguchi::wire {

class ReloadingCredentials final : public grpc::ServerCredentials {
 public:
  // require_client: clients must show a certificate that chains to root_pem; else they are not asked for one (gRPC
  // wants to have a root all the same). CONFIG_FILE_….
  static Result<std::shared_ptr<grpc::ServerCredentials>> Make(const std::string& certificate_file,
                                                               const std::string& key_file, std::string root_pem,
                                                               bool require_client);
  ~ReloadingCredentials() override;
  // There is none here: who may call is the services' affair.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>& processor) override;

 private:
  explicit ReloadingCredentials(grpc_server_credentials* credentials) : credentials_(credentials) {}
  int AddPortToServer(const std::string& address, grpc_server* server) override;
  grpc_server_credentials* const credentials_;
};

}  // namespace madoguchi::wire
