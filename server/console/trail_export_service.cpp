// SPDX-License-Identifier: Apache-2.0
#include "server/console/trail_export_service.h"

#include <algorithm>
#include <map>

#include "contract/trail/entries.h"
#include "server/audit/event.h"
#include "server/console/stream_limit.h"

namespace madoguchi::console {
namespace {

using audit::StoredCheckpoint;
using trail::kTileWidth;

Deadline PageWithin() {
  return Deadline::In(kExportPageWithin);
}

Result<void> WholeOrganisation(const Caller& caller) {
  if (caller.institution_codes.empty()) return {};
  return Error{ErrorCode::kInstitutionNotAllowed, "the trail is one tree: a session of the whole organisation", {}};
}

void Fill(const StoredCheckpoint& stored, v1::TrailCheckpoint& checkpoint) {
  checkpoint.set_size(stored.size);
  checkpoint.set_note(stored.note);
}

// One export: everything a tree of `newest` has, in parts that are written as they are read.
class Exporting {
 public:
  Exporting(audit::TreeStore& tree, grpc::ServerContext& context, grpc::ServerWriter<v1::ExportTrailResponse>& writer,
            std::chrono::milliseconds taken_within, StoredCheckpoint newest, std::uint64_t since)
      : tree_(tree),
        writer_(writer),
        newest_(std::move(newest)),
        since_(std::min(since, newest_.size)),
        taken_within_(taken_within),
        limit_(context, Deadline::In(taken_within)) {}

  Result<void> Run(const std::string& key) {
    part_.set_size(newest_.size);
    part_.set_verifier_key(key);
    TRY_VOID(Write());
    part_.clear_size();
    TRY_VOID(Checkpoints());
    for (int level = 0; level < trail::kTileLevelsMax && newest_.size >> (8 * level) > 0; ++level)
      TRY_VOID(Tiles(level));
    for (std::uint64_t first = since_ / kTileWidth * kTileWidth; first < newest_.size; first += kTileWidth)
      TRY_VOID(Bundle(first));
    // After the rows: a month that was retired meanwhile has its tombstone here.
    TRY_VOID(Tombstones());
    Fill(newest_, *part_.mutable_newest());
    return Write();
  }

 private:
  Result<void> Write() {
    limit_.Move(end_.Capped(taken_within_));
    if (!writer_.Write(part_)) return Error{ErrorCode::kAnswerLost, "the reader of an export is gone", {}};
    return {};
  }

  Result<void> Checkpoints() {
    std::map<std::uint64_t, std::string> notes;
    TRY_ASSIGN(const std::vector<StoredCheckpoint> kept, tree_.Checkpoints(newest_.size, PageWithin()));
    for (const StoredCheckpoint& one : kept) notes[one.size] = one.note;
    for (const char* name : kWitnessNames) {
      TRY_ASSIGN(const audit::WitnessState witness, tree_.Witness(name, PageWithin()));
      if (!witness.note.empty() && witness.size <= newest_.size) notes[witness.size] = witness.note;
    }
    for (const auto& [size, note] : notes) {
      Fill({size, note}, *part_.mutable_checkpoint());
      TRY_VOID(Write());
    }
    return {};
  }

  Result<void> Tombstones() {
    TRY_ASSIGN(const std::vector<audit::StoredTombstone> stones, tree_.Tombstones(PageWithin()));
    for (const audit::StoredTombstone& stone : stones) {
      part_.mutable_tombstone()->set_partition(stone.partition);
      part_.mutable_tombstone()->set_note(stone.note);
      TRY_VOID(Write());
    }
    return {};
  }

  Result<void> Tiles(int level) {
    const std::uint64_t hashes = newest_.size >> (8 * level);
    for (std::uint64_t tile = since_ >> (8 * level) >> 8; tile * kTileWidth < hashes; ++tile) {
      const std::uint64_t width = std::min(kTileWidth, hashes - tile * kTileWidth);
      TRY_ASSIGN(const Bytes content, tree_.Tile(level, tile, width, PageWithin()));
      part_.mutable_tile()->set_level(static_cast<std::uint32_t>(level));
      part_.mutable_tile()->set_index(tile);
      part_.mutable_tile()->set_hashes(content.data(), content.size());
      TRY_VOID(Write());
    }
    return {};
  }

  Result<void> Bundle(std::uint64_t first) {
    const std::uint64_t rows = std::min(kTileWidth, newest_.size - first);
    TRY_ASSIGN(const std::vector<audit::Entry> entries, tree_.Entries(first, rows, PageWithin()));
    Bytes content;
    auto entry = entries.begin();
    for (std::uint64_t leaf = first; leaf < first + rows; ++leaf) {
      const bool is_there = entry != entries.end() && entry->leaf == leaf;
      trail::AppendEntry(is_there ? std::string_view(entry->line) : std::string_view(), content);
      if (is_there) ++entry;
    }
    const ByteView whole = content;
    for (std::size_t at = 0; at < whole.size(); at += kBundleChunkBytesMax) {
      const ByteView chunk = whole.subspan(at, std::min(kBundleChunkBytesMax, whole.size() - at));
      part_.mutable_bundle()->set_index(first / kTileWidth);
      part_.mutable_bundle()->set_rows(static_cast<std::uint32_t>(rows));
      part_.mutable_bundle()->set_content(chunk.data(), chunk.size());
      part_.mutable_bundle()->set_more(at + chunk.size() < whole.size());
      TRY_VOID(Write());
    }
    return {};
  }

  audit::TreeStore& tree_;
  grpc::ServerWriter<v1::ExportTrailResponse>& writer_;
  const StoredCheckpoint newest_;
  const std::uint64_t since_;
  const std::chrono::milliseconds taken_within_;
  const Deadline end_ = Deadline::In(kExportWithin);
  v1::ExportTrailResponse part_;
  StreamLimit limit_;
};

}  // namespace

grpc::Status TrailExportService::Export(grpc::ServerContext* context, const v1::ExportTrailRequest* request,
                                        grpc::ServerWriter<v1::ExportTrailResponse>* writer) {
  return parts_.guard.Serve(
      *context, "TrailExportService/Export", *request,
      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
        TRY_VOID(WholeOrganisation(caller));
        TRY_ASSIGN(std::optional<StoredCheckpoint> newest, parts_.tree.Checkpoint(trail::kTreeSizeMax, deadline));
        if (!newest) return Error{ErrorCode::kNotFoundHere, "nothing is signed yet", {}};
        if (!free_.try_acquire()) return Error{ErrorCode::kServerBusy, "other exports are running", {}};
        Result<void> done = [&]() -> Result<void> {
          TRY_VOID(parts_.trail.RecordEvent(
              {.action = audit::action::kAuditExported,
               .desk_id = {},
               .press_id = {},
               .code = 0,
               .detail = "size=" + std::to_string(newest->size) + " since=" + std::to_string(request->since()),
               .actor = caller.user_id},
              deadline));
          return Exporting(parts_.tree, *context, *writer, parts_.taken_within, std::move(*newest), request->since())
              .Run(parts_.key.Written());
        }();
        free_.release();
        return done;
      });
}

grpc::Status TrailExportService::GetCheckpoint(grpc::ServerContext* context,
                                               const v1::GetTrailCheckpointRequest* request,
                                               v1::GetTrailCheckpointResponse* response) {
  return parts_.guard.Serve(*context, "TrailExportService/GetCheckpoint", *request,
                            [&](const Caller&, Deadline deadline, Refused&) -> Result<void> {
                              TRY_ASSIGN(const std::optional<StoredCheckpoint> newest,
                                         parts_.tree.Checkpoint(trail::kTreeSizeMax, deadline));
                              if (newest) Fill(*newest, *response->mutable_checkpoint());
                              response->set_verifier_key(parts_.key.Written());
                              return {};
                            });
}

grpc::Status TrailExportService::GetStatus(grpc::ServerContext* context, const v1::GetTrailStatusRequest* request,
                                           v1::GetTrailStatusResponse* response) {
  return parts_.guard.Serve(
      *context, "TrailExportService/GetStatus", *request,
      [&](const Caller&, Deadline deadline, Refused&) -> Result<void> {
        TRY_ASSIGN(const audit::TreeLook look, parts_.tree.Look(deadline));
        response->set_size(look.size);
        response->set_waiting(look.waiting);
        response->set_oldest_seconds(static_cast<std::uint32_t>(look.oldest.count()));
        response->set_held_by(look.held_by);
        response->set_signed_size(look.signed_size);
        response->set_signed_seconds(static_cast<std::uint32_t>(std::max(look.signed_ago.count(), std::int64_t{0})));
        response->set_forked(parts_.state().forked);
        response->set_origin(parts_.key.name);
        for (const char* name : kWitnessNames) {
          TRY_ASSIGN(const audit::WitnessState state, parts_.tree.Witness(name, deadline));
          if (state.updated_at.empty()) continue;
          v1::TrailWitness& witness = *response->add_witnesses();
          witness.set_name(name);
          witness.set_size(state.size);
          witness.set_trouble_code(state.trouble_code);
          witness.set_updated_at(state.updated_at);
        }
        return {};
      });
}

grpc::Status TrailExportService::Prove(grpc::ServerContext* context, const v1::ProveTrailRowRequest* request,
                                       v1::ProveTrailRowResponse* response) {
  return parts_.guard.Serve(
      *context, "TrailExportService/Prove", *request,
      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
        TRY_VOID(WholeOrganisation(caller));
        TRY_ASSIGN(const std::optional<std::uint64_t> leaf, parts_.tree.LeafOf(request->sequence(), deadline));
        TRY_ASSIGN(const std::optional<StoredCheckpoint> newest, parts_.tree.Checkpoint(trail::kTreeSizeMax, deadline));
        if (!leaf || !newest || *leaf >= newest->size)
          return Error{ErrorCode::kNotFoundHere, "a row that a checkpoint covers", {}};
        TRY_ASSIGN(const std::vector<trail::Hash> path,
                   trail::InclusionProof(*leaf, newest->size, TilesOf(parts_.tree, deadline)));
        TRY_ASSIGN(const std::vector<audit::Entry> entry, parts_.tree.Entries(*leaf, 1, deadline));
        TRY_VOID(parts_.trail.RecordEvent({.action = audit::action::kAuditExported,
                                           .desk_id = {},
                                           .press_id = {},
                                           .code = 0,
                                           .detail = "row=" + std::to_string(request->sequence()),
                                           .actor = caller.user_id},
                                          deadline));
        response->set_leaf(*leaf);
        if (!entry.empty()) response->set_line(entry.front().line);
        for (const trail::Hash& hash : path) response->add_path(hash.data(), hash.size());
        Fill(*newest, *response->mutable_checkpoint());
        return {};
      });
}

}  // namespace madoguchi::console
