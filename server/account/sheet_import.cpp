// SPDX-License-Identifier: Apache-2.0
#include "server/account/sheet_import.h"

#include <algorithm>
#include <map>
#include <utility>

#include "contract/full_width.h"
#include "contract/log.h"
#include "contract/sheet/sheet_reader.h"
#include "server/audit/event.h"

namespace madoguchi::account {
namespace {

static_assert(kImportFileBytesMax == sheet::kSheetFileBytesMax);
static_assert(kSheetPasswordBytesMax == sheet::kPasswordBytesMax &&
              kActivationCodeDigits == sheet::kActivationCodeDigits);

Error OutOfOrder(std::string detail) {
  return {ErrorCode::kFieldInvalid, std::move(detail), {}};
}

// A name of a person's disk, made harmless to show: its last part, without control characters and marks that turn text
// around.
std::string Shown(std::string_view name) {
  if (const std::size_t slash = name.find_last_of("/\\"); slash != std::string_view::npos)
    name.remove_prefix(slash + 1);
  std::string shown;
  for (std::size_t position = 0; position < name.size();) {
    const Scalar scalar = ScalarAt(name, position);
    const char32_t c = scalar.value;
    const bool harmless = scalar.bytes > 0 && c >= 0x20 && !(c >= 0x7F && c < 0xA0) && !(c >= 0x200B && c <= 0x200F) &&
                          !(c >= 0x2028 && c <= 0x202E) && !(c >= 0x2066 && c <= 0x2069) && c != 0xFEFF;
    if (harmless) shown += name.substr(position, scalar.bytes);
    position += std::max<std::size_t>(scalar.bytes, 1);
  }
  return shown.empty() ? "?" : shown;
}

}  // namespace

Result<SheetImport> SheetImport::Begin(const Seams& seams, ImportRequest request) {
  if (request.files > kImportFilesMax)
    return Error{ErrorCode::kImportTooLarge, std::to_string(request.files) + " files", {}};
  if (request.files == 0) return OutOfOrder("files: none");
  return SheetImport(seams, std::move(request));
}

void SheetImport::Refuse(std::size_t file, ErrorCode code, std::string where) {
  if (files_[file].code) return;  // the first thing that is wrong is enough
  files_[file].code = code;
  files_[file].where = std::move(where);
}

Result<void> SheetImport::Add(std::uint32_t file, std::string_view name, ByteView content, bool last) {
  if (!open_) {
    if (file != files_.size() || file >= request_.files) return OutOfOrder("chunk.file: files come in order");
    if (name.empty() || name.size() > kFileNameBytesMax) return OutOfOrder("chunk.file_name");
    files_.push_back({Shown(name), {}, {}, {}});
    open_.emplace(kImportFileBytesMax);
  }
  if (file + 1 != files_.size()) return OutOfOrder("chunk.file: files come in order");
  if (content.size() > kChunkBytesMax) return OutOfOrder("chunk.content: more than 32 KiB");
  if (!open_->Append(content)) return Error{ErrorCode::kImportTooLarge, "a file is larger than 1 MiB", {}};
  if (!last) return {};
  ReadWhole();
  open_.reset();
  return {};
}

void SheetImport::ReadWhole() {
  const std::size_t file = files_.size() - 1;
  auto read = sheet::ReadSheets(open_->view(), Deadline::In(kReadFileWithin));
  if (!read.ok()) {
    Refuse(file, read.error().code, read.error().detail);
    return;
  }
  for (sheet::SettingsSheet& sheet : *read) {
    files_[file].account_ids.push_back(sheet.account_id);
    if (sheets_.size() == kImportAccountsMax) {
      Refuse(file, ErrorCode::kImportTooLarge, sheet.place);
      return;
    }
    std::string code_hash =
        ActivationCodeHash(seams_.key, request_.institution_code, sheet.account_id, AsBytes(sheet.activation_code));
    sheets_.push_back({file, std::move(sheet), std::move(code_hash)});
  }
}

void SheetImport::Judge(const ImportStanding& standing) {
  std::map<std::string_view, std::size_t> first_file;
  std::uint32_t room =
      standing.ledger ? standing.ledger->devices - std::min(standing.ledger->devices, standing.ledger->taken) : 0;
  for (std::size_t i = 0; i < sheets_.size(); ++i) {
    const Understood& each = sheets_[i];
    const SheetStanding& known = standing.accounts[i];
    const std::string where = each.sheet.place + ": " + each.sheet.account_id;
    const auto [same, is_first] = first_file.emplace(each.sheet.account_id, each.file);
    if (!is_first) {
      Refuse(same->second, ErrorCode::kSheetDuplicated, where + ": " + files_[each.file].name);
      Refuse(each.file, ErrorCode::kSheetDuplicated, where + ": " + files_[same->second].name);
      continue;
    }
    const bool is_new = known.institution_code.empty();
    if (each.sheet.institution_code != request_.institution_code ||
        (!is_new && known.institution_code != request_.institution_code)) {
      Refuse(each.file, ErrorCode::kSheetOfOtherFacility, where);
    } else if ((!is_new && known.state != "issued") || known.code_is_gone ||
               (!known.code_owner.empty() && known.code_owner != known.account_id)) {
      Refuse(each.file, ErrorCode::kSheetAlreadyUsed, where);
    } else if (standing.ledger && known.application_id.empty()) {
      if (room == 0) {
        Refuse(each.file, ErrorCode::kApplicationTooManyDevices,
               where + ": application " + std::to_string(standing.ledger->number) + ": " +
                   std::to_string(standing.ledger->devices) + " devices");
      } else {
        --room;
      }
    }
  }
}

Result<ImportReport> SheetImport::End(Deadline deadline) {
  if (open_ || files_.size() != request_.files) return OutOfOrder("header.files: not all of them came");
  std::vector<SheetKey> keys;
  for (const Understood& each : sheets_) keys.push_back({each.sheet.account_id, each.code_hash});
  const auto standing = seams_.book.Look(request_.institution_code, request_.application_id, keys, deadline);
  if (!standing.ok()) {
    RecordRefusal(standing.error(), deadline);
    return standing.error();
  }
  Judge(*standing);
  const auto wrong =
      std::find_if(files_.begin(), files_.end(), [](const ImportedFile& file) { return file.code.has_value(); });
  if (request_.commit && wrong != files_.end()) RecordRefusal({*wrong->code, "", {}}, deadline);
  if (request_.commit && wrong == files_.end()) {
    const auto committed = Commit(*standing, deadline);
    if (!committed.ok()) {
      RecordRefusal(committed.error(), deadline);
      return committed.error();
    }
  }
  ImportReport report{request_.commit && wrong == files_.end(), std::move(files_),
                      static_cast<std::uint32_t>(sheets_.size())};
  sheets_.clear();
  return report;
}

Result<void> SheetImport::Commit(const ImportStanding& standing, Deadline deadline) {
  SheetsToImport import{request_.institution_code, request_.application_id, request_.by, {}, standing, files_.size()};
  for (Understood& each : sheets_) {
    const SheetSecrets secrets(std::move(each.sheet.password), std::move(each.sheet.activation_code));
    TRY_ASSIGN(IssuedForms forms,
               FormsOf(secrets, request_.institution_code, each.sheet.account_id, seams_.seal, seams_.key, deadline));
    import.accounts.push_back({each.sheet.account_id, each.sheet.issued_on, std::move(forms)});
  }
  return seams_.book.Import(import, deadline);
}

void SheetImport::RecordRefusal(const Error& error, Deadline deadline) const {
  if (!request_.commit) return;
  const auto recorded = seams_.trail.RecordEvent({.action = audit::action::kAccountImportRefused,
                                                  .desk_id = {},
                                                  .press_id = {},
                                                  .code = static_cast<int>(error.code),
                                                  .detail = std::to_string(files_.size()) + " files",
                                                  .institution_code = request_.institution_code,
                                                  .actor = request_.by},
                                                 deadline);
  if (!recorded.ok()) log::Report("account", "import_refusal_not_recorded", recorded.error());
}

}  // namespace madoguchi::account
