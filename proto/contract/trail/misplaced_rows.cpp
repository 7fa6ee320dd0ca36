// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/misplaced_rows.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace madoguchi::trail {

std::size_t HashOfHash::operator()(const Hash& hash) const {
  std::size_t number = 0;
  std::memcpy(&number, hash.data(), sizeof number);
  return number;
}

void MisplacedRows::AddStrange(std::uint64_t place, const Hash& hash, RowName name) {
  last_ = std::max(last_, place);
  if (strange_.size() == kMisplacedMax) cut_at_ = std::min(cut_at_, place);
  if (place < cut_at_) strange_.push_back({place, hash, std::move(name)});
}

void MisplacedRows::AddMissing(std::uint64_t leaf, const Hash& hash) {
  last_ = std::max(last_, leaf);
  if (missing_.size() == kMisplacedMax) cut_at_ = std::min(cut_at_, leaf);
  if (leaf < cut_at_) missing_.push_back({leaf, hash});
}

void MisplacedRows::AddGone(std::uint64_t first, std::uint64_t last) {
  if (!gone_.empty() && gone_.back().second + 1 == first) {
    gone_.back().second = last;
  } else {
    gone_.emplace_back(first, last);
  }
}

std::size_t MisplacedRows::MissingAt(std::uint64_t leaf) const {
  const auto at = std::lower_bound(missing_.begin(), missing_.end(), leaf,
                                   [](const Missing& missing, std::uint64_t wanted) { return missing.leaf < wanted; });
  return static_cast<std::size_t>(at - missing_.begin());
}

// Which strange row is which missing one.
void MisplacedRows::Match() {
  std::unordered_map<Hash, std::size_t, HashOfHash> by_hash;
  for (std::size_t i = 0; i < missing_.size(); ++i) by_hash.emplace(missing_[i].hash, i);
  for (Strange& strange : strange_) {
    const auto found = by_hash.find(strange.hash);
    if (found == by_hash.end() || missing_[found->second].found) continue;
    strange.missing = found->second;
    missing_[found->second].found = true;
  }
}

void MisplacedRows::TellSwaps(Findings& findings) {
  std::unordered_map<std::uint64_t, Strange*> by_place;
  for (Strange& strange : strange_) by_place.emplace(strange.place, &strange);
  for (Strange& strange : strange_) {
    if (strange.told || strange.missing == SIZE_MAX) continue;
    const auto other = by_place.find(missing_[strange.missing].leaf);
    if (other == by_place.end() || other->second == &strange || other->second->missing == SIZE_MAX) continue;
    if (missing_[other->second->missing].leaf != strange.place) continue;
    strange.told = other->second->told = true;
    findings.Add({FindingKind::kRowsSwapped, strange.place, {}, other->second->place, {}, {}, other->second->name});
  }
}

// Everything between where it is and where it belongs is in disorder, too: nothing that stayed was passed.
bool MisplacedRows::CouldSlide(const Strange& strange) const {
  if (strange.told || strange.missing == SIZE_MAX) return false;
  const std::uint64_t leaf = missing_[strange.missing].leaf, low = std::min(leaf, strange.place),
                      high = std::max(leaf, strange.place);
  const std::size_t first = MissingAt(low), last = MissingAt(high);
  const bool behind_bundle = last == missing_.size() || missing_[last].leaf != high;  // a row too many before it
  const std::uint64_t end = behind_bundle && last > 0 ? missing_[last - 1].leaf : high;
  return end >= low && high - end <= kTileWidth && first < missing_.size() && missing_[first].leaf == low &&
         (behind_bundle ? last - 1 : last) - first == end - low;
}

// The longest run in which both places and leaves ascend.
void MisplacedRows::FindSlides() {
  std::vector<std::size_t> ends;  // by length of the run: the strange row with the smallest leaf that ends one
  std::vector<std::size_t> before(strange_.size(), SIZE_MAX);
  for (std::size_t i = 0; i < strange_.size(); ++i) {
    if (!CouldSlide(strange_[i])) continue;
    const auto at =
        std::lower_bound(ends.begin(), ends.end(), strange_[i].missing,
                         [this](std::size_t end, std::size_t missing) { return strange_[end].missing < missing; });
    if (at != ends.begin()) before[i] = *std::prev(at);
    if (at == ends.end()) {
      ends.push_back(i);
    } else {
      *at = i;
    }
  }
  for (std::size_t i = ends.empty() ? SIZE_MAX : ends.back(); i != SIZE_MAX; i = before[i]) strange_[i].slid = true;
}

Result<void> MisplacedRows::TellCopies(const std::function<Result<void>(Leaves&)>& find, Findings& findings) {
  Leaves leaves;
  for (const Strange& strange : strange_) {
    if (!strange.told && strange.missing == SIZE_MAX) leaves.emplace(strange.hash, UINT64_MAX);
  }
  if (leaves.empty()) return {};
  TRY_VOID(find(leaves));
  for (Strange& strange : strange_) {
    const auto found = leaves.find(strange.hash);
    if (strange.told || strange.missing != SIZE_MAX || found->second == UINT64_MAX) continue;
    strange.told = true;
    findings.Add({FindingKind::kRowDuplicated, found->second, {}, strange.place, {}, {}, strange.name});
  }
  return {};
}

// Moved rows; and the rows nobody knows: where one is missing it was edited, else it was added.
void MisplacedRows::TellTheRest(Findings& findings) {
  std::int64_t slide = 0;  // from places to leaves, as the last row that slid
  std::uint64_t next = 0;  // the place behind that one
  for (Strange& strange : strange_) {
    if (strange.slid) {
      slide = static_cast<std::int64_t>(missing_[strange.missing].leaf) - static_cast<std::int64_t>(strange.place);
      next = strange.place + 1;
      continue;
    }
    const bool follows = strange.place == next;
    if (follows) next = strange.place + 1;
    if (strange.told) continue;
    if (strange.missing != SIZE_MAX) {
      findings.Add({FindingKind::kRowMoved, missing_[strange.missing].leaf, {}, strange.place, {}, {}, strange.name});
      continue;
    }
    const std::uint64_t leaf = follows ? strange.place + static_cast<std::uint64_t>(slide) : strange.place;
    const std::size_t at = MissingAt(leaf);
    const bool edited = at < missing_.size() && missing_[at].leaf == leaf && !missing_[at].found;
    if (edited) missing_[at].found = true;
    findings.Add({edited ? FindingKind::kRowEdited : FindingKind::kRowAdded, leaf, {}, {}, {}, {}, strange.name});
  }
}

Result<void> MisplacedRows::TellRemoved(std::uint64_t size, const Seams& seams, Findings& findings) {
  for (const Missing& missing : missing_) {
    if (!missing.found) gone_.emplace_back(missing.leaf, missing.leaf);
  }
  std::sort(gone_.begin(), gone_.end());
  for (std::size_t i = 0; i < gone_.size();) {
    const std::uint64_t first = gone_[i].first;
    std::uint64_t last = gone_[i].second;
    for (++i; i < gone_.size() && gone_[i].first == last + 1; ++i) last = gone_[i].second;
    Finding finding{last + 1 == size ? FindingKind::kCutOff : FindingKind::kRowsRemoved, first, last};
    if (first > 0 && findings.HasRoomFor(finding.kind)) {
      TRY_ASSIGN(finding.before, seams.called(first - 1));
    }
    findings.Add(std::move(finding));
  }
  return {};
}

Result<void> MisplacedRows::Judge(std::uint64_t size, const Seams& seams, Findings& findings) {
  if (cut_at_ != UINT64_MAX) {
    // Rows that slid out of what is looked at would be taken for missing ones.
    const std::uint64_t until = cut_at_ > kSlideMax ? cut_at_ - kSlideMax : 0;
    findings.Add({FindingKind::kRowsDiffer, until, std::min(last_, size - 1)});
    Match();
    missing_.resize(MissingAt(until));
    std::erase_if(strange_, [this, until](const Strange& strange) {
      return strange.place >= until || (strange.missing != SIZE_MAX && strange.missing >= missing_.size());
    });
  } else {
    Match();
  }
  TellSwaps(findings);
  FindSlides();
  TRY_VOID(TellCopies(seams.find, findings));
  TellTheRest(findings);
  return TellRemoved(size, seams, findings);
}

}  // namespace madoguchi::trail
