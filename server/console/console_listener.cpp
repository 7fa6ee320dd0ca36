// SPDX-License-Identifier: Apache-2.0
#include "server/console/console_listener.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

namespace madoguchi::console {

Result<std::unique_ptr<ConsoleListener>> ConsoleListener::Start(const std::string& address,
                                                                std::shared_ptr<grpc::ServerCredentials> credentials,
                                                                const std::vector<grpc::Service*>& services) {
  grpc::EnableDefaultHealthCheckService(false);  // no method without a guard
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  builder.SetMaxSendMessageSize(kMessageBytesMax);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, 1);
  builder.SetResourceQuota(grpc::ResourceQuota("console").SetMaxThreads(kThreadsMax).Resize(kMemoryMax));
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConsoleMax);
  std::unique_ptr<ConsoleListener> listener(new ConsoleListener());
  builder.AddListeningPort(address, std::move(credentials), &listener->port_);
  for (grpc::Service* service : services) builder.RegisterService(service);
  listener->server_ = builder.BuildAndStart();
  if (!listener->server_ || listener->port_ == 0) return Error{ErrorCode::kListenerFailed, address, {}};
  return listener;
}

void ConsoleListener::Shutdown(std::chrono::milliseconds within) {
  if (!server_) return;
  server_->Shutdown(std::chrono::system_clock::now() + within);
  server_->Wait();
}

}  // namespace madoguchi::console
