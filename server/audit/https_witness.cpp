// SPDX-License-Identifier: Apache-2.0
#include "server/audit/https_witness.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "contract/crypto/digest.h"

namespace madoguchi::audit {
namespace {

constexpr int kOk = 200, kConflict = 409, kNoProof = 422;

Error Failed(std::string why) {
  return {ErrorCode::kTrailWitnessFailed, "witness.url: " + std::move(why), {}};
}

Error Refused(std::uint64_t seen, std::uint64_t ours) {
  return Failed("refused: what it has seen, " + std::to_string(seen) + " rows, is not how our " + std::to_string(ours) +
                " rows begin");
}

// Of a 409: a number and a line break.
Result<std::uint64_t> SizeOf(std::string_view body) {
  std::uint64_t size = 0;
  const char* const end = body.data() + body.size();
  const auto [read, failed] = std::from_chars(body.data(), end, size);
  if (failed != std::errc() || (read != end && *read != '\n') || size > trail::kTreeSizeMax)
    return Failed("409 without a size");
  return size;
}

}  // namespace

HttpsWitness::HttpsWitness(std::string url, outbound::HttpsFiles files, trail::VerifierKey key, TreeStore& tree)
    : url_(std::move(url)), client_(std::move(files)), key_(std::move(key)), tree_(tree) {}

Result<StoredCheckpoint> HttpsWitness::Give(const StoredCheckpoint& newest, std::uint64_t known, Deadline deadline) {
  StoredCheckpoint checkpoint = newest;
  for (int i = 0; i < kWitnessAsksMax; ++i) {
    known = std::min(known, checkpoint.size);
    TRY_ASSIGN(const outbound::HttpsOutcome answer, Ask(checkpoint, known, deadline));
    if (answer.status == kOk) {
      checkpoint.note += answer.body;
      if (const auto opened = trail::OpenNote(checkpoint.note, key_); !opened.ok())
        return Failed("no cosignature of audit.witness_verifier_key: " + opened.error().detail);
      return checkpoint;
    }
    if (answer.status == kNoProof) return Refused(known, checkpoint.size);
    if (answer.status != kConflict) return Failed("status " + std::to_string(answer.status));
    TRY_ASSIGN(const std::uint64_t seen, SizeOf(answer.body));
    // A tree of the same size, and another one.
    if (seen == known && known == checkpoint.size) return Refused(seen, checkpoint.size);
    if (seen == known) return Failed("409 with the size it was asked from");
    if (seen > checkpoint.size) {
      // A newer one of another server is in the database before any witness sees it.
      TRY_ASSIGN(std::optional<StoredCheckpoint> later, tree_.Checkpoint(trail::kTreeSizeMax, deadline));
      if (!later || later->size < seen) return Refused(seen, later ? later->size : 0);
      checkpoint = std::move(*later);
    }
    known = seen;
  }
  return Failed("another 409 each time");
}

Result<outbound::HttpsOutcome> HttpsWitness::Ask(const StoredCheckpoint& checkpoint, std::uint64_t known,
                                                 Deadline deadline) {
  known = std::min(known, checkpoint.size);
  std::string body = "old " + std::to_string(known) + "\n";
  if (known > 0) {
    TRY_ASSIGN(const std::vector<trail::Hash> proof,
               trail::ConsistencyProof(known, checkpoint.size, TilesOf(tree_, deadline)));
    for (const trail::Hash& hash : proof) body += crypto::ToBase64(hash) + "\n";
  }
  outbound::HttpsOutcome outcome = client_.Post({.url = url_ + "/add-checkpoint",
                                                 .headers = {"Content-Type: text/plain; charset=utf-8"},
                                                 .body = body + "\n" + checkpoint.note,
                                                 .answer_bytes_max = kWitnessAnswerBytesMax},
                                                deadline);
  if (outcome.fate != outbound::Fate::kAnswered) return Failed(outcome.detail);
  return outcome;
}

}  // namespace madoguchi::audit
