// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/finding_text.h"

#include <string_view>

#include "admin/cli/text.h"

namespace madoguchi::cli {
namespace {

using trail::Finding;
using trail::FindingKind;

std::string Number(const std::optional<std::uint64_t>& leaf) {
  return std::to_string(leaf.value_or(0));
}

FindingText Called(const trail::RowName& row) {
  return {"連番 " + row.sequence + (row.recorded_at.empty() ? "" : "、" + row.recorded_at),
          "sequence " + row.sequence + (row.recorded_at.empty() ? "" : ", " + row.recorded_at)};
}

// "行 17（連番 18、2026-11-23T20:15:01.123456+09:00）"
FindingText Row(const Finding& finding) {
  FindingText text{"行 " + Number(finding.first), "row " + Number(finding.first)};
  const trail::RowName& row = finding.row;
  if (row.sequence.empty()) return text;
  const FindingText called = Called(row);
  text.ja += "（" + called.ja + "）";
  text.en += " (" + called.en + ")";
  return text;
}

// Of rows that are missing: which one they stood behind.
FindingText Before(const Finding& finding) {
  if (finding.before.sequence.empty()) return {};
  const FindingText called = Called(finding.before);
  return {"。直前の行: " + called.ja, "; the row before them: " + called.en};
}

// What follows a row: no blank behind a bracket.
std::string Then(const std::string& row, const std::string& text) {
  return row + (row.ends_with("）") ? "" : " ") + text;
}

FindingText Rows(const Finding& finding) {
  if (finding.last.value_or(0) == finding.first.value_or(0)) return Row(finding);
  const std::string range = Number(finding.first) + "–" + Number(finding.last);
  return {"行 " + range, "rows " + range};
}

FindingText Of(const Finding& finding) {
  const FindingText row = Row(finding), rows = Rows(finding), before = Before(finding);
  const std::string file = Printable(finding.file), place = Number(finding.place);
  switch (finding.kind) {
    case FindingKind::kCheckpointInvalid:
      return {"チェックポイント " + file + " は、書き換えられたか、この鍵の署名ではありません",
              "checkpoint " + file + " was changed, or is not signed by this key"};
    case FindingKind::kCheckpointOld:
      return {"最新のはずの " + file + " が、同じ書き出しの中の別のチェックポイントより古くなっています",
              file + ", which should be the newest, is older than another checkpoint of the same export"};
    case FindingKind::kCutOff:
      return {Then(rows.ja, "がありません（末尾が切り取られています）") +
                  (file.empty() ? before.ja : "。署名の根拠: " + file),
              rows.en + " are not there: the end of the trail was cut off" +
                  (file.empty() ? before.en : "; signed in " + file)};
    case FindingKind::kForked:
      return {file + " は別の内容に署名されています（記録が枝分かれしています）。最初の違い: " + rows.ja,
              file + " was signed over other rows: the trail was forked; the first difference lies in " + rows.en};
    case FindingKind::kTileChanged:
      return {"ハッシュのファイル " + file + "（" + rows.ja + "）が書き換えられています",
              "the file of hashes " + file + " (" + rows.en + ") was changed"};
    case FindingKind::kTileMissing:
      return {"ハッシュのファイル " + file + "（" + rows.ja + "）がありません",
              "the file of hashes " + file + " (" + rows.en + ") is not there"};
    case FindingKind::kRowEdited:
      return {Then(row.ja, "の内容が書き換えられています"), row.en + " was edited"};
    case FindingKind::kLengthChanged:
      return {Then(row.ja, "の前の長さの値が書き換えられています（行そのものは正しい）"),
              "the length before " + row.en + " was changed; the row itself is right"};
    case FindingKind::kRowsRemoved:
      return {Then(rows.ja, "が取り除かれています") + before.ja, "removed: " + rows.en + before.en};
    case FindingKind::kRowAdded:
      return {Then(row.ja, "の位置に、署名されていない行が足されています"),
              "a row that was never signed stands at the place of " + row.en};
    case FindingKind::kRowMoved:
      return {Then(row.ja, "が " + place + " の位置へ動かされています"), row.en + " was moved to place " + place};
    case FindingKind::kRowsSwapped:
      return {Then(row.ja, "と行 " + place + " が入れ替えられています"),
              row.en + " and row " + place + " were swapped"};
    case FindingKind::kRowDuplicated:
      return {Then(row.ja, "の写しが " + place + " の位置にあります"),
              "a copy of " + row.en + " stands at place " + place};
    case FindingKind::kRowsDiffer:
      return {"続く " + Then(rows.ja, "の中にも違いがあります（1 行ずつは示しません）"),
              "there are more differences in " + rows.en + ", not told one by one"};
    case FindingKind::kRowsUnproven:
      return {Then(rows.ja, "は、行もハッシュも署名と合わず、確かめられません"),
              rows.en + " cannot be proven: neither the rows nor their hashes agree with what was signed"};
    case FindingKind::kTombstoneInvalid:
      return {"廃棄の証明 " + file + " は、書き換えられたか、この鍵の署名ではありません",
              "tombstone " + file + " was changed, or is not signed by this key"};
    case FindingKind::kWitnessInvalid:
      return {file + " にある立会い署名が正しくありません", "a witness's signature in " + file + " is not right"};
    case FindingKind::kRowsUnsigned:
      return {file + " に、署名されていない" +
                  Then(rows.ja, "があります（書き出しが途中で終わったか、後から足されています）"),
              rows.en + " in " + file +
                  " lie behind everything that was signed: the export was broken off, or they were added"};
    case FindingKind::kTombstoneUnrecorded:
      return {"廃棄の証明 " + file + " に当たる廃棄の記録が、証跡の中にありません",
              "no row of the trail tells of what tombstone " + file + " says was retired"};
  }
  return {};
}

}  // namespace

FindingText TextOf(const Finding& finding) {
  FindingText text = Of(finding);
  if (!finding.detail.empty()) text.en += " (" + Printable(finding.detail) + ")";
  return text;
}

}  // namespace madoguchi::cli
