// SPDX-License-Identifier: Apache-2.0
// HttpsWitness: a witness on another server, by C2SP tlog-witness: POST <url>/add-checkpoint with
//
//   old <size>\n<consistency proof, base64, a line each>\n\n<signed note>
//
// 200: its cosignature lines · 409 and a size (text/x.tlog.size): it has seen another size, from where it is asked
// again · 422: what it has seen is no beginning of ours. TLS 1.3, the root is pinned, a client certificate where one is
// configured.
// Thread: as Witness. Ownership: `tree` outlives it. Errors: TRAIL_WITNESS_FAILED; its detail says "refused" when, and
// only when, the witness knows another history than the tree: it has seen more rows, or others.
#pragma once
#include <optional>
#include <string>

#include "contract/trail/checkpoint.h"
#include "server/audit/witness.h"
#include "server/outbound/https_client.h"

namespace madoguchi::audit {

inline constexpr std::size_t kWitnessAnswerBytesMax = 4096;
inline constexpr int kWitnessAsksMax = 4;  // for one checkpoint: other servers may give it theirs meanwhile

class HttpsWitness final : public Witness {
 public:
  // key: of the witness's cosignatures.
  HttpsWitness(std::string url, outbound::HttpsFiles files, trail::VerifierKey key, TreeStore& tree);
  const std::string& name() const override { return name_; }
  std::optional<std::uint64_t> Holds() const override { return {}; }
  Result<StoredCheckpoint> Give(const StoredCheckpoint& checkpoint, std::uint64_t known, Deadline deadline) override;

 private:
  Result<outbound::HttpsOutcome> Ask(const StoredCheckpoint& checkpoint, std::uint64_t known, Deadline deadline);
  const std::string name_ = "witness.url";
  const std::string url_;
  outbound::HttpsClient client_;
  const trail::VerifierKey key_;
  TreeStore& tree_;
};

}  // namespace madoguchi::audit
