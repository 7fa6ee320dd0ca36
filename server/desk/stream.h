// SPDX-License-Identifier: Apache-2.0
// Stream: the gRPC side of one desk connection, nothing else: reads one message after the other, writes one at a time,
// ends cleanly. What the messages mean is Session's affair. Thread: reactions on gRPC's threads, one read reaction at a
// time; Send, Close, Abort from any thread, never blocking. Ownership: lives until gRPC is done with it and nobody else
// holds it. After OnDone nothing reaches gRPC any more.
#pragma once
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <mutex>

#include "madoguchi/v1/desk_service.grpc.pb.h"
#include "server/desk/out_queue.h"

namespace madoguchi::desk {

class Stream final : public grpc::ServerBidiReactor<v1::DeskMessage, v1::ServerMessage> {
 public:
  struct Callbacks {
    std::function<void(const v1::DeskMessage&)> message;  // never two at once, none after Close
    std::function<void()> overflow;                       // the desk does not take what it is sent; then call Abort
    std::function<void()> ended;                          // once, last
  };
  static std::shared_ptr<Stream> Make(grpc::CallbackServerContext* context);

  // Starts reading. Once.
  void Begin(Callbacks callbacks);
  // Dropped when the stream is closing or ended.
  void Send(v1::ServerMessage message);
  // Sends what waits, then `last`, then ends with `status`. Later messages of the desk are read and dropped. Only the
  // first call counts.
  void Close(const v1::ServerMessage& last, const grpc::Status& status = grpc::Status::OK);
  // Ends without the desk's help.
  void Abort();

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override;

 private:
  explicit Stream(grpc::CallbackServerContext* context) : context_(context) {}
  void Pump();    // mutex_ held: writes the next message, or finishes when closing and nothing is in flight
  void HangUp();  // mutex_ held: the desk is gone

  std::shared_ptr<Stream> self_;  // gRPC's share; given up in OnDone
  Callbacks callbacks_;           // set by Begin, cleared in OnDone under mutex_
  v1::DeskMessage incoming_;      // read reaction only
  std::mutex mutex_;
  grpc::CallbackServerContext* context_;  // guarded by mutex_, like all below; null after OnDone
  OutQueue out_;
  grpc::Status status_;
  bool closing_ = false;
  bool finished_ = false;  // Finish was called: no write may be started any more
};

}  // namespace madoguchi::desk
