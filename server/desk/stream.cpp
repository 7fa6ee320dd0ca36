// SPDX-License-Identifier: Apache-2.0
#include "server/desk/stream.h"

#include <utility>

namespace madoguchi::desk {

std::shared_ptr<Stream> Stream::Make(grpc::CallbackServerContext* context) {
  std::shared_ptr<Stream> made(new Stream(context));
  made->self_ = made;
  return made;
}

void Stream::Begin(Callbacks callbacks) {
  const std::lock_guard lock(mutex_);
  callbacks_ = std::move(callbacks);
  StartRead(&incoming_);
}

void Stream::Send(v1::ServerMessage message) {
  std::function<void()> overflow;
  {
    const std::lock_guard lock(mutex_);
    if (closing_) return;
    if (out_.Push(std::move(message))) {
      Pump();
      return;
    }
    overflow = callbacks_.overflow;
  }
  overflow();
}

void Stream::Close(const v1::ServerMessage& last, const grpc::Status& status) {
  const std::lock_guard lock(mutex_);
  if (closing_) return;
  closing_ = true;
  status_ = status;
  if (!out_.Push(last)) {
    out_.DropWaiting();
    static_cast<void>(out_.Push(last));  // there is room now
  }
  Pump();
}

void Stream::Abort() {
  const std::lock_guard lock(mutex_);
  if (context_ == nullptr) return;
  context_->TryCancel();
  HangUp();
}

void Stream::OnReadDone(bool ok) {
  bool deliver = false;
  {
    const std::lock_guard lock(mutex_);
    if (!ok) {
      HangUp();
      return;
    }
    deliver = !closing_;
  }
  if (deliver) callbacks_.message(incoming_);
  incoming_.Clear();  // card answers do not stay in memory until the next message overwrites them
  const std::lock_guard lock(mutex_);
  if (!finished_) StartRead(&incoming_);
}

void Stream::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  out_.Written();
  if (!ok) {
    HangUp();
    return;
  }
  Pump();
}

void Stream::OnDone() {
  const std::shared_ptr<Stream> self = std::move(self_);
  Callbacks callbacks;
  {
    const std::lock_guard lock(mutex_);
    context_ = nullptr;
    closing_ = finished_ = true;
    callbacks = std::exchange(callbacks_, {});
  }
  callbacks.ended();
}

void Stream::Pump() {
  if (finished_) return;
  if (const v1::ServerMessage* next = out_.Next()) {
    StartWrite(next);
  } else if (closing_ && !out_.in_flight()) {
    finished_ = true;
    Finish(status_);
  }
}

void Stream::HangUp() {
  closing_ = true;
  out_.DropWaiting();
  // A write that the other side never takes would keep the stream for ever.
  if (out_.in_flight()) context_->TryCancel();
  Pump();
}

}  // namespace madoguchi::desk
