// SPDX-License-Identifier: Apache-2.0
#include "contract/channel_credentials.h"

#include <grpc/grpc.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "contract/deadline.h"
#include "contract/files.h"
#include "contract/reloading_credentials.h"

namespace madoguchi::wire {

void RequireTls13() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): first statement of main, no other thread exists yet.
  setenv("GRPC_SSL_CIPHER_SUITES", "ECDHE-RSA-AES256-GCM-SHA384", 1);
}

Library::Library() {
  RequireTls13();
  grpc_init();
}

Library::~Library() {
  grpc_shutdown_blocking();
  // A channel's last part is let go by a thread of gRPC's own, which then takes the library down: no event tells.
  const Deadline deadline = Deadline::In(kDownWithin);
  while (grpc_is_initialized() != 0 && !deadline.passed()) std::this_thread::sleep_for(kDownAskedEvery);
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
  TRY_ASSIGN(std::string root, ReadSmallFile(files.root_file));
  return ReloadingCredentials::Make(files.certificate_file, files.key_file, std::move(root), require_client);
}

}  // namespace madoguchi::wire
