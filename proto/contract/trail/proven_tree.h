// SPDX-License-Identifier: Apache-2.0
// From a signed root down: which hashes are the signed ones, and which tiles of an export are not. Everything that was
// not tampered with still speaks: a level of tiles can be had from its file, from the tiles of rows below, or from the
// rows themselves; what agrees with the hash above it is proven. Thread: one. Memory: 64 bytes for 256 rows.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "contract/trail/checkpoint.h"
#include "contract/trail/export_layout.h"
#include "contract/trail/finding.h"

namespace madoguchi::trail {

inline constexpr std::size_t kDifferingPlacesMax = 10;    // of one tile, of which every mixture is tried
inline constexpr std::size_t kMixturesMax = 4096;         // of the tiles at the right edge
inline constexpr std::size_t kMixturesOfAllMax = 65'536;  // of full tiles, in one verification
inline constexpr std::size_t kReplacedTilesMax = 4096;    // of level 0, kept for the roots of earlier sizes

// Of the same trail, when it was smaller: it may still know hashes that this one has lost.
struct EarlierExport {
  ExportReader folder;
  std::uint64_t size = 0;
};

class ProvenTree {
 public:
  // `folder` and `earlier` outlive it.
  ProvenTree(const ExportReader& folder, const std::optional<EarlierExport>& earlier, const Checkpoint& head)
      : folder_(folder), earlier_(earlier), head_(head) {}

  // The tiles of level 0 one after the other, as the file says and as the rows say (where there is no row: as the file
  // says). width × 32 bytes each; of a file that does not fit: zeros.
  void AddTile(ByteView of_file, ByteView of_rows);
  // After the last one. Tiles above level 0 that are not the signed ones are told.
  Result<void> Prove(Findings& findings);

  // False: nothing that is left agrees with the signed root.
  bool IsProven() const { return top_; }
  // Is the file of this tile of level 0 the signed one?
  bool IsFileProven(std::uint64_t index) const;
  // The signed hashes of a tile of level 0, then kept for Tile(); nothing when nothing that is left agrees with what
  // was signed, which is told.
  Result<std::optional<Bytes>> Leaves(std::uint64_t index, const Bytes& of_file, const Bytes& of_rows,
                                      Findings& findings);
  // Of any level, once the leaves of every tile that is not as its rows say were asked for; for roots of earlier sizes.
  // TRAIL_PROOF_INVALID: not proven.
  Result<Bytes> Tile(int level, std::uint64_t index, std::uint64_t width) const;

 private:
  using Hashes = std::vector<Hash>;
  using ProvenHashes = std::vector<std::optional<Hash>>;
  void Climb(std::vector<Hashes>& levels) const;
  Result<bool> ProveTop();
  Result<void> ProveBelow(std::size_t level, Findings& findings);
  Result<void> TellTiles(std::size_t level, Findings& findings) const;
  Result<Bytes> OfEarlier(std::uint64_t index, Bytes of_file) const;
  Result<std::vector<Bytes>> Claims(std::size_t level, std::uint64_t index) const;
  std::uint64_t Width(std::size_t level, std::uint64_t index) const;
  std::uint64_t Count(std::size_t level) const { return head_.size >> (8 * level); }
  Finding OfRows(FindingKind kind, std::size_t level, std::uint64_t index) const;

  const ExportReader& folder_;
  const std::optional<EarlierExport>& earlier_;
  Checkpoint head_;
  std::size_t mixtures_left_ = kMixturesOfAllMax;
  std::vector<Hashes> of_tiles_ = std::vector<Hashes>(2), of_rows_ = of_tiles_;  // [level], from 1
  Bytes last_of_file_, last_of_rows_;                                            // the partial tile of level 0
  std::vector<ProvenHashes> proven_;                                             // [level], from 1
  Bytes last_;
  bool top_ = false;
  std::map<std::uint64_t, std::optional<Bytes>> replaced_;  // tiles of level 0 that are not as the file says
};

}  // namespace madoguchi::trail
