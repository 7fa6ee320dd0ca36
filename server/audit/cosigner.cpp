// SPDX-License-Identifier: Apache-2.0
#include "server/audit/cosigner.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>
#include <vector>

#include "contract/crypto/digest.h"
#include "contract/files.h"
#include "contract/log.h"

namespace madoguchi::audit {
namespace {

constexpr const char* kComponent = "audit";
constexpr int kMalformed = 400, kNotOurKey = 403, kUnknownLog = 404, kConflict = 409, kNoProof = 422, kNotKept = 500;

struct Ask {
  std::uint64_t old_size = 0;
  std::vector<trail::Hash> proof;
  std::string_view note;
};

std::optional<std::string_view> NextLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return {};
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<Ask> ReadAsk(std::string_view text) {
  Ask ask;
  const std::optional<std::string_view> old = NextLine(text);
  if (!old || !old->starts_with("old ")) return {};
  const char* const end = old->data() + old->size();
  const auto [read, failed] = std::from_chars(old->data() + 4, end, ask.old_size);
  if (failed != std::errc() || read != end) return {};
  for (std::size_t i = 0; i <= kAskHashesMax; ++i) {
    const std::optional<std::string_view> line = NextLine(text);
    if (!line) return {};
    if (line->empty()) {
      ask.note = text;
      return ask;
    }
    const std::optional<Bytes> hash = crypto::FromBase64(*line);
    if (!hash || hash->size() != trail::kHashBytes) return {};
    std::copy(hash->begin(), hash->end(), ask.proof.emplace_back().begin());
  }
  return {};
}

Cosigner::Answer Refuse(int status, const char* why) {
  log::Warning(kComponent, "checkpoint_refused", {{"status", status}, {"why", why}});
  return {status, std::string(why) + "\n"};
}

}  // namespace

Cosigner::Cosigner(std::string file, trail::VerifierKey log, trail::Signer signer, Clock clock)
    : file_(std::move(file)), log_(std::move(log)), signer_(std::move(signer)), clock_(std::move(clock)) {}

Result<Cosigner> Cosigner::Open(std::string file, trail::VerifierKey log, trail::Signer signer, Clock clock) {
  Cosigner cosigner(std::move(file), std::move(log), std::move(signer), std::move(clock));
  struct stat facts {};
  if (stat(cosigner.file_.c_str(), &facts) != 0 && errno == ENOENT) return cosigner;
  TRY_ASSIGN(cosigner.note_, ReadSmallFile(cosigner.file_, trail::kNoteBytesMax));
  TRY_ASSIGN(cosigner.newest_, trail::OpenCheckpoint(cosigner.note_, cosigner.log_));
  return cosigner;
}

Cosigner::Answer Cosigner::Add(std::string_view text) {
  const std::optional<Ask> ask = text.size() > kAskBytesMax ? std::nullopt : ReadAsk(text);
  if (!ask) return Refuse(kMalformed, "malformed");
  if (!ask->note.starts_with(log_.name + "\n")) return Refuse(kUnknownLog, "another log");
  const Result<trail::OpenedNote> opened = trail::OpenNote(ask->note, log_);
  if (!opened.ok()) return Refuse(kNotOurKey, "not signed by the log");
  const Result<trail::Checkpoint> checkpoint = trail::ReadCheckpoint(opened->text);
  if (!checkpoint.ok() || ask->old_size > checkpoint->size) return Refuse(kMalformed, "malformed");
  if (ask->old_size != newest_.size || (newest_.size == checkpoint->size && newest_.root != checkpoint->root)) {
    log::Warning(kComponent, "checkpoint_refused", {{"status", kConflict}, {"size", std::to_string(newest_.size)}});
    return {kConflict, std::to_string(newest_.size) + "\n", "text/x.tlog.size"};
  }
  if (newest_.size == 0
          ? !ask->proof.empty()
          : !trail::CheckConsistency(newest_.size, checkpoint->size, newest_.root, checkpoint->root, ask->proof)) {
    return Refuse(kNoProof, "does not go on from what was seen");
  }
  const std::string line = signer_.Line(opened->text, clock_());
  std::string note = opened->text + "\n";
  for (const std::string& signature : opened->signature_lines) {
    if (signature.find(" " + signer_.verifier().name + " ") == std::string::npos) note += signature;
  }
  note += line;
  if (const Result<void> kept = WriteFileWhole(file_, note, false); !kept.ok()) {
    log::Report(kComponent, "checkpoint_not_kept", kept.error());
    return {kNotKept, "not kept\n"};
  }
  newest_ = *checkpoint;
  note_ = std::move(note);
  return {200, line};
}

}  // namespace madoguchi::audit
