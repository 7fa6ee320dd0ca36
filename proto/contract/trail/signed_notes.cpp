// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/signed_notes.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace madoguchi::trail {
namespace {

constexpr std::string_view kUnfinished = ".new";  // of an export that was broken off

constexpr std::string_view kSignature = "\xE2\x80\x94 ";  // a line of a signature begins so

// The newest first: most notes are signed by it.
std::vector<VerifierKey> NewestFirst(const LogKeys& keys) {
  std::vector<VerifierKey> all = {keys.now};
  all.insert(all.end(), keys.former.rbegin(), keys.former.rend());
  return all;
}

class Reading {
 public:
  Reading(const std::vector<VerifierKey>& keys, const std::vector<VerifierKey>& witnesses, Findings& findings)
      : keys_(keys), witnesses_(witnesses), findings_(findings) {}

  std::optional<SignedHead> Checkpoint(const std::string& name, const std::string& note, SignedNotes& notes) {
    Result<trail::Checkpoint> checkpoint = OpenCheckpoint(note, keys_[0]);
    std::size_t key = 0;
    for (std::size_t i = 1; !checkpoint && i < keys_.size(); ++i) {
      if (Result<trail::Checkpoint> of_former = OpenCheckpoint(note, keys_[i]); of_former) {
        checkpoint = std::move(of_former);
        key = i;
      }
    }
    if (checkpoint && checkpoint->size == 0) checkpoint = Error{ErrorCode::kTrailCheckpointInvalid, "of no rows", {}};
    if (!checkpoint) {
      findings_.Add({FindingKind::kCheckpointInvalid, {}, {}, {}, name, checkpoint.error().detail});
      return std::nullopt;
    }
    Witnesses(name, note, checkpoint->size, notes);
    return SignedHead{name, *checkpoint, keys_.size() - 1 - key};
  }

  // In order of their sizes: out with those of a key that a later one had replaced.
  void LeaveOutReplaced(std::vector<SignedHead>& checkpoints) {
    std::size_t smaller = 0, equal = 0;  // the latest key among those of smaller sizes, and of this size
    std::uint64_t size = 0;
    std::erase_if(checkpoints, [&](const SignedHead& one) {
      if (std::exchange(size, one.checkpoint.size) != one.checkpoint.size) smaller = std::max(smaller, equal);
      equal = std::max(equal, one.key);
      if (one.key >= smaller) return false;
      findings_.Add({FindingKind::kCheckpointInvalid, {}, {}, {}, one.name, "signed by a key that had been replaced"});
      return true;
    });
  }

 private:
  void Witnesses(const std::string& name, const std::string& note, std::uint64_t size, SignedNotes& notes) {
    for (std::size_t i = 0; i < witnesses_.size(); ++i) {
      const VerifierKey& witness = witnesses_[i];
      if (note.find(std::string(kSignature) + witness.name + " ") == std::string::npos) continue;
      const Result<OpenedNote> opened = OpenNote(note, witness);
      if (opened && size >= notes.witnessed[i].size) notes.witnessed[i] = {witness.name, size, opened->time};
      if (opened || std::any_of(witnesses_.begin(), witnesses_.end(), [&](const VerifierKey& other) {
            return other.name == witness.name && OpenNote(note, other).ok();
          })) {
        continue;
      }
      findings_.Add({FindingKind::kWitnessInvalid, {}, {}, {}, name, opened.error().detail});
    }
  }

  const std::vector<VerifierKey>& keys_;  // the newest first
  const std::vector<VerifierKey>& witnesses_;
  Findings& findings_;
};

Result<OpenedNote> OpenTombstoneNote(const std::string& note, const std::vector<VerifierKey>& keys) {
  Result<OpenedNote> opened = OpenNote(note, keys[0], kTombstoneBytesMax);
  for (std::size_t i = 1; !opened && i < keys.size(); ++i) {
    if (Result<OpenedNote> of_former = OpenNote(note, keys[i], kTombstoneBytesMax); of_former)
      opened = std::move(of_former);
  }
  return opened;
}

Result<Tombstone> OpenTombstone(const std::string& note, const std::vector<VerifierKey>& keys,
                                const std::string& name) {
  TRY_ASSIGN(const OpenedNote opened, OpenTombstoneNote(note, keys));
  TRY_ASSIGN(Tombstone tombstone, ReadTombstone(opened.text));
  if (tombstone.origin != keys[0].name) return Error{ErrorCode::kTrailExportInvalid, "of another log", {}};
  if (tombstone.partition != name) return Error{ErrorCode::kTrailExportInvalid, "of another partition", {}};
  return tombstone;
}

Result<void> ReadTombstones(const ExportReader& folder, const std::vector<VerifierKey>& keys, SignedNotes& notes,
                            Findings& findings) {
  TRY_ASSIGN(const std::vector<std::string> names, folder.Names("tombstones", kTombstonesMax));
  for (const std::string& name : names) {
    if (name.ends_with(kUnfinished)) continue;
    const std::string path = "tombstones/" + name;
    TRY_ASSIGN(const std::optional<std::string> note, folder.Text(path, kTombstoneBytesMax));
    Result<Tombstone> tombstone = OpenTombstone(note.value_or(""), keys, name);
    if (!tombstone) {
      findings.Add({FindingKind::kTombstoneInvalid, {}, {}, {}, path, tombstone.error().detail});
      continue;
    }
    notes.retired.insert(notes.retired.end(), tombstone->leaves.begin(), tombstone->leaves.end());
    notes.tombstones.push_back(std::move(*tombstone));
  }
  std::sort(notes.retired.begin(), notes.retired.end(),
            [](const LeafRange& left, const LeafRange& right) { return left.first < right.first; });
  std::vector<LeafRange> joined;
  for (const LeafRange& range : notes.retired) {
    if (!joined.empty() && range.first <= joined.back().last + 1) {
      joined.back().last = std::max(joined.back().last, range.last);
    } else {
      joined.push_back(range);
    }
  }
  notes.retired = std::move(joined);
  return {};
}

}  // namespace

std::vector<std::string> NotesIn(std::string_view text, std::string_view origin) {
  std::vector<std::string> notes;
  const std::string first_line = std::string(origin) + "\n", signatures = "\n\n" + std::string(kSignature);
  std::size_t from = 0;
  while (notes.size() < kKeptNotesMax) {
    const std::size_t blank = text.find(signatures, from);
    if (blank == std::string_view::npos) break;
    std::size_t end = blank + 2;
    while (end != std::string_view::npos && text.substr(end).starts_with(kSignature)) {
      const std::size_t line = text.find('\n', end);
      end = line == std::string_view::npos ? line : line + 1;
    }
    if (end == std::string_view::npos) break;  // broken off
    // The origin next to the signatures: what stands before it was broken off.
    std::size_t begin = text.substr(0, blank).rfind("\n" + first_line);
    begin = begin == std::string_view::npos ? 0 : begin + 1;
    notes.emplace_back(text.substr(std::max(begin, from), end - std::max(begin, from)));
    from = end;
  }
  if (notes.empty()) notes.emplace_back(text);
  return notes;
}

Result<SignedNotes> ReadSignedNotes(const ExportReader& folder, const LogKeys& log_keys,
                                    const std::vector<VerifierKey>& witnesses, const std::vector<KeptNote>& elsewhere,
                                    Findings& findings) {
  SignedNotes notes;
  const std::vector<VerifierKey> keys = NewestFirst(log_keys);
  if (std::any_of(keys.begin(), keys.end(), [&keys](const VerifierKey& key) { return key.name != keys[0].name; }))
    return Error{ErrorCode::kTrailKeyInvalid, "keys of different trails: they have different names", {}};
  for (const VerifierKey& witness : witnesses) notes.witnessed.push_back({witness.name});
  Reading reading(keys, witnesses, findings);
  TRY_ASSIGN(const std::optional<std::string> newest, folder.Text(kNewestCheckpointPath, kNoteBytesMax));
  TRY_ASSIGN(const std::vector<std::string> names, folder.Names("checkpoints", kCheckpointsMax));
  if (!newest && names.empty()) {
    return Error{ErrorCode::kTrailExportInvalid, "no checkpoint: not an export, or one that was broken off", {}};
  }
  std::optional<SignedHead> head = reading.Checkpoint(kNewestCheckpointPath, newest.value_or(""), notes);
  if (head) notes.checkpoints.push_back(*head);
  for (const std::string& name : names) {
    if (name.ends_with(kUnfinished)) continue;
    const std::string path = "checkpoints/" + name;
    TRY_ASSIGN(const std::optional<std::string> note, folder.Text(path, kNoteBytesMax));
    std::optional<SignedHead> kept = reading.Checkpoint(path, note.value_or(""), notes);
    if (!kept) continue;
    if (path != CheckpointPath(kept->checkpoint.size)) {
      findings.Add({FindingKind::kCheckpointInvalid, {}, {}, {}, path, "of another size than its name says"});
    }
    if (head && head->name == kNewestCheckpointPath && kept->key == head->key &&
        kept->checkpoint.size > head->checkpoint.size) {
      findings.Add({FindingKind::kCheckpointOld, {}, {}, {}, kNewestCheckpointPath, "older than " + path});
    }
    if (!head || std::tie(kept->key, kept->checkpoint.size) > std::tie(head->key, head->checkpoint.size)) head = kept;
    notes.checkpoints.push_back(std::move(*kept));
  }
  for (const KeptNote& note : elsewhere) {
    std::optional<SignedHead> kept = reading.Checkpoint(note.name, note.note, notes);
    if (kept) notes.checkpoints.push_back(std::move(*kept));
  }
  std::stable_sort(
      notes.checkpoints.begin(), notes.checkpoints.end(),
      [](const SignedHead& left, const SignedHead& right) { return left.checkpoint.size < right.checkpoint.size; });
  reading.LeaveOutReplaced(notes.checkpoints);
  if (head && head->key + 1 < keys.size())
    findings.Add({FindingKind::kCheckpointInvalid, {}, {}, {}, head->name, "signed by a former key, like all others"});
  TRY_VOID(ReadTombstones(folder, keys, notes, findings));
  notes.head = std::move(head);
  return notes;
}

}  // namespace madoguchi::trail
