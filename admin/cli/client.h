// SPDX-License-Identifier: Apache-2.0
// The way to the server's console listener: mutual TLS 1.3 with the console certificate, the session token of the last
// log-in with every call, no proxy, nothing repeated by itself. Thread: one. Deadlines: kCallWithin, kTransferWithin.
// Errors: what the server refused, as it said; SERVER_UNREACHABLE and SERVER_NOT_TRUSTED when nothing was done;
// ANSWER_LOST when it is not known.
#pragma once
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <string>

#include "admin/cli/failure.h"
#include "admin/cli/settings.h"

namespace madoguchi::cli {

inline constexpr std::chrono::seconds kCallWithin{25};       // longer than the server's own 20 s
inline constexpr std::chrono::seconds kTransferWithin{120};  // of sheets in and out
inline constexpr int kMessageBytesMax = 8 * 1024 * 1024;     // three attachments of 2 MiB
inline constexpr char kSessionMetadata[] = "madoguchi-session";

class Client {
 public:
  explicit Client(const Settings& settings) : settings_(settings) {}

  // One call. `method` as &v1::AccountService::Stub::List.
  template <class Stub, class Request, class Response>
  Done Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), const Request& request,
            Response& response) {
    if (Done failed = Open()) return failed;
    grpc::ClientContext context;
    if (Done failed = Prepare(context, kCallWithin)) return failed;
    Stub stub(channel_);
    return FromStatus((stub.*method)(&context, request, &response));
  }

  // For streams: the caller makes the stub.
  Done Open();
  // Deadline and session token. A token of another server, or none, is no failure here: the server decides.
  Done Prepare(grpc::ClientContext& context, std::chrono::milliseconds within);
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  static Done FromStatus(const grpc::Status& status);

 private:
  const Settings& settings_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace madoguchi::cli
