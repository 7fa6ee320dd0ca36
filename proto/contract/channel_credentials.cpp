// SPDX-License-Identifier: Apache-2.0
#include "contract/channel_credentials.h"

#include <cstdlib>

#include "contract/files.h"

namespace madoguchi::wire {

void RequireTls13() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): first statement of main, no other thread exists yet.
  setenv("GRPC_SSL_CIPHER_SUITES", "ECDHE-RSA-AES256-GCM-SHA384", 1);
}

Result<std::shared_ptr<grpc::ChannelCredentials>> ClientCredentials(const TlsFiles& files) {
  grpc::SslCredentialsOptions options;
  TRY_ASSIGN(options.pem_root_certs, ReadSmallFile(files.root_file));
  if (!files.certificate_file.empty()) {
    TRY_ASSIGN(options.pem_cert_chain, ReadSmallFile(files.certificate_file));
    TRY_ASSIGN(options.pem_private_key, ReadPrivateFile(files.key_file));
  }
  return grpc::SslCredentials(options);
}

Result<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(const TlsFiles& files, bool require_client) {
  grpc::SslServerCredentialsOptions options(require_client ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                                           : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  if (require_client) {
    TRY_ASSIGN(options.pem_root_certs, ReadSmallFile(files.root_file));
  }
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  TRY_ASSIGN(pair.private_key, ReadPrivateFile(files.key_file));
  TRY_ASSIGN(pair.cert_chain, ReadSmallFile(files.certificate_file));
  options.pem_key_cert_pairs.push_back(std::move(pair));
  return grpc::SslServerCredentials(options);
}

}  // namespace madoguchi::wire
