// SPDX-License-Identifier: Apache-2.0
// The one way this program opens a channel to a server, and the one translation of gRPC's status into the catalogue.
#pragma once
#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>

#include "contract/channel_credentials.h"
#include "terminal/identity/pinned_root.h"

namespace madoguchi::identity {

// server: host:port; the name is checked against the server's certificate. Proxies of the environment are ignored: the
// stream carries card commands and goes to no third party. Connects when it is first used, and each channel has a
// connection of its own.
Result<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& server, const wire::TlsFiles& files);
// As above, without an identity of our own: to the enrolment listener behind a pinned root.
std::shared_ptr<grpc::Channel> OpenPinnedChannel(const PinnedRoot& root);

// SERVER_NOT_TRUSTED when the TLS handshake failed, else SERVER_UNREACHABLE. Precondition: not OK.
Error FromStatus(const grpc::Status& status);

}  // namespace madoguchi::identity
