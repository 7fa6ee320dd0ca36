// SPDX-License-Identifier: Apache-2.0
// audit export, checkpoint, status, proof: the trail taken away for an auditor, and how far it is under its signatures.
#include <algorithm>

#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "admin/cli/text.h"
#include "contract/crypto/digest.h"
#include "contract/trail/entries.h"
#include "contract/trail/export_layout.h"
#include "madoguchi/v1/trail_export_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::TrailExportService::Stub;

constexpr std::chrono::hours kExportWithin{6};  // as the server's
constexpr std::chrono::seconds kSilent{1};      // between two lines of progress

// Writes what arrives, part by part, in the layout of export_layout.h; the newest checkpoint at the end.
class Receiving {
 public:
  explicit Receiving(trail::ExportWriter writer) : writer_(std::move(writer)) {}

  Result<void> Take(const v1::ExportTrailResponse& part) {
    if (part.size() > 0) size_ = part.size();
    switch (part.part_case()) {
      case v1::ExportTrailResponse::kVerifierKey:
        return writer_.Write(trail::kKeyPath, AsBytes(part.verifier_key() + "\n"));
      case v1::ExportTrailResponse::kCheckpoint:
        return writer_.Write(trail::CheckpointPath(part.checkpoint().size()), AsBytes(part.checkpoint().note()));
      case v1::ExportTrailResponse::kTombstone: {
        const std::optional<std::string> path = trail::TombstonePath(part.tombstone().partition());
        if (!path) return Error{ErrorCode::kServerMessageInvalid, "the name of a partition", {}};
        return writer_.Write(*path, AsBytes(part.tombstone().note()));
      }
      case v1::ExportTrailResponse::kTile:
        return Tile(part.tile());
      case v1::ExportTrailResponse::kBundle:
        return Bundle(part.bundle());
      case v1::ExportTrailResponse::kNewest:
        whole_ = true;
        size_ = part.newest().size();
        return writer_.Finish(part.newest().note());
      case v1::ExportTrailResponse::PART_NOT_SET:
        break;
    }
    return Error{ErrorCode::kServerMessageInvalid, "a part of an export", {}};
  }

  bool whole() const { return whole_; }
  std::uint64_t size() const { return size_; }
  std::uint64_t rows() const { return rows_; }
  std::string Far(std::uint64_t since) const {
    return "書き出し中 / exporting: ハッシュ / hashes " + std::to_string(tiles_) + ", 行 / rows " +
           std::to_string(std::min(since + rows_, size_)) + " / " + std::to_string(size_);
  }

 private:
  Result<void> Tile(const v1::TrailTile& tile) {
    const std::uint64_t width = tile.hashes().size() / trail::kHashBytes;
    if (tile.level() >= trail::kTileLevelsMax || tile.hashes().size() % trail::kHashBytes != 0 || width == 0 ||
        width > trail::kTileWidth)
      return Error{ErrorCode::kServerMessageInvalid, "a tile of an export", {}};
    ++tiles_;
    return writer_.Write(trail::TilePath(static_cast<int>(tile.level()), tile.index(), width), AsBytes(tile.hashes()));
  }

  Result<void> Bundle(const v1::TrailBundle& bundle) {
    if (bundle.rows() == 0 || bundle.rows() > trail::kTileWidth ||
        bundle_.size() + bundle.content().size() > trail::kBundleBytesMax)
      return Error{ErrorCode::kServerMessageInvalid, "rows of an export", {}};
    bundle_ += bundle.content();
    if (bundle.more()) return {};
    Result<void> written = writer_.Write(trail::EntriesPath(bundle.index(), bundle.rows()), AsBytes(bundle_));
    bundle_.clear();
    rows_ += bundle.rows();
    return written;
  }

  trail::ExportWriter writer_;
  std::string bundle_;
  bool whole_ = false;
  std::uint64_t size_ = 0, rows_ = 0, tiles_ = 0;
};

struct ExportWish {
  std::string folder;
  std::optional<std::uint64_t> since;  // nothing: as far as the folder's whole bundles reach
};

// Rows of the whole bundles, with their tiles, that lie in the folder from its beginning on.
std::uint64_t RowsThere(const trail::ExportWriter& writer) {
  std::uint64_t bundles = 0;
  while (writer.Has(trail::EntriesPath(bundles, trail::kTileWidth)) &&
         writer.Has(trail::TilePath(0, bundles, trail::kTileWidth))) {
    ++bundles;
  }
  return bundles * trail::kTileWidth;
}

Done Export(Shell& shell, const ExportWish& wish) {
  Result<trail::ExportWriter> writer = trail::ExportWriter::Open(wish.folder);
  if (!writer.ok()) return Because(writer.error());
  if (Done failed = shell.client->Open()) return failed;
  grpc::ClientContext context;
  if (Done failed = shell.client->Prepare(context, kExportWithin)) return failed;
  Stub stub(shell.client->channel());
  v1::ExportTrailRequest request;
  request.set_since(wish.since ? *wish.since : RowsThere(*writer));
  const std::unique_ptr<grpc::ClientReader<v1::ExportTrailResponse>> reader = stub.Export(&context, request);
  Receiving receiving(std::move(writer).value());
  v1::ExportTrailResponse part;
  Result<void> taken;
  auto next = std::chrono::steady_clock::now() + kSilent;
  while (taken.ok() && reader->Read(&part)) {
    if (part.size() > 0 && part.size() < request.since()) {
      taken = Error{ErrorCode::kTrailExportInvalid,
                    wish.folder + ": it holds " + std::to_string(request.since()) + " rows, the server has " +
                        std::to_string(part.size()) + ": another trail, or one that was set back",
                    {}};
      break;
    }
    taken = receiving.Take(part);
    if (std::chrono::steady_clock::now() < next) continue;
    next = std::chrono::steady_clock::now() + kSilent;
    Progress(receiving.Far(request.since()));
  }
  if (!taken.ok()) context.TryCancel();
  const grpc::Status status = reader->Finish();
  if (!taken.ok()) return Because(taken.error());
  if (Done failed = Client::FromStatus(status)) return failed;
  if (!receiving.whole()) return Because(ErrorCode::kServerMessageInvalid, "an export without an end");
  Shown shown = ShownNote("書き出しました / exported: " + std::to_string(receiving.rows()) +
                          " 行 / rows, 木の大きさ / size " + std::to_string(receiving.size()));
  shown.notes.push_back("確認 / verify: madoguchi-admin audit verify " + wish.folder +
                        " --key <検証鍵 / verifier key>");
  shown.numbers = {{"rows", static_cast<std::int64_t>(receiving.rows())},
                   {"size", static_cast<std::int64_t>(receiving.size())}};
  Show(shell.settings, shown);
  return {};
}

Done Checkpoint(Shell& shell) {
  v1::GetTrailCheckpointResponse answer;
  if (Done failed = shell.client->Call(&Stub::GetCheckpoint, v1::GetTrailCheckpointRequest(), answer)) return failed;
  Shown shown = ShownNote(answer.checkpoint().note().empty() ? "まだ署名されていません / nothing is signed yet"
                                                             : answer.checkpoint().note());
  shown.notes.push_back("検証鍵 / verifier key: " + answer.verifier_key());
  shown.texts = {{"checkpoint", answer.checkpoint().note()}, {"verifier_key", answer.verifier_key()}};
  shown.numbers = {{"size", static_cast<std::int64_t>(answer.checkpoint().size())}};
  Show(shell.settings, shown);
  return {};
}

Done Status(Shell& shell) {
  v1::GetTrailStatusResponse answer;
  if (Done failed = shell.client->Call(&Stub::GetStatus, v1::GetTrailStatusRequest(), answer)) return failed;
  Show(shell.settings, ShownOne("trail", answer,
                                {{"size", "木に入った行 / rows in the tree"},
                                 {"signed_size", "署名済みの行 / signed"},
                                 {"signed_seconds", "署名から（秒） / seconds since"},
                                 {"waiting", "待っている行 / waiting"},
                                 {"oldest_seconds", "最も古いもの（秒） / oldest, seconds"},
                                 {"held_by", "待たせている PostgreSQL の pid / held up by"},
                                 {"forked", "分岐 / forked"},
                                 {"origin", "名前 / origin"},
                                 {"witnesses", "立会い / witnesses"}}));
  return {};
}

Done Proof(Shell& shell, const v1::ProveTrailRowRequest& request) {
  v1::ProveTrailRowResponse answer;
  if (Done failed = shell.client->Call(&Stub::Prove, request, answer)) return failed;
  Shown shown = ShownNote("葉 / leaf " + std::to_string(answer.leaf()) + "\n" + answer.line());
  std::vector<std::string> path;
  for (const std::string& hash : answer.path()) path.push_back(crypto::ToBase64(AsBytes(hash)));
  for (const std::string& hash : path) shown.notes.push_back("  " + hash);
  shown.notes.push_back(answer.checkpoint().note());
  shown.numbers = {{"leaf", static_cast<std::int64_t>(answer.leaf())}};
  shown.texts = {{"line", answer.line()}, {"checkpoint", answer.checkpoint().note()}};
  shown.lists.emplace_back("path", std::move(path));
  Show(shell.settings, shown);
  return {};
}

}  // namespace

void AddAuditExportCommands(CLI::App& audit, Shell& shell) {
  const auto wish = std::make_shared<ExportWish>();
  CLI::App& exporting = AddCommand(
      audit, shell, "export", "証跡を、誰でも検証できる形でフォルダーに書き出す / export the trail for `audit verify`",
      [wish](Shell& run) { return Export(run, *wish); });
  AddText(exporting, "--to", &wish->folder, "フォルダー / folder").required();
  exporting
      .add_option(
          "--since", wish->since,
          "この行から書く。指定しなければ、フォルダーにある分の続きから。0 はすべて / rows from here on; else what the "
          "folder does not hold yet; 0: all")
      ->type_name("SIZE");
  AddCommand(audit, shell, "checkpoint",
             "最新の署名済みチェックポイントと検証鍵 / the newest signed checkpoint and the key", Checkpoint);
  AddCommand(audit, shell, "status", "署名の進み具合と立会いの状態 / how far the trail is signed, and its witnesses",
             Status);
  const auto request = std::make_shared<v1::ProveTrailRowRequest>();
  CLI::App& proof =
      AddCommand(audit, shell, "proof", "一行が証跡に含まれることの証明 / proof that a row is in the trail",
                 [request](Shell& run) { return Proof(run, *request); });
  AddNumber(
      proof, "--row", [request](std::uint32_t row) { request->set_sequence(row); }, "行の番号 / number of the row")
      .required();
}

}  // namespace madoguchi::cli
