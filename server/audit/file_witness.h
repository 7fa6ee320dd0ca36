// SPDX-License-Identifier: Apache-2.0
// FileWitness: checkpoints in a file on other media, one signed note behind the other. When the file is full it becomes
// <file>.1, in the place of the one before. <file>.newest holds the last note alone. Each server has a file of its own.
// Thread: as Witness; Newest from any, before. Errors: TRAIL_WITNESS_FAILED (errno's text, never a content).
#pragma once
#include <optional>
#include <string>

#include "contract/trail/checkpoint.h"
#include "server/audit/witness.h"

namespace madoguchi::audit {

inline constexpr std::size_t kWitnessFileBytesMax = 4 * 1024 * 1024;  // about ten days of one a minute
inline constexpr std::size_t kWitnessTailBytes = 4 * trail::kNoteBytesMax;

class FileWitness final : public Witness {
 public:
  explicit FileWitness(std::string file, std::size_t bytes_max = kWitnessFileBytesMax);
  const std::string& name() const override { return name_; }
  std::optional<std::uint64_t> Holds() const override { return holds_; }
  Result<StoredCheckpoint> Give(const StoredCheckpoint& checkpoint, std::uint64_t known, Deadline deadline) override;

  // The last whole note in the file, or in <file>.1, that this key signed. Nothing: there is no file, or nothing in it
  // yet. TRAIL_WITNESS_FAILED: there are notes, but none of this key.
  static Result<std::optional<trail::Checkpoint>> Newest(const std::string& file, const trail::VerifierKey& key);

 private:
  const std::string name_ = "witness.file";
  const std::string file_;
  const std::size_t bytes_max_;
  std::uint64_t holds_ = 0;  // since the start
};

}  // namespace madoguchi::audit
