// SPDX-License-Identifier: Apache-2.0
// The signed notes of an export, and those somebody kept elsewhere: which are good, and which one tells the tree to
// verify. Thread: one. Errors: TRAIL_EXPORT_INVALID (what cannot be read at all); what does not fit is a finding.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/trail/checkpoint.h"
#include "contract/trail/export_layout.h"
#include "contract/trail/finding.h"
#include "contract/trail/tombstone.h"

namespace madoguchi::trail {

inline constexpr std::size_t kKeptNotesMax = 20'000;  // in one file
inline constexpr std::size_t kKeptFileBytesMax = 8 * std::size_t{1}
                                                 << 20;  // twice what a server's witness file grows to

// The key that signs now, and those that did before it, oldest first. A key speaks for sizes up to the first one that a
// later key signed: whoever stole it cannot go on with it.
struct LogKeys {
  VerifierKey now;
  std::vector<VerifierKey> former = {};  // of the same name
};

struct KeptNote {
  std::string name;  // as findings call it
  std::string note;
};

struct SignedHead {
  std::string name;  // file
  Checkpoint checkpoint;
  std::size_t key = 0;  // of the log's keys, counted from the oldest
};

struct Witnessed {
  std::string witness;  // key name
  std::uint64_t size = 0;
  std::chrono::seconds time{0};  // since 1970, of the newest
};

struct SignedNotes {
  std::optional<SignedHead> head;       // the largest of the export
  std::vector<SignedHead> checkpoints;  // all good ones, of the export and those kept elsewhere, by size
  std::vector<Witnessed> witnessed;     // per given witness; size 0: it signed none
  std::vector<Tombstone> tombstones;
  std::vector<LeafRange> retired;  // of all of them, ascending, joined
};

// The notes of a file in which one stands behind the other; at most kKeptNotesMax. What was broken off counts for
// nothing. A file in which nothing looks like a note: its text.
std::vector<std::string> NotesIn(std::string_view text, std::string_view origin);

Result<SignedNotes> ReadSignedNotes(const ExportReader& folder, const LogKeys& keys,
                                    const std::vector<VerifierKey>& witnesses, const std::vector<KeptNote>& elsewhere,
                                    Findings& findings);

}  // namespace madoguchi::trail
