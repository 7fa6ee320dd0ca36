// SPDX-License-Identifier: Apache-2.0
// Verifies an exported trail: offline, with nothing but the export, the log's verifier key and, better, checkpoints
// that somebody kept elsewhere. Streams: memory does not grow with the rows but for 64 bytes per 256 of them. Thread:
// one. Errors: TRAIL_EXPORT_INVALID (what cannot be read at all) · TRAIL_KEY_INVALID (keys of different trails);
// everything that is not as it was signed is a finding.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "contract/result.h"
#include "contract/trail/finding.h"
#include "contract/trail/signed_notes.h"

namespace madoguchi::trail {

struct VerifyWish {
  std::string folder;
  LogKeys keys;
  std::vector<VerifierKey> witnesses = {};
  std::vector<KeptNote> elsewhere = {};  // checkpoints that were kept
  std::string earlier_folder = {};       // an earlier export, which may still know hashes and rows; empty: none
  std::function<void(std::uint64_t rows, std::uint64_t of)> progress = {};  // after each tile
};

inline constexpr std::uint64_t kRowsVerifiedMax = std::uint64_t{1} << 32;  // 1 GB of hashes in memory

struct VerifyReport {
  SignedNotes notes;
  std::uint64_t size = 0;     // rows of the tree that was verified; 0: no checkpoint was good
  std::uint64_t present = 0;  // rows that are there
  std::uint64_t retired = 0;  // rows that are not, under a good tombstone
  Findings findings;          // none: the trail is what was signed
};

Result<VerifyReport> Verify(const VerifyWish& wish);

}  // namespace madoguchi::trail
