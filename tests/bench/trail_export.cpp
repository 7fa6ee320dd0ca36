// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/trail_export.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <vector>

#include "contract/crypto/digest.h"
#include "contract/trail/checkpoint.h"
#include "contract/trail/entries.h"

namespace madoguchi::bench {
namespace {

// Of this thread's processor time: what the machine does beside it does not count.
struct Clock {
  using duration = std::chrono::nanoseconds;
  static duration now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }
};

template <class T>
T Must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(result).value();
}

void Must(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().detail);
}

double Seconds(Clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

ExportFolder::ExportFolder(const std::string& folder) : writer_(Must(trail::ExportWriter::Open(folder))) {}

void ExportFolder::Add(std::string_view line) {
  trail::AppendEntry(line, bundle_);
  if (++lines_ % trail::kTileWidth != 0) return;
  Must(writer_.Write(trail::EntriesPath(lines_ / trail::kTileWidth - 1, trail::kTileWidth), bundle_));
  bundle_.clear();
}

void ExportFolder::Add(const trail::Tile& tile) {
  Must(writer_.Write(trail::TilePath(tile.level, tile.index, trail::kTileWidth), tile.hashes));
}

void ExportFolder::Complete(const trail::Edge& edge) {
  if (const std::uint64_t width = lines_ % trail::kTileWidth; width != 0)
    Must(writer_.Write(trail::EntriesPath(lines_ / trail::kTileWidth, width), bundle_));
  std::uint64_t tiles = edge.size();  // of a level, its leaves first
  for (int level = 0; level < trail::kTileLevelsMax; ++level, tiles /= trail::kTileWidth) {
    const Bytes& partial = edge.partial(level);
    if (partial.empty()) continue;
    Must(writer_.Write(trail::TilePath(level, tiles / trail::kTileWidth, partial.size() / trail::kHashBytes), partial));
  }
  const trail::Signer signer(kOriginOfExport, Must(crypto::Ed25519Key::Make()), trail::SignatureType::kEd25519);
  const std::string note = trail::SignedCheckpoint({kOriginOfExport, edge.size(), edge.Root()}, signer);
  Must(writer_.Write(trail::CheckpointPath(edge.size()), AsBytes(note)));
  Must(writer_.Write(trail::kKeyPath, AsBytes(signer.verifier().Written() + "\n")));
  Must(writer_.Finish(note));
}

nlohmann::json RawHashing(const std::string& folder) {
  const trail::ExportReader reader = Must(trail::ExportReader::Open(folder));
  const auto note = Must(reader.Text(trail::kNewestCheckpointPath, trail::kNoteBytesMax));
  const trail::Checkpoint checkpoint = Must(trail::ReadCheckpoint(note.value().substr(0, note->find("\n\n") + 1)));
  std::uint64_t bytes = 0;
  Clock::duration each{0}, all{0};
  Bytes bundle, together;
  std::vector<trail::Entry> entries;
  std::uint8_t used = 0;  // so that no compiler leaves the hashing out
  for (std::uint64_t first = 0; first < checkpoint.size; first += trail::kTileWidth) {
    const std::uint64_t width = std::min(trail::kTileWidth, checkpoint.size - first);
    if (!Must(reader.Entries(first / trail::kTileWidth, width, bundle))) throw std::runtime_error("rows are missing");
    trail::ReadEntries(bundle, {}, entries);
    together.clear();
    for (const trail::Entry& entry : entries) together.insert(together.end(), entry.line.begin(), entry.line.end());
    bytes += together.size();
    auto started = Clock::now();
    for (const trail::Entry& entry : entries) used = used ^ crypto::Sha256(AsBytes(entry.line))[0];
    each += Clock::now() - started;
    started = Clock::now();
    used = used ^ crypto::Sha256(together)[0];
    all += Clock::now() - started;
  }
  return {{"rows", checkpoint.size},
          {"bytes", bytes},
          {"each_row_s", Seconds(each)},
          {"all_in_one_s", Seconds(all)},
          {"used", used}};
}

}  // namespace madoguchi::bench
