// SPDX-License-Identifier: Apache-2.0
// HandoffService: kept results as administrators see them, within the institutions of their session: never what is in
// them. Every call goes through Guard. Thread: gRPC's synchronous threads. Owns nothing. Errors on the wire:
// wire_error.h.
#pragma once
#include <functional>

#include "madoguchi/v1/handoff_service.grpc.pb.h"
#include "server/console/guard.h"
#include "server/handoff/kept_results.h"
#include "server/handoff/outbox.h"

namespace madoguchi::console {

class HandoffService final : public v1::HandoffService::Service {
 public:
  struct Parts {
    Guard& guard;
    handoff::KeptBook& book;
    const handoff::KeptResults& results;
    std::function<void()> wake;  // a result waits again: the couriers look at once
  };
  explicit HandoffService(Parts parts) : parts_(std::move(parts)) {}
  grpc::Status List(grpc::ServerContext* context, const v1::ListHandoffRequest* request,
                    v1::ListHandoffResponse* response) override;
  grpc::Status Retry(grpc::ServerContext* context, const v1::RetryHandoffRequest* request,
                     v1::RetryHandoffResponse* response) override;
  grpc::Status Discard(grpc::ServerContext* context, const v1::DiscardHandoffRequest* request,
                       v1::DiscardHandoffResponse* response) override;

 private:
  const Parts parts_;
};

}  // namespace madoguchi::console
