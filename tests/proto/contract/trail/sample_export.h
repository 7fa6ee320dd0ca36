// SPDX-License-Identifier: Apache-2.0
// Exports for tests: rows as a clinic's trail has them, a log that grows and signs, and the folder the real writer
// makes of it; and hands that change such a folder afterwards.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "contract/trail/checkpoint.h"
#include "contract/trail/tombstone.h"
#include "contract/trail/verify.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::trail {

inline constexpr char kSampleOrigin[] = "madoguchi.clinic.example/trail";
inline constexpr char kSampleRetiredAt[] = "2026-11-23T12:00:00+09:00", kSampleRetiredBy[] = "root";

// The line of row number `leaf` of a made-up day; another `seed`, another day.
std::string SampleLine(std::uint64_t leaf, std::uint64_t seed = 1);

class SampleLog {
 public:
  SampleLog();
  void Append(std::uint64_t rows, std::uint64_t seed = 1);
  void Sign();  // keeps the checkpoint of now
  // Without a row that tells of it, which may be younger than the last row.
  void Retire(const std::string& partition, std::vector<LeafRange> leaves,
              const std::string& retired_at = kSampleRetiredAt);
  void AppendLine(std::string line);
  void ChangeKey();  // what is signed from now on

  // Everything up to now into `folder`.
  void Export(const std::string& folder) const;

  const VerifierKey& key() const { return signer_.verifier(); }
  const Signer& signer() const { return signer_; }
  const std::string& note(std::uint64_t size) const { return notes_.at(size); }
  const std::string& tombstone(const std::string& partition) const { return tombstones_.at(partition); }
  Result<Bytes> Tile(int level, std::uint64_t index, std::uint64_t width) const;
  Hash Root(std::uint64_t size) const;

 private:
  Signer signer_;
  std::vector<std::string> lines_;
  std::vector<Hash> leaves_;
  std::map<std::pair<int, std::uint64_t>, Bytes> full_;
  Edge edge_;
  std::map<std::uint64_t, std::string> notes_;
  std::map<std::string, std::string> tombstones_;
  std::vector<LeafRange> retired_;
};

// --- changing an export ---------------------------------------------------------------------------------------------

std::string Content(const std::string& path);
void Put(const std::string& path, const std::string& content);
std::string Flipped(std::string text, std::size_t at, int flip);  // one byte, xor
using Lines = std::vector<std::string>;
// The rows of bundle `index`, of an export of `size` rows.
Lines Bundle(const std::string& folder, std::uint64_t index, std::uint64_t size);
void PutBundle(const std::string& folder, std::uint64_t index, std::uint64_t size, const Lines& lines);

// "row_edited 17", "row_moved 3 9", "cut_off 100-199", "checkpoint_invalid checkpoint"
std::vector<std::string> Told(const Findings& findings);
std::vector<std::string> Verified(const std::string& folder, const SampleLog& log,
                                  const std::vector<KeptNote>& elsewhere = {}, const std::string& earlier = {});

}  // namespace madoguchi::trail
