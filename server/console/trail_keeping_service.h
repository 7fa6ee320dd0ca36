// SPDX-License-Identifier: Apache-2.0
// TrailKeepingService: the partitions of the trail and the holds over them. Every call goes through Guard; the book is
// keeping_book.h's. The trail is the whole organisation's: who is bound to institution codes may look, not change.
// Thread: gRPC's synchronous threads. Owns nothing. Errors on the wire: wire_error.h.
#pragma once
#include "madoguchi/v1/trail_keeping_service.grpc.pb.h"
#include "server/account/problem.h"
#include "server/console/guard.h"
#include "server/console/keeping_book.h"

namespace madoguchi::console {

class TrailKeepingService final : public v1::TrailKeepingService::Service {
 public:
  TrailKeepingService(Guard& guard, KeepingBook& book, int retention_years)
      : guard_(guard), book_(book), retention_years_(retention_years) {}
  grpc::Status ListPartitions(grpc::ServerContext* context, const v1::ListTrailPartitionsRequest* request,
                              v1::ListTrailPartitionsResponse* response) override;
  grpc::Status ListHolds(grpc::ServerContext* context, const v1::ListTrailHoldsRequest* request,
                         v1::ListTrailHoldsResponse* response) override;
  grpc::Status PlaceHold(grpc::ServerContext* context, const v1::PlaceTrailHoldRequest* request,
                         v1::PlaceTrailHoldResponse* response) override;
  grpc::Status LiftHold(grpc::ServerContext* context, const v1::LiftTrailHoldRequest* request,
                        v1::LiftTrailHoldResponse* response) override;

 private:
  Guard& guard_;
  KeepingBook& book_;
  const int retention_years_;
};

// What somebody wrote, checked; `problems` names every field that is wrong. Pure.
NewHold ReadHold(const v1::PlaceTrailHoldRequest& request, account::Problems& problems);

}  // namespace madoguchi::console
