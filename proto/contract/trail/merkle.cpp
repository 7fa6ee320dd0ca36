// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/merkle.h"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <utility>

#include "contract/crypto/digest.h"

namespace madoguchi::trail {
namespace {

constexpr std::size_t kTileBytes = kTileWidth * kHashBytes;

Error Unfit(std::string what) {
  return {ErrorCode::kTrailProofInvalid, std::move(what), {}};
}

Hash HashAt(ByteView hashes, std::size_t place) {
  Hash hash;
  std::copy_n(hashes.begin() + static_cast<std::ptrdiff_t>(place * kHashBytes), kHashBytes, hash.begin());
  return hash;
}

// Of 2^n hashes side by side, n ≤ 8.
Hash RootOfFull(ByteView hashes) {
  std::array<Hash, kTileWidth / 2> nodes;
  std::size_t count = hashes.size() / kHashBytes;
  if (count == 1) return HashAt(hashes, 0);
  count /= 2;
  for (std::size_t i = 0; i < count; ++i) nodes[i] = NodeHash(HashAt(hashes, 2 * i), HashAt(hashes, 2 * i + 1));
  for (; count > 1; count /= 2) {
    for (std::size_t i = 0; i < count / 2; ++i) nodes[i] = NodeHash(nodes[2 * i], nodes[2 * i + 1]);
  }
  return nodes[0];
}

// Puts the subtrees of `hashes`, from the last and smallest to the first, to the left of `root`.
void JoinLeft(ByteView hashes, std::optional<Hash>& root) {
  std::size_t end = hashes.size() / kHashBytes;
  while (end > 0) {
    const std::size_t full = std::size_t{1} << std::countr_zero(end);
    const Hash subtree = RootOfFull(hashes.subspan((end - full) * kHashBytes, full * kHashBytes));
    root = root ? NodeHash(subtree, *root) : subtree;
    end -= full;
  }
}

std::uint64_t Complete(std::uint64_t size, int level) {
  return level >= kTileLevelsMax ? 0 : size >> (8 * level);
}

// Roots of parts of a tree of `size` leaves. A tile is read once.
class Nodes {
 public:
  Nodes(std::uint64_t size, const TileReader& tiles) : size_(size), tiles_(tiles) {}

  // Of the leaves [begin, end), a node of the tree (RFC 9162 §2.1.1): begin is a multiple of the power of two that is
  // not less than end − begin.
  Result<Hash> Over(std::uint64_t begin, std::uint64_t end) {
    std::optional<Hash> root;
    while (end > begin) {
      const int height = std::countr_zero(end - begin);
      const std::uint64_t full = std::uint64_t{1} << height;
      TRY_ASSIGN(const Hash subtree, Full(height, (end - full) >> height));
      root = root ? NodeHash(subtree, *root) : subtree;
      end -= full;
    }
    return *root;
  }

 private:
  // The root of the full subtree number `index` of 2^height leaves.
  Result<Hash> Full(int height, std::uint64_t index) {
    const int level = height / 8;
    const std::uint64_t width = std::uint64_t{1} << (height % 8);  // in hashes of that level
    const std::uint64_t first = index * width;
    TRY_ASSIGN(const ByteView tile, Of(level, first / kTileWidth));
    return RootOfFull(tile.subspan((first % kTileWidth) * kHashBytes, width * kHashBytes));
  }

  Result<ByteView> Of(int level, std::uint64_t index) {
    const auto known = read_.find({level, index});
    if (known != read_.end()) return ByteView(known->second);
    const std::uint64_t width = std::min(kTileWidth, Complete(size_, level) - index * kTileWidth);
    TRY_ASSIGN(Bytes hashes, tiles_(level, index, width));
    if (hashes.size() != width * kHashBytes) return Unfit("a tile of another width");
    return ByteView(read_.emplace(std::pair(level, index), std::move(hashes)).first->second);
  }

  std::uint64_t size_;
  const TileReader& tiles_;
  std::map<std::pair<int, std::uint64_t>, Bytes> read_;
};

// The largest power of two that is less than `count`. Precondition: count ≥ 2.
std::uint64_t Split(std::uint64_t count) {
  return std::bit_floor(count - 1);
}

}  // namespace

Hash LeafHash(ByteView entry) {
  static constexpr std::array<std::uint8_t, 1> kLeaf = {0x00};
  return crypto::Sha256(kLeaf, entry);
}

Hash NodeHash(const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 1 + 2 * kHashBytes> input;
  input[0] = 0x01;
  std::copy(left.begin(), left.end(), input.begin() + 1);
  std::copy(right.begin(), right.end(), input.begin() + 1 + kHashBytes);
  return crypto::Sha256(input, {});
}

Hash EmptyRoot() {
  return crypto::Sha256(ByteView{}, {});
}

Result<Edge> Edge::Read(std::uint64_t size, ByteView partial) {
  if (size > kTreeSizeMax) return Unfit("a tree of more than 2^48 leaves");
  Edge edge;
  edge.size_ = size;
  for (int level = 0; level < kTileLevelsMax; ++level) {
    const std::size_t bytes = static_cast<std::size_t>(Complete(size, level) % kTileWidth) * kHashBytes;
    if (partial.size() < bytes) return Unfit("an edge that is too short for its size");
    edge.levels_[static_cast<std::size_t>(level)].assign(partial.begin(),
                                                         partial.begin() + static_cast<std::ptrdiff_t>(bytes));
    partial = partial.subspan(bytes);
  }
  if (!partial.empty()) return Unfit("an edge that is too long for its size");
  return edge;
}

Bytes Edge::Written() const {
  Bytes all;
  for (const Bytes& level : levels_) all.insert(all.end(), level.begin(), level.end());
  return all;
}

void Edge::Append(const Hash& leaf, std::vector<Tile>& full) {
  ++size_;
  Hash hash = leaf;
  for (int level = 0; level < kTileLevelsMax; ++level) {
    Bytes& hashes = levels_[static_cast<std::size_t>(level)];
    if (hashes.capacity() == 0) hashes.reserve(kTileBytes);
    hashes.insert(hashes.end(), hash.begin(), hash.end());
    if (hashes.size() < kTileBytes) return;
    hash = RootOfFull(hashes);
    full.push_back({level, Complete(size_, level + 1) - 1, std::exchange(hashes, {})});
  }
}

Hash Edge::Root() const {
  std::optional<Hash> root;
  for (const Bytes& level : levels_) JoinLeft(level, root);
  return root ? *root : EmptyRoot();
}

Hash RootOfTile(ByteView hashes) {
  std::optional<Hash> root;
  JoinLeft(hashes, root);
  return root ? *root : EmptyRoot();
}

Result<Hash> RootOfTiles(std::uint64_t size, const TileReader& tiles) {
  if (size > kTreeSizeMax) return Unfit("a tree of more than 2^48 leaves");
  std::optional<Hash> root;
  for (int level = 0; level < kTileLevelsMax; ++level) {
    const std::uint64_t complete = Complete(size, level), width = complete % kTileWidth;
    if (width == 0) continue;
    TRY_ASSIGN(const Bytes hashes, tiles(level, complete / kTileWidth, width));
    if (hashes.size() != width * kHashBytes) return Unfit("a tile of another width");
    JoinLeft(hashes, root);
  }
  return root ? *root : EmptyRoot();
}

Result<std::vector<Hash>> InclusionProof(std::uint64_t leaf, std::uint64_t size, const TileReader& tiles) {
  if (leaf >= size || size > kTreeSizeMax) return Unfit("no such leaf in a tree of that size");
  Nodes nodes(size, tiles);
  std::vector<Hash> proof;
  std::uint64_t begin = 0, end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + Split(end - begin);
    const bool left = leaf < middle;
    TRY_ASSIGN(const Hash sibling, left ? nodes.Over(middle, end) : nodes.Over(begin, middle));
    proof.push_back(sibling);
    (left ? end : begin) = middle;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<std::vector<Hash>> ConsistencyProof(std::uint64_t old_size, std::uint64_t size, const TileReader& tiles) {
  if (old_size > size || size > kTreeSizeMax) return Unfit("the older tree is larger");
  if (old_size == 0 || old_size == size) return std::vector<Hash>{};
  Nodes nodes(size, tiles);
  std::vector<Hash> proof;
  std::uint64_t begin = 0, end = size;
  while (old_size != end) {
    const std::uint64_t middle = begin + Split(end - begin);
    const bool left = old_size <= middle;
    TRY_ASSIGN(const Hash sibling, left ? nodes.Over(middle, end) : nodes.Over(begin, middle));
    proof.push_back(sibling);
    (left ? end : begin) = middle;
  }
  if (begin > 0) {
    TRY_ASSIGN(const Hash last, nodes.Over(begin, end));
    proof.push_back(last);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<void> CheckInclusion(std::uint64_t leaf, std::uint64_t size, const Hash& leaf_hash,
                            const std::vector<Hash>& proof, const Hash& root) {
  if (leaf >= size || size > kTreeSizeMax) return Unfit("no such leaf in a tree of that size");
  std::uint64_t place = leaf, last = size - 1;  // RFC 9162 §2.1.3.2: fn, sn
  Hash hash = leaf_hash;
  for (const Hash& sibling : proof) {
    if (last == 0) return Unfit("an inclusion proof that is too long");
    if ((place & 1) != 0 || place == last) {
      hash = NodeHash(sibling, hash);
      for (; (place & 1) == 0 && place != 0; place >>= 1) last >>= 1;
    } else {
      hash = NodeHash(hash, sibling);
    }
    place >>= 1;
    last >>= 1;
  }
  if (last != 0) return Unfit("an inclusion proof that is too short");
  if (hash != root) return Unfit("the leaf is not in the tree with this root");
  return {};
}

Result<void> CheckConsistency(std::uint64_t old_size, std::uint64_t size, const Hash& old_root, const Hash& root,
                              const std::vector<Hash>& proof) {
  if (old_size > size || size > kTreeSizeMax) return Unfit("the older tree is larger");
  if (old_size == 0 || old_size == size) {
    if (!proof.empty()) return Unfit("a consistency proof that is too long");
    if (old_root != (old_size == 0 ? EmptyRoot() : root)) return Unfit("two roots for one size");
    return {};
  }
  // RFC 9162 §2.1.4.2: fn, sn, fr, sr.
  std::size_t next = 0;
  Hash old_hash = old_root;
  if (!std::has_single_bit(old_size)) {
    if (proof.empty()) return Unfit("a consistency proof that is too short");
    old_hash = proof[next++];
  }
  Hash hash = old_hash;
  std::uint64_t place = old_size - 1, last = size - 1;
  for (; (place & 1) != 0; place >>= 1) last >>= 1;
  for (; next < proof.size(); ++next) {
    if (last == 0) return Unfit("a consistency proof that is too long");
    if ((place & 1) != 0 || place == last) {
      old_hash = NodeHash(proof[next], old_hash);
      hash = NodeHash(proof[next], hash);
      for (; (place & 1) == 0 && place != 0; place >>= 1) last >>= 1;
    } else {
      hash = NodeHash(hash, proof[next]);
    }
    place >>= 1;
    last >>= 1;
  }
  if (last != 0) return Unfit("a consistency proof that is too short");
  if (old_hash != old_root || hash != root) return Unfit("the older tree is not the beginning of the newer one");
  return {};
}

}  // namespace madoguchi::trail
