// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/verify.h"

#include <algorithm>
#include <utility>

#include "contract/trail/misplaced_rows.h"
#include "contract/trail/proven_tree.h"
#include "contract/trail/retirement_rows.h"
#include "contract/trail/row_tile.h"

namespace madoguchi::trail {
namespace {

std::string NameOfEarlier(const VerifyWish& wish) {
  return wish.earlier_folder + "/" + kNewestCheckpointPath;
}

class Verification {
 public:
  Verification(const VerifyWish& wish, const ExportReader& folder, const std::optional<EarlierExport>& earlier,
               VerifyReport& report)
      : wish_(wish),
        folder_(folder),
        earlier_(earlier),
        report_(report),
        size_(report.notes.head->checkpoint.size),
        tree_(folder, earlier, report.notes.head->checkpoint),
        retirements_(report.notes.tombstones),
        suspect_((size_ + kTileWidth - 1) / kTileWidth) {}

  Result<void> Run() {
    report_.size = size_;
    TRY_VOID(CompareRowsWithTiles());
    TRY_VOID(tree_.Prove(report_.findings));
    TRY_VOID(NameRows());
    TRY_VOID(NameRowsBehind());
    retirements_.Judge(report_.findings);
    TRY_VOID(CompareCheckpoints());
    return CompareWithEarlierExport();
  }

 private:
  Result<void> CompareRowsWithTiles() {
    for (std::uint64_t index = 0; index < suspect_.size(); ++index) {
      TRY_VOID(now_.Load(folder_, size_, index));
      suspect_[index] = !IsAsItsTileSays();
      tree_.AddTile(now_.hashes, suspect_[index] ? now_.HashesOfRows() : now_.hashes);
      if (wish_.progress) wish_.progress(now_.first + now_.width, size_);
    }
    return {};
  }

  bool IsRetired(std::uint64_t place) const {
    return place < now_.width && !now_.IsThere(place) && Covers(report_.notes.retired, now_.first + place);
  }

  bool IsAsItsTileSays() {
    bool as_said = now_.tile_fits;
    for (std::uint64_t place = 0; place < now_.Places(); ++place) {
      if (now_.IsThere(place)) {
        ++report_.present;
        if (!retirements_.empty()) retirements_.See(now_.entries[place].line);
        as_said = as_said && place < now_.width && !now_.entries[place].repaired &&
                  now_.Has(place, HashIn(now_.hashes, place));
      } else if (IsRetired(place)) {
        ++report_.retired;
      } else {
        as_said = false;
      }
    }
    if (!retirements_.empty() && !now_.entries.empty()) retirements_.SeeTime(now_.entries.back().line);
    return as_said;
  }

  Result<void> NameRows() {
    MisplacedRows rows;
    for (std::uint64_t index = 0; index < suspect_.size(); ++index) {
      if (!suspect_[index] && tree_.IsFileProven(index)) continue;
      TRY_VOID(now_.Load(folder_, size_, index));
      TRY_ASSIGN(const std::optional<Bytes> leaves,
                 tree_.Leaves(index, now_.hashes, now_.HashesOfRows(), report_.findings));
      if (!leaves) continue;
      if (!now_.tile_fits || *leaves != now_.hashes) {
        report_.findings.Add({now_.tile_there ? FindingKind::kTileChanged : FindingKind::kTileMissing,
                              now_.first,
                              now_.first + now_.width - 1,
                              {},
                              TilePath(0, index, now_.width)});
      }
      NameRowsOfTile(*leaves, rows);
    }
    return rows.Judge(size_,
                      {[this](trail::Leaves& wanted) { return FindLeaves(wanted); },
                       [this](std::uint64_t leaf) { return CalledAt(leaf); }},
                      report_.findings);
  }

  // The row of this leaf, as it calls itself, wherever it stands in its bundle; nothing when it is not there.
  Result<RowName> CalledAt(std::uint64_t leaf) {
    const std::uint64_t index = leaf / kTileWidth, first = index * kTileWidth;
    const Result<Bytes> tile = tree_.Tile(0, index, std::min(kTileWidth, size_ - first));
    if (!tile) return RowName{};
    if (now_.first != first) TRY_VOID(now_.Load(folder_, size_, index));
    const ByteView wanted = HashIn(*tile, leaf - first);
    for (std::uint64_t place = 0; place < now_.entries.size(); ++place) {
      if (now_.Has(place, wanted)) return NameOf(now_.entries[place].line);
    }
    return RowName{};
  }

  Result<void> NameRowsBehind() {
    TRY_ASSIGN(const std::optional<UnsignedRows> behind, folder_.RowsBehind(size_));
    if (behind) report_.findings.Add({FindingKind::kRowsUnsigned, behind->first, behind->last, {}, behind->file});
    return {};
  }

  void NameRowsOfTile(ByteView leaves, MisplacedRows& rows) {
    for (std::uint64_t place = 0; place < now_.Places(); ++place) {
      const std::uint64_t leaf = now_.first + place;
      const bool belongs = place < now_.width;
      if (IsRetired(place)) continue;
      if (belongs && now_.Has(place, HashIn(leaves, place))) {
        const Entry& entry = now_.entries[place];
        if (entry.repaired)
          report_.findings.Add({FindingKind::kLengthChanged, leaf, {}, {}, {}, {}, NameOf(entry.line)});
        continue;
      }
      if (now_.IsThere(place)) rows.AddStrange(leaf, now_.entries[place].hash, NameOf(now_.entries[place].line));
      if (belongs && now_.entries.empty()) {
        rows.AddGone(leaf, leaf);
      } else if (belongs) {
        Hash hash;
        std::copy_n(HashIn(leaves, place).begin(), kHashBytes, hash.begin());
        rows.AddMissing(leaf, hash);
      }
    }
  }

  // Where in the tree are these hashes?
  Result<void> FindLeaves(trail::Leaves& wanted) const {
    for (std::uint64_t first = 0; first < size_; first += kTileWidth) {
      const std::uint64_t width = std::min(kTileWidth, size_ - first);
      const Result<Bytes> tile = tree_.Tile(0, first / kTileWidth, width);
      if (!tile) continue;  // told already
      for (std::uint64_t place = 0; place < width; ++place) {
        Hash hash;
        std::copy_n(HashIn(*tile, place).begin(), kHashBytes, hash.begin());
        const auto found = wanted.find(hash);
        if (found != wanted.end()) found->second = std::min(found->second, first + place);
      }
    }
    return {};
  }

  Result<void> CompareCheckpoints() {
    const TileReader tiles = [this](int level, std::uint64_t index, std::uint64_t width) {
      return tree_.Tile(level, index, width);
    };
    std::uint64_t consistent = 0, before = 0, last = 0;  // sizes: the last good one, that of a smaller tree
    const SignedHead* beyond = nullptr;                  // the largest that is larger than what there is
    for (const SignedHead& kept : report_.notes.checkpoints) {
      const std::uint64_t size = kept.checkpoint.size;
      if (size > size_) {
        if (beyond != nullptr && beyond->checkpoint.size == size && beyond->checkpoint.root != kept.checkpoint.root)
          report_.findings.Add({FindingKind::kForked, size_, size - 1, {}, kept.name});
        beyond = &kept;
        continue;
      }
      if (size != size_ && !tree_.IsProven()) continue;  // told; it would look like a fork
      if (size != std::exchange(last, size)) before = consistent;
      const Result<Hash> root = size == size_ ? report_.notes.head->checkpoint.root : RootOfTiles(size, tiles);
      if (!root) continue;  // the rows were told to be unproven
      if (*root == kept.checkpoint.root) {
        consistent = size;
      } else {
        report_.findings.Add({FindingKind::kForked, before, size - 1, {}, kept.name});
        earlier_differs_ = earlier_differs_ || kept.name == NameOfEarlier(wish_);
      }
    }
    if (beyond != nullptr)
      report_.findings.Add({FindingKind::kCutOff, size_, beyond->checkpoint.size - 1, {}, beyond->name});
    return {};
  }

  // Both at hand: the first row that is another one.
  Result<void> CompareWithEarlierExport() {
    if (!earlier_differs_ || !earlier_) return {};
    Bytes theirs;
    for (std::uint64_t first = 0; first < std::min(size_, earlier_->size); first += kTileWidth) {
      const std::uint64_t index = first / kTileWidth, width = std::min(kTileWidth, earlier_->size - first);
      const Result<Bytes> ours = tree_.Tile(0, index, std::min(kTileWidth, size_ - first));
      TRY_ASSIGN(const bool there, earlier_->folder.Tile(0, index, width, theirs));
      if (!ours || !there || theirs.size() != width * kHashBytes) continue;
      const auto differs =
          std::mismatch(ours->begin(), ours->end(), theirs.begin(), theirs.end()).first - ours->begin();
      const std::uint64_t place = static_cast<std::uint64_t>(differs) / kHashBytes;
      if (place == std::min<std::uint64_t>(width, ours->size() / kHashBytes)) continue;
      TRY_ASSIGN(RowName called, CalledAt(first + place));
      report_.findings.Add({FindingKind::kForked,
                            first + place,
                            first + place,
                            {},
                            wish_.earlier_folder,
                            "the first row that differs from this export",
                            std::move(called)});
      return {};
    }
    return {};
  }

  const VerifyWish& wish_;
  const ExportReader& folder_;
  const std::optional<EarlierExport>& earlier_;
  VerifyReport& report_;
  std::uint64_t size_;
  ProvenTree tree_;
  RetirementRows retirements_;
  bool earlier_differs_ = false;  // what it signed
  std::vector<bool> suspect_;     // per tile: its rows are not as it says
  RowTile now_;
};

// Its checkpoint is one that was kept elsewhere; nothing when that is not one of the log, which is told with the
// others.
Result<std::optional<EarlierExport>> EarlierOf(const VerifyWish& wish, std::vector<KeptNote>& elsewhere) {
  TRY_ASSIGN(ExportReader folder, ExportReader::Open(wish.earlier_folder));
  TRY_ASSIGN(const std::optional<std::string> note, folder.Text(kNewestCheckpointPath, kNoteBytesMax));
  elsewhere.push_back({NameOfEarlier(wish), note.value_or("")});
  std::vector<VerifierKey> keys = wish.keys.former;
  keys.push_back(wish.keys.now);
  for (const VerifierKey& key : keys) {
    const Result<Checkpoint> head = OpenCheckpoint(elsewhere.back().note, key);
    if (head) return std::optional(EarlierExport{std::move(folder), head->size});
  }
  return std::optional<EarlierExport>();
}

}  // namespace

Result<VerifyReport> Verify(const VerifyWish& wish) {
  TRY_ASSIGN(const ExportReader folder, ExportReader::Open(wish.folder));
  std::vector<KeptNote> elsewhere = wish.elsewhere;
  std::optional<EarlierExport> earlier;
  if (!wish.earlier_folder.empty()) {
    TRY_ASSIGN(earlier, EarlierOf(wish, elsewhere));
  }
  VerifyReport report;
  TRY_ASSIGN(report.notes, ReadSignedNotes(folder, wish.keys, wish.witnesses, elsewhere, report.findings));
  if (report.notes.head && report.notes.head->checkpoint.size > kRowsVerifiedMax) {
    return Error{ErrorCode::kTrailExportInvalid,
                 report.notes.head->name + ": of more than " + std::to_string(kRowsVerifiedMax) + " rows",
                 {}};
  }
  if (report.notes.head) TRY_VOID(Verification(wish, folder, earlier, report).Run());
  report.findings.SortByRow();
  return report;
}

}  // namespace madoguchi::trail
