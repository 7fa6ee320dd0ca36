// SPDX-License-Identifier: Apache-2.0
// audit verify: offline. It needs no server, no log-in and no configuration: an export, a key, and what somebody kept.
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "admin/cli/finding_text.h"
#include "admin/cli/groups.h"
#include "admin/cli/text.h"
#include "contract/files.h"
#include "contract/trail/verify.h"

namespace madoguchi::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::seconds kSilent{1};  // between two lines of progress

struct VerifyArguments {
  std::string folder, key, earlier;
  std::vector<std::string> former_keys, witnesses, checkpoints;
};

Result<trail::VerifierKey> ReadKey(const std::string& file) {
  TRY_ASSIGN(std::string text, ReadSmallFile(file, trail::kNoteBytesMax));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  Result<trail::VerifierKey> key = trail::VerifierKey::Read(text);
  if (!key) return Error{key.error().code, file + ": " + key.error().detail, {}};
  return key;
}

Result<trail::VerifyWish> WishOf(const VerifyArguments& arguments) {
  TRY_ASSIGN(trail::VerifierKey key, ReadKey(arguments.key));
  trail::VerifyWish wish{arguments.folder, {std::move(key)}};
  wish.earlier_folder = arguments.earlier;
  for (const std::string& file : arguments.former_keys) {
    TRY_ASSIGN(trail::VerifierKey former, ReadKey(file));
    wish.keys.former.push_back(std::move(former));
  }
  for (const std::string& file : arguments.witnesses) {
    TRY_ASSIGN(trail::VerifierKey witness, ReadKey(file));
    wish.witnesses.push_back(std::move(witness));
  }
  for (const std::string& file : arguments.checkpoints) {
    TRY_ASSIGN(const std::string text, ReadSmallFile(file, trail::kKeptFileBytesMax));
    std::vector<std::string> notes = trail::NotesIn(text, wish.keys.now.name);
    for (std::size_t i = 0; i < notes.size(); ++i) {
      const std::string number = notes.size() == 1 ? "" : ":" + std::to_string(i + 1);
      wish.elsewhere.push_back({file + number, std::move(notes[i])});
    }
  }
  return wish;
}

// A line a second on standard error, of what takes longer.
auto Ticking() {
  return [next = std::chrono::steady_clock::now() + kSilent](std::uint64_t rows, std::uint64_t of) mutable {
    const auto now = std::chrono::steady_clock::now();
    if (now < next) return;
    next = now + kSilent;
    Progress("確認中 / verifying: " + std::to_string(rows) + " / " + std::to_string(of));
  };
}

Json JsonOf(const trail::Finding& finding) {
  const FindingText text = TextOf(finding);
  Json out = {{"kind", trail::Word(finding.kind)}};
  if (finding.first) out["row"] = *finding.first;
  if (finding.last) out["last_row"] = *finding.last;
  if (finding.place) out["place"] = *finding.place;
  if (!finding.before.sequence.empty()) out["after_sequence"] = finding.before.sequence;
  if (!finding.before.recorded_at.empty()) out["after_recorded_at"] = finding.before.recorded_at;
  if (!finding.row.sequence.empty()) out["sequence"] = finding.row.sequence;
  if (!finding.row.recorded_at.empty()) out["recorded_at"] = finding.row.recorded_at;
  if (!finding.file.empty()) out["file"] = finding.file;
  out["text_ja"] = text.ja;
  out["text_en"] = text.en;
  return out;
}

Json JsonOf(const trail::VerifyReport& report) {
  Json out = {{"rows", report.size},
              {"rows_present", report.present},
              {"rows_retired", report.retired},
              {"checkpoints", report.notes.checkpoints.size()}};
  if (report.notes.head) {
    out["origin"] = report.notes.head->checkpoint.origin;
    out["root"] = ToHex(report.notes.head->checkpoint.root);
  }
  out["witnessed"] = Json::array();
  for (const trail::Witnessed& one : report.notes.witnessed)
    out["witnessed"].push_back({{"witness", one.witness}, {"rows", one.size}, {"time", one.time.count()}});
  out["tombstones"] = Json::array();
  for (const trail::Tombstone& stone : report.notes.tombstones) {
    out["tombstones"].push_back({{"partition", stone.partition},
                                 {"rows", stone.rows},
                                 {"leaves", trail::Written(stone.leaves)},
                                 {"retired_by", stone.retired_by},
                                 {"reason", stone.reason},
                                 {"retired_at", stone.retired_at}});
  }
  out["findings"] = Json::array();
  for (const trail::Finding& finding : report.findings.all()) out["findings"].push_back(JsonOf(finding));
  out["findings_left_out"] = report.findings.left_out();
  return out;
}

std::string Numbers(const trail::VerifyReport& report) {
  std::string text;
  if (report.notes.head) {
    const trail::Checkpoint& head = report.notes.head->checkpoint;
    text += "監査証跡 / trail: " + Printable(head.origin) + "\n";
    text += "行 / rows: " + std::to_string(head.size) + "（ある / present " + std::to_string(report.present) +
            "、廃棄済み / retired " + std::to_string(report.retired) + "）\n";
    text += "チェックポイント / good checkpoints: " + std::to_string(report.notes.checkpoints.size()) + "\n";
  }
  for (const trail::Witnessed& one : report.notes.witnessed) {
    text += one.size == 0 ? "立会いの署名なし / never witnessed by: " + Printable(one.witness) + "\n"
                          : "立会い / witnessed: " + Printable(one.witness) + " " + std::to_string(one.size) + "\n";
  }
  for (const trail::Tombstone& stone : report.notes.tombstones) {
    text += "廃棄 / retired: " + Printable(stone.partition) + " " + trail::Written(stone.leaves) + ", " +
            Printable(stone.retired_by) + ", " + Printable(stone.retired_at) + ", " + Printable(stone.reason) + "\n";
  }
  return text;
}

std::string ReportText(const trail::VerifyReport& report) {
  std::string text = Numbers(report);
  for (const trail::Finding& finding : report.findings.all()) {
    const FindingText found = TextOf(finding);
    text += "✗ " + found.ja + "\n  " + found.en + "\n";
  }
  if (report.findings.left_out() > 0) text += "ほか / more: " + std::to_string(report.findings.left_out()) + "\n";
  if (report.findings.empty()) text += "署名されたとおりです / this is what was signed\n";
  return text;
}

Done Verify(const Shell& shell, const VerifyArguments& arguments) {
  Result<trail::VerifyWish> wish = WishOf(arguments);
  if (!wish) return Because(wish.error());
  wish->progress = Ticking();
  const Result<trail::VerifyReport> report = trail::Verify(*wish);
  if (!report) return Because(report.error());
  const Json json = JsonOf(*report);
  if (!shell.settings.json) std::fputs(ReportText(*report).c_str(), stdout);
  if (!report->findings.empty()) {
    Failure failure = Because(ErrorCode::kTrailNotAsSigned, "");
    failure.more_json = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return failure;
  }
  if (shell.settings.json) {
    Json out = {{"ok", true}};
    out.update(json);
    std::fputs((out.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n").c_str(), stdout);
  }
  return {};
}

}  // namespace

void AddAuditVerifyCommand(CLI::App& audit, Shell& shell) {
  const auto arguments = std::make_shared<VerifyArguments>();
  CLI::App& verify =
      AddCommand(audit, shell, "verify",
                 "書き出した監査証跡を、サーバーなしで確かめる / verify an exported trail, without any server",
                 [arguments](Shell& run) { return Verify(run, *arguments); });
  verify.add_option("EXPORT", arguments->folder, "書き出したフォルダー / folder of the export")
      ->required()
      ->type_name("DIRECTORY");
  verify
      .add_option("--key", arguments->key,
                  "検証鍵のファイル。書き出しとは別に受け取ったもの / verifier key, received apart from the export")
      ->required()
      ->type_name("FILE");
  verify
      .add_option(
          "--former-key", arguments->former_keys,
          "以前の署名鍵の検証鍵。古い順に何度でも / verifier key of a former signing key; may be repeated, oldest "
          "first")
      ->type_name("FILE");
  verify
      .add_option("--checkpoint", arguments->checkpoints,
                  "手元に控えてあるチェックポイント、または立会い用ファイル（何度でも） / checkpoints that were kept "
                  "elsewhere: a note or a witness's file; may be repeated")
      ->type_name("FILE");
  verify
      .add_option("--witness", arguments->witnesses,
                  "立会い側の検証鍵（何度でも） / verifier key of a witness; may be repeated")
      ->type_name("FILE");
  verify
      .add_option("--earlier", arguments->earlier,
                  "以前の書き出し。失われたハッシュを補い、枝分かれの最初の行を示す / an earlier export: knows lost "
                  "hashes, and where a fork begins")
      ->type_name("DIRECTORY");
}

}  // namespace madoguchi::cli
