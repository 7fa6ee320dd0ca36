// SPDX-License-Identifier: Apache-2.0
// DeskListener: the unary calls of an activated desk: one connection with its certificate, one deadline, one
// translation of refusals. Thread: one at a time; a call blocks up to kDeskCallWithin. Errors: DESK_IDENTITY_MISSING,
// those of the service, and of the transport.
#pragma once
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <string>

#include "contract/deadline.h"
#include "contract/result.h"
#include "terminal/identity/call_refusal.h"

namespace madoguchi::identity {

inline constexpr std::chrono::seconds kDeskCallWithin{20};

class DeskListener {
 public:
  // server: host:port of the desk listener. Connects at the first call.
  static Result<DeskListener> Open(const std::string& server, const std::string& directory);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  Result<void> Call(const std::function<grpc::Status(grpc::ClientContext&)>& call);
  // What came with the refusal of the newest call.
  const CallRefusal& refusal() const { return refusal_; }

 private:
  DeskListener(std::shared_ptr<grpc::Channel> channel, std::string directory, bool renewed)
      : channel_(std::move(channel)), directory_(std::move(directory)), renewed_(renewed) {}
  std::shared_ptr<grpc::Channel> channel_;
  std::string directory_;
  bool renewed_;  // with the first answer the renewed certificate was used
  CallRefusal refusal_;
};

}  // namespace madoguchi::identity
