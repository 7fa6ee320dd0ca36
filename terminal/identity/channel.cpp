// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <array>

#include "contract/limits.h"

namespace madoguchi::identity {
namespace {

// gRPC has no code for a failed handshake; its texts have been these since long before 1.51.
constexpr std::array<std::string_view, 4> kHandshakeTexts = {"handshake", "Handshake", "certificate", "Peer name"};

std::shared_ptr<grpc::Channel> Open(const std::string& server,
                                    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(limits::kMessageBytesMax);
  arguments.SetMaxSendMessageSize(limits::kMessageBytesMax);
  return grpc::CreateCustomChannel(server, credentials, arguments);
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& server, const wire::TlsFiles& files) {
  TRY_ASSIGN(const std::shared_ptr<grpc::ChannelCredentials> credentials, wire::ClientCredentials(files));
  return Open(server, credentials);
}

std::shared_ptr<grpc::Channel> OpenPinnedChannel(const PinnedRoot& root) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = root.pem();
  return Open(root.server(), grpc::SslCredentials(options));
}

Error FromStatus(const grpc::Status& status) {
  const std::string& text = status.error_message();
  for (const std::string_view handshake : kHandshakeTexts) {
    if (text.find(handshake) != std::string::npos) return {ErrorCode::kServerNotTrusted, text, {}};
  }
  return {ErrorCode::kServerUnreachable, "gRPC " + std::to_string(status.error_code()) + ": " + text, {}};
}

}  // namespace madoguchi::identity
