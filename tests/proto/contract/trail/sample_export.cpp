// SPDX-License-Identifier: Apache-2.0
#include "tests/proto/contract/trail/sample_export.h"

#include <fstream>
#include <iterator>

#include "contract/trail/entries.h"
#include "contract/trail/export_layout.h"

namespace madoguchi::trail {
namespace {

crypto::Ed25519Key NewKey() {
  Result<crypto::Ed25519Key> key = crypto::Ed25519Key::Make();
  if (!key) std::abort();
  return *key;
}

std::uint64_t WidthAt(std::uint64_t size, int level, std::uint64_t index) {
  return std::min(kTileWidth, (size >> (8 * level)) - index * kTileWidth);
}

}  // namespace

std::string SampleLine(std::uint64_t leaf, std::uint64_t seed) {
  const std::string number = std::to_string(leaf + 1);
  return "{\"v\":1,\"sequence\":" + number + ",\"recorded_at\":\"2026-11-23T09:" + std::to_string(10 + leaf / 60 % 50) +
         ":" + std::to_string(10 + leaf % 50) + ".123456+09:00\",\"record_id\":\"00000000-0000-4000-8000-" +
         std::string(12 - number.size(), '0') + number + "\",\"action\":\"check.intent\",\"owner\":\"server-" +
         std::to_string(seed) + "\",\"code\":0,\"detail\":\"窓口\"}";
}

SampleLog::SampleLog() : signer_(kSampleOrigin, NewKey(), SignatureType::kEd25519) {}

void SampleLog::Append(std::uint64_t rows, std::uint64_t seed) {
  for (std::uint64_t i = 0; i < rows; ++i) AppendLine(SampleLine(lines_.size(), seed));
}

void SampleLog::AppendLine(std::string line) {
  std::vector<trail::Tile> full;
  lines_.push_back(std::move(line));
  leaves_.push_back(LeafHash(AsBytes(lines_.back())));
  edge_.Append(leaves_.back(), full);
  for (trail::Tile& tile : full) full_[{tile.level, tile.index}] = std::move(tile.hashes);
}

void SampleLog::ChangeKey() {
  signer_ = Signer(kSampleOrigin, NewKey(), SignatureType::kEd25519);
}

void SampleLog::Sign() {
  notes_[edge_.size()] = SignedCheckpoint({kSampleOrigin, edge_.size(), edge_.Root()}, signer_);
}

void SampleLog::Retire(const std::string& partition, std::vector<LeafRange> leaves, const std::string& retired_at) {
  std::uint64_t rows = 0;
  for (const LeafRange& range : leaves) {
    rows += range.last - range.first + 1;
    retired_.push_back(range);
    for (std::uint64_t leaf = range.first; leaf <= range.last; ++leaf) lines_[leaf].clear();
  }
  const Tombstone tombstone{
      kSampleOrigin,    partition,           rows,      std::move(leaves), "", "2026-12-01T00:00:00+09:00",
      kSampleRetiredBy, "retention is over", retired_at};
  tombstones_[partition] = SignedNote(TextOf(tombstone), signer_);
}

Result<Bytes> SampleLog::Tile(int level, std::uint64_t index, std::uint64_t width) const {
  const auto full = full_.find({level, index});
  Bytes hashes = full != full_.end() ? full->second : edge_.partial(level);
  hashes.resize(width * kHashBytes);
  return hashes;
}

Hash SampleLog::Root(std::uint64_t size) const {
  Edge edge;
  std::vector<trail::Tile> full;
  for (std::uint64_t leaf = 0; leaf < size; ++leaf) edge.Append(leaves_[leaf], full);
  return edge.Root();
}

void SampleLog::Export(const std::string& folder) const {
  Result<ExportWriter> writer = ExportWriter::Open(folder);
  if (!writer) std::abort();
  bool good = true;
  const std::uint64_t size = edge_.size();
  for (int level = 0; (size >> (8 * level)) > 0; ++level) {
    for (std::uint64_t index = 0; index * kTileWidth < size >> (8 * level); ++index) {
      const std::uint64_t width = WidthAt(size, level, index);
      good = good && writer->Write(TilePath(level, index, width), *Tile(level, index, width)).ok();
    }
  }
  for (std::uint64_t first = 0; first < size; first += kTileWidth) {
    const std::uint64_t width = std::min(kTileWidth, size - first);
    Bytes bundle;
    for (std::uint64_t leaf = first; leaf < first + width; ++leaf) AppendEntry(lines_[leaf], bundle);
    good = good && writer->Write(EntriesPath(first / kTileWidth, width), bundle).ok();
  }
  for (const auto& [kept, note] : notes_) good = good && writer->Write(CheckpointPath(kept), AsBytes(note)).ok();
  for (const auto& [partition, note] : tombstones_)
    good = good && writer->Write(*TombstonePath(partition), AsBytes(note)).ok();
  good = good && writer->Write(kKeyPath, AsBytes(key().Written() + "\n")).ok();
  if (!good || !writer->Finish(notes_.rbegin()->second)) std::abort();
}

std::string Content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Put(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  if (!file.flush()) std::abort();
}

std::string Flipped(std::string text, std::size_t at, int flip) {
  text[at] = static_cast<char>(text[at] ^ flip);
  return text;
}

Lines Bundle(const std::string& folder, std::uint64_t index, std::uint64_t size) {
  const std::string content = Content(folder + "/" + EntriesPath(index, WidthAt(size, 0, index)));
  Lines lines;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t length = static_cast<std::size_t>(static_cast<unsigned char>(content[at])) << 8 |
                               static_cast<unsigned char>(content[at + 1]);
    lines.push_back(content.substr(at + 2, length));
    at += 2 + length;
  }
  return lines;
}

void PutBundle(const std::string& folder, std::uint64_t index, std::uint64_t size, const Lines& lines) {
  Bytes bundle;
  for (const std::string& line : lines) AppendEntry(line, bundle);
  Put(folder + "/" + EntriesPath(index, WidthAt(size, 0, index)), std::string(AsText(bundle)));
}

std::vector<std::string> Told(const Findings& findings) {
  std::vector<std::string> told;
  for (const Finding& finding : findings.all()) {
    std::string text(Word(finding.kind));
    if (finding.first) text += " " + std::to_string(*finding.first);
    if (finding.last && finding.last != finding.first) text += "-" + std::to_string(*finding.last);
    if (finding.place) text += " " + std::to_string(*finding.place);
    if (!finding.file.empty()) text += " " + finding.file;
    told.push_back(std::move(text));
  }
  return told;
}

std::vector<std::string> Verified(const std::string& folder, const SampleLog& log,
                                  const std::vector<KeptNote>& elsewhere, const std::string& earlier) {
  const Result<VerifyReport> report = Verify({folder, {log.key()}, {}, elsewhere, earlier, {}});
  if (!report) return {std::string(Describe(report.error().code).name)};
  return Told(report->findings);
}

}  // namespace madoguchi::trail
