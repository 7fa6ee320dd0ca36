// SPDX-License-Identifier: Apache-2.0
// ConsoleListener: the gRPC listener of the administrators' side: mutual TLS 1.3, synchronous services on a bounded
// number of threads. The handshake accepts any certificate of the facility's root; that it is a console's, in the book
// and not revoked, the Guard asks with every call. Thread: Start and the destructor on one thread. Errors:
// LISTENER_FAILED.
#pragma once
#include <grpcpp/impl/codegen/service_type.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "contract/result.h"

namespace madoguchi::console {

inline constexpr int kThreadsMax = 16;                    // a call over this is refused with RESOURCE_EXHAUSTED
inline constexpr int kMessageBytesMax = 8 * 1024 * 1024;  // an application with three attachments of 2 MiB
inline constexpr std::size_t kMemoryMax = 128 * 1024 * 1024;
inline constexpr int kStreamsPerConsoleMax = 8;
inline constexpr std::chrono::seconds kShutdownWithin{5};

class ConsoleListener {
 public:
  // address: "127.0.0.1:0". The services outlive the listener.
  static Result<std::unique_ptr<ConsoleListener>> Start(const std::string& address,
                                                        std::shared_ptr<grpc::ServerCredentials> credentials,
                                                        const std::vector<grpc::Service*>& services);
  ~ConsoleListener() { Shutdown(kShutdownWithin); }
  ConsoleListener(const ConsoleListener&) = delete;
  ConsoleListener& operator=(const ConsoleListener&) = delete;
  int port() const { return port_; }
  // Open calls get `within` to end; returns when none is left. May be called again.
  void Shutdown(std::chrono::milliseconds within);

 private:
  ConsoleListener() = default;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace madoguchi::console
