// SPDX-License-Identifier: Apache-2.0
// The hash tree over the trail: RFC 9162 §2.1 with SHA-256. Leaf: SHA-256(00 ‖ entry); node: SHA-256(01 ‖ left ‖
// right); the empty tree: SHA-256 of nothing. Hashes are stored in tiles of up to 256 (C2SP tlog-tiles): tile N of
// level L holds the roots of the full subtrees of 256^L leaves number 256·N … 256·N+255. Pure functions of their
// arguments. Thread: any. Errors: TRAIL_PROOF_INVALID (what does not fit, never a row's content).
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi::trail {

inline constexpr std::size_t kHashBytes = 32;
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr int kTileLevelsMax = 8;  // 2^64 leaves
inline constexpr std::uint64_t kTreeSizeMax = std::uint64_t{1} << 48;
inline constexpr std::size_t kProofHashesMax = 128;

using Hash = std::array<std::uint8_t, kHashBytes>;

Hash LeafHash(ByteView entry);
Hash NodeHash(const Hash& left, const Hash& right);
Hash EmptyRoot();

struct Tile {
  int level = 0;            // 0: of leaves
  std::uint64_t index = 0;  // counted in full tiles of that level
  Bytes hashes;             // width × 32 bytes, width 1–256
};
// The root over the hashes of a tile, side by side. Of a full tile: its hash in the level above.
Hash RootOfTile(ByteView hashes);

// The right edge of a growing tree: its partial tiles. Enough to append and to know the root.
class Edge {
 public:
  Edge() = default;  // of the empty tree
  // `partial`: the partial tiles, level 0 first; level L has (size >> 8·L) mod 256 hashes.
  static Result<Edge> Read(std::uint64_t size, ByteView partial);
  Bytes Written() const;

  // Tiles that became full are added to `full`, in order of their levels.
  void Append(const Hash& leaf, std::vector<Tile>& full);
  Hash Root() const;
  std::uint64_t size() const { return size_; }
  const Bytes& partial(int level) const { return levels_[static_cast<std::size_t>(level)]; }

 private:
  std::uint64_t size_ = 0;
  std::array<Bytes, kTileLevelsMax> levels_;
};

// Gives a tile as it is in a tree of some size: width hashes, or an error. Called with width ≤ 256 that such a tree
// has.
using TileReader = std::function<Result<Bytes>(int level, std::uint64_t index, std::uint64_t width)>;

Result<Hash> RootOfTiles(std::uint64_t size, const TileReader& tiles);
// RFC 9162 §2.1.3: the audit path of a leaf, from the leaf's sibling to the root's child. leaf < size.
Result<std::vector<Hash>> InclusionProof(std::uint64_t leaf, std::uint64_t size, const TileReader& tiles);
// RFC 9162 §2.1.4: that the tree of old_size is the beginning of the tree of size. old_size ≤ size.
Result<std::vector<Hash>> ConsistencyProof(std::uint64_t old_size, std::uint64_t size, const TileReader& tiles);

Result<void> CheckInclusion(std::uint64_t leaf, std::uint64_t size, const Hash& leaf_hash,
                            const std::vector<Hash>& proof, const Hash& root);
Result<void> CheckConsistency(std::uint64_t old_size, std::uint64_t size, const Hash& old_root, const Hash& root,
                              const std::vector<Hash>& proof);

}  // namespace madoguchi::trail
