// SPDX-License-Identifier: Apache-2.0
// TrailExportService: the trail as an auditor takes it away, and how far it is under its signatures. Every call goes
// through Guard. The database is asked for one page at a time (a tile, 256 rows): a slow reader holds no connection.
// Thread: gRPC's synchronous threads; at most kExportsMax exports at once. Owns nothing. Errors on the wire:
// wire_error.h.
#pragma once
#include <chrono>
#include <functional>
#include <semaphore>

#include "contract/trail/checkpoint.h"
#include "madoguchi/v1/trail_export_service.grpc.pb.h"
#include "server/audit/sequencer.h"
#include "server/audit/tree_store.h"
#include "server/console/guard.h"

namespace madoguchi::console {

inline constexpr int kExportsMax = 2;
inline constexpr std::chrono::hours kExportWithin{6};         // 10 million rows over a slow line
inline constexpr std::chrono::minutes kExportTakenWithin{5};  // each part: a reader that stopped is let go
inline constexpr std::chrono::seconds kExportPageWithin{20};
inline constexpr std::size_t kBundleChunkBytesMax = 1024 * 1024;
inline constexpr const char* kWitnessNames[] = {"witness.file", "witness.url"};

class TrailExportService final : public v1::TrailExportService::Service {
 public:
  // All outlive the service.
  struct Parts {
    Guard& guard;
    audit::TreeStore& tree;
    audit::Trail& trail;
    const trail::VerifierKey& key;
    std::function<audit::SequencerState()> state;
    std::chrono::milliseconds taken_within = kExportTakenWithin;
  };
  explicit TrailExportService(const Parts& parts) : parts_(parts) {}
  grpc::Status Export(grpc::ServerContext* context, const v1::ExportTrailRequest* request,
                      grpc::ServerWriter<v1::ExportTrailResponse>* writer) override;
  grpc::Status GetCheckpoint(grpc::ServerContext* context, const v1::GetTrailCheckpointRequest* request,
                             v1::GetTrailCheckpointResponse* response) override;
  grpc::Status GetStatus(grpc::ServerContext* context, const v1::GetTrailStatusRequest* request,
                         v1::GetTrailStatusResponse* response) override;
  grpc::Status Prove(grpc::ServerContext* context, const v1::ProveTrailRowRequest* request,
                     v1::ProveTrailRowResponse* response) override;

 private:
  const Parts parts_;
  std::counting_semaphore<kExportsMax> free_{kExportsMax};
};

}  // namespace madoguchi::console
