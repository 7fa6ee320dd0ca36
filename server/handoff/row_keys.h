// SPDX-License-Identifier: Apache-2.0
// RowKeys: one AES-256-GCM key (NIST SP 800-38D) per kept row, each a file of its own in a directory outside the
// database, mode 0600, named by the row's id. A key is on the disk before its row is written and is overwritten and
// removed when the row ends, so a database that is restored from a backup opens nothing. Rows of another server's
// directory cannot be opened here: that server delivers them. Thread: any. Errors: HANDOFF_NOT_KEPT (no key could be
// written) · HANDOFF_KEY_MISSING.
#pragma once
#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/result.h"
#include "contract/secret_bytes.h"

namespace madoguchi::handoff {

inline constexpr std::size_t kRowKeysMax = 20'000;  // files; more: HANDOFF_NOT_KEPT

class RowKeys {
 public:
  // directory: exists, mode 0700, on a local disk; empty: nothing can be kept.
  explicit RowKeys(std::string directory) : directory_(std::move(directory)) {}

  // Makes the key of this row and seals with it. row_id: UUID text; it is authenticated with the content.
  Result<Bytes> Seal(const std::string& row_id, ByteView plain) const;
  Result<SecretBytes> Open(const std::string& row_id, ByteView sealed) const;
  bool Has(const std::string& row_id) const;
  // Overwrites, removes, and makes the removal durable. No key is no error; one that cannot be removed is in the log,
  // and KeptResults::SweepKeys tries again.
  void Destroy(const std::string& row_id) const;
  // Ids of the keys there are, at most kRowKeysMax.
  std::vector<std::string> All() const;
  // Of those written at least `age` ago. What a broken write of that age left behind is destroyed on the way.
  std::vector<std::string> OlderThan(std::chrono::seconds age) const;

 private:
  void DestroyFile(const std::string& name) const;
  const std::string directory_;
  mutable std::atomic<std::size_t> count_{0};  // about how many there are; made exact by All()
};

}  // namespace madoguchi::handoff
