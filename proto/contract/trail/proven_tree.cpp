// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/proven_tree.h"

#include <algorithm>
#include <utility>

namespace madoguchi::trail {
namespace {

std::ptrdiff_t BytesOf(std::uint64_t hashes) {
  return static_cast<std::ptrdiff_t>(hashes * kHashBytes);
}

Bytes SideBySide(const std::vector<Hash>& hashes, std::uint64_t first, std::uint64_t count) {
  Bytes bytes;
  bytes.reserve(count * kHashBytes);
  for (std::uint64_t i = first; i < first + count; ++i) bytes.insert(bytes.end(), hashes[i].begin(), hashes[i].end());
  return bytes;
}

bool SameHash(const Bytes& left, const Bytes& right, std::uint64_t place) {
  return std::equal(left.begin() + BytesOf(place), left.begin() + BytesOf(place + 1), right.begin() + BytesOf(place));
}

void PutHash(const Bytes& from, std::uint64_t place, Bytes& into) {
  std::copy(from.begin() + BytesOf(place), from.begin() + BytesOf(place + 1), into.begin() + BytesOf(place));
}

// What file and rows say, and, where they differ at few places, every mixture of both.
std::vector<Bytes> Mixtures(const Bytes& of_file, const Bytes& of_rows) {
  std::vector<Bytes> mixtures = {of_file};
  if (of_file == of_rows) return mixtures;
  mixtures.push_back(of_rows);
  std::vector<std::uint64_t> places;
  for (std::uint64_t place = 0; place < of_file.size() / kHashBytes; ++place) {
    if (!SameHash(of_file, of_rows, place)) places.push_back(place);
  }
  if (places.size() > kDifferingPlacesMax) return mixtures;
  for (std::size_t chosen = 1; chosen + 1 < std::size_t{1} << places.size(); ++chosen) {
    Bytes mixture = of_file;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if ((chosen >> i & 1) != 0) PutHash(of_rows, places[i], mixture);
    }
    mixtures.push_back(std::move(mixture));
  }
  return mixtures;
}

// What the tiles of rows and the rows agree on; else what the file says.
Bytes Agreed(const Bytes& of_tiles, const Bytes& of_rows, const Bytes& of_file) {
  Bytes agreed = of_file;
  for (std::uint64_t place = 0; place < agreed.size() / kHashBytes; ++place) {
    if (SameHash(of_tiles, of_rows, place)) PutHash(of_tiles, place, agreed);
  }
  return agreed;
}

}  // namespace

std::uint64_t ProvenTree::Width(std::size_t level, std::uint64_t index) const {
  return std::min(kTileWidth, Count(level) - index * kTileWidth);
}

Finding ProvenTree::OfRows(FindingKind kind, std::size_t level, std::uint64_t index) const {
  const std::size_t bits = 8 * (level + 1);
  return {kind, index << bits, std::min(head_.size, (index + 1) << bits) - 1};
}

void ProvenTree::AddTile(ByteView of_file, ByteView of_rows) {
  const bool same = std::equal(of_file.begin(), of_file.end(), of_rows.begin(), of_rows.end());
  if (of_file.size() < kTileWidth * kHashBytes) {
    last_of_file_.assign(of_file.begin(), of_file.end());
    last_of_rows_.assign(of_rows.begin(), of_rows.end());
    return;
  }
  of_tiles_[1].push_back(RootOfTile(of_file));
  of_rows_[1].push_back(same ? of_tiles_[1].back() : RootOfTile(of_rows));
}

// The levels above the first, of full tiles.
void ProvenTree::Climb(std::vector<Hashes>& levels) const {
  for (std::size_t level = 1; levels[level].size() >= kTileWidth; ++level) {
    Hashes above;
    for (std::uint64_t first = 0; first + kTileWidth <= levels[level].size(); first += kTileWidth)
      above.push_back(RootOfTile(SideBySide(levels[level], first, kTileWidth)));
    levels.push_back(std::move(above));
  }
}

// What can be said about a tile above level 0.
Result<std::vector<Bytes>> ProvenTree::Claims(std::size_t level, std::uint64_t index) const {
  const std::uint64_t width = Width(level, index), first = index * kTileWidth;
  const Bytes of_tiles = SideBySide(of_tiles_[level], first, width),
              of_rows = SideBySide(of_rows_[level], first, width);
  std::vector<Bytes> claims = {of_tiles};
  if (of_rows != of_tiles) claims.push_back(of_rows);
  Bytes file;
  TRY_ASSIGN(const bool there, folder_.Tile(static_cast<int>(level), index, width, file));
  if (!there || file.size() != of_tiles.size() || file == of_tiles) return claims;
  claims.push_back(file);
  if (of_rows != of_tiles) claims.push_back(Agreed(of_tiles, of_rows, file));
  return claims;
}

// The tiles at the right edge, which together make the root.
Result<bool> ProvenTree::ProveTop() {
  std::vector<std::vector<Bytes>> claims = {Mixtures(last_of_file_, last_of_rows_)};
  if (Count(0) % kTileWidth != 0) {
    TRY_ASSIGN(Bytes of_earlier, OfEarlier(Count(0) / kTileWidth, last_of_file_));
    if (of_earlier != last_of_file_) claims[0].push_back(std::move(of_earlier));
  }
  std::size_t combinations = claims[0].size();
  for (std::size_t level = 1; level < of_tiles_.size(); ++level) {
    claims.push_back({Bytes()});
    if (Count(level) % kTileWidth == 0) continue;
    TRY_ASSIGN(claims.back(), Claims(level, Count(level) / kTileWidth));
    combinations *= claims.back().size();
  }
  for (std::size_t chosen = 0; chosen < std::min(combinations, kMixturesMax); ++chosen) {
    std::vector<const Bytes*> parts;
    Bytes partial;
    for (std::size_t rest = chosen; const std::vector<Bytes>& claim : claims) {
      parts.push_back(&claim[rest % claim.size()]);
      partial.insert(partial.end(), parts.back()->begin(), parts.back()->end());
      rest /= claim.size();
    }
    TRY_ASSIGN(const Edge edge, Edge::Read(head_.size, partial));
    if (edge.Root() != head_.root) continue;
    last_ = *parts[0];
    for (std::size_t level = 1; level < parts.size(); ++level) {
      const std::uint64_t first = Count(level) / kTileWidth * kTileWidth;
      for (std::uint64_t i = first; i < Count(level); ++i) {
        Hash hash;
        std::copy_n(parts[level]->begin() + BytesOf(i - first), kHashBytes, hash.begin());
        proven_[level][i] = hash;
      }
    }
    return true;
  }
  return false;
}

// The full tiles of a level, by the hashes above them.
Result<void> ProvenTree::ProveBelow(std::size_t level, Findings& findings) {
  for (std::uint64_t index = 0; index < Count(level) / kTileWidth; ++index) {
    const std::optional<Hash>& above = proven_[level + 1][index];
    if (!above) continue;  // told where it begins
    TRY_ASSIGN(const std::vector<Bytes> claims, Claims(level, index));
    const auto good = std::find_if(claims.begin(), claims.end(),
                                   [&above](const Bytes& claim) { return RootOfTile(claim) == *above; });
    if (good == claims.end()) {
      findings.Add(OfRows(FindingKind::kRowsUnproven, level, index));
      continue;
    }
    for (std::uint64_t place = 0; place < kTileWidth; ++place) {
      Hash hash;
      std::copy_n(good->begin() + BytesOf(place), kHashBytes, hash.begin());
      proven_[level][index * kTileWidth + place] = hash;
    }
  }
  return {};
}

Result<void> ProvenTree::TellTiles(std::size_t level, Findings& findings) const {
  Bytes file;
  for (std::uint64_t index = 0; index * kTileWidth < Count(level); ++index) {
    const std::uint64_t width = Width(level, index);
    TRY_ASSIGN(const bool there, folder_.Tile(static_cast<int>(level), index, width, file));
    bool same = there && file.size() == width * kHashBytes;
    for (std::uint64_t place = 0; place < width && same; ++place) {
      const std::optional<Hash>& hash = proven_[level][index * kTileWidth + place];
      same = !hash || std::equal(hash->begin(), hash->end(), file.begin() + BytesOf(place));
    }
    if (same) continue;
    Finding finding = OfRows(there ? FindingKind::kTileChanged : FindingKind::kTileMissing, level, index);
    finding.file = TilePath(static_cast<int>(level), index, width);
    findings.Add(std::move(finding));
  }
  return {};
}

Result<void> ProvenTree::Prove(Findings& findings) {
  Climb(of_tiles_);
  Climb(of_rows_);
  proven_.resize(of_tiles_.size());
  for (std::size_t level = 1; level < of_tiles_.size(); ++level) proven_[level].resize(Count(level));
  TRY_ASSIGN(top_, ProveTop());
  if (!top_) {
    // Rows are still compared with the tiles of the export: better than to say nothing about them.
    findings.Add({FindingKind::kRowsUnproven, 0, head_.size - 1});
    for (std::size_t level = 1; level < of_tiles_.size(); ++level)
      proven_[level].assign(of_tiles_[level].begin(), of_tiles_[level].end());
    last_ = last_of_file_;
    return {};
  }
  for (std::size_t level = of_tiles_.size() - 1; level > 0; --level) {
    if (level + 1 < of_tiles_.size()) TRY_VOID(ProveBelow(level, findings));
    TRY_VOID(TellTiles(level, findings));
  }
  return {};
}

bool ProvenTree::IsFileProven(std::uint64_t index) const {
  if (Width(0, index) < kTileWidth) return last_ == last_of_file_;
  return proven_[1][index] == of_tiles_[1][index];
}

// A tile of level 0 as the earlier export has it; behind its end, as `of_file`.
Result<Bytes> ProvenTree::OfEarlier(std::uint64_t index, Bytes of_file) const {
  const std::uint64_t first = index * kTileWidth;
  if (!earlier_ || earlier_->size <= first) return of_file;
  Bytes hashes;
  const std::uint64_t width = std::min(Width(0, index), earlier_->size - first);
  TRY_ASSIGN(const bool there, earlier_->folder.Tile(0, index, width, hashes));
  if (there && hashes.size() == width * kHashBytes) std::copy(hashes.begin(), hashes.end(), of_file.begin());
  return of_file;
}

Result<std::optional<Bytes>> ProvenTree::Leaves(std::uint64_t index, const Bytes& of_file, const Bytes& of_rows,
                                                Findings& findings) {
  std::optional<Bytes> leaves;
  if (Width(0, index) < kTileWidth) {
    leaves = last_;
  } else if (const std::optional<Hash>& root = proven_[1][index]) {
    const auto first_good = [&root, &leaves](std::vector<Bytes> claims) {
      const auto good = std::find_if(claims.begin(), claims.end(),
                                     [&root](const Bytes& claim) { return RootOfTile(claim) == *root; });
      if (good != claims.end()) leaves = std::move(*good);
    };
    TRY_ASSIGN(Bytes of_earlier, OfEarlier(index, of_file));
    first_good({of_file, of_rows, std::move(of_earlier)});
    if (!leaves && mixtures_left_ > 0) {
      std::vector<Bytes> mixtures = Mixtures(of_file, of_rows);
      mixtures_left_ -= std::min(mixtures_left_, mixtures.size());
      first_good(std::move(mixtures));
    }
    if (!leaves) findings.Add(OfRows(FindingKind::kRowsUnproven, 0, index));
  }
  if (leaves != of_file && replaced_.size() < kReplacedTilesMax) replaced_[index] = leaves;
  return leaves;
}

Result<Bytes> ProvenTree::Tile(int level, std::uint64_t index, std::uint64_t width) const {
  const Error unproven{ErrorCode::kTrailProofInvalid, "a tile that is not proven", {}};
  Bytes bytes;
  if (level > 0) {
    const ProvenHashes& hashes = proven_[static_cast<std::size_t>(level)];
    for (std::uint64_t i = index * kTileWidth; i < index * kTileWidth + width; ++i) {
      if (i >= hashes.size() || !hashes[i]) return unproven;
      bytes.insert(bytes.end(), hashes[i]->begin(), hashes[i]->end());
    }
    return bytes;
  }
  const auto replaced = replaced_.find(index);
  if (replaced != replaced_.end()) {
    if (!replaced->second) return unproven;
    bytes = *replaced->second;
  } else {
    TRY_ASSIGN(const bool there, folder_.Tile(level, index, Width(0, index), bytes));
    if (!there) return unproven;
  }
  if (bytes.size() < width * kHashBytes) return unproven;
  bytes.resize(width * kHashBytes);
  return bytes;
}

}  // namespace madoguchi::trail
