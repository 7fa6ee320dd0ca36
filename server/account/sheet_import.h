// SPDX-License-Identifier: Apache-2.0
// SheetImport: settings sheets of the portal (files of PDF and CSV) into this server: file by file as they arrive, a
// list of what was understood and what is wrong, then all or nothing. One file is in memory at a time, and it is wiped
// as soon as it is read. Thread: one at a time. Ownership: the seams outlive it; secrets are wiped with it. Errors of
// the whole import: IMPORT_TOO_LARGE (said before anything is read) · FIELD_INVALID (files out of order) · those of
// SheetBook. What is wrong with one file is in the report: SHEET_UNREADABLE, SHEET_IMAGE_ONLY, SHEET_FIELD_INVALID,
// SHEET_OF_OTHER_FACILITY, SHEET_DUPLICATED, SHEET_ALREADY_USED, APPLICATION_TOO_MANY_DEVICES (no room left in the
// application's ledger), IMPORT_TOO_LARGE.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/sheet/settings_sheet.h"
#include "contract/wiped_buffer.h"
#include "server/account/limits.h"
#include "server/account/sheet_book.h"
#include "server/audit/trail.h"

namespace madoguchi::account {

inline constexpr std::size_t kFileNameBytesMax = 200;
inline constexpr std::size_t kChunkBytesMax = 32 * 1024;
inline constexpr std::chrono::seconds kReadFileWithin{15};

struct ImportRequest {
  std::string institution_code;
  std::uint32_t files = 0;
  bool commit = false;
  std::string application_id;
  std::string by;  // user id
};

struct ImportedFile {
  std::string name;
  std::vector<std::string> account_ids;
  std::optional<ErrorCode> code;  // nothing: good
  std::string where;              // page, line or label; nothing that was read
};

struct ImportReport {
  bool committed = false;
  std::vector<ImportedFile> files;
  std::uint32_t accounts = 0;
};

class SheetImport {
 public:
  struct Seams {
    SheetBook& book;
    audit::Trail& trail;
    const crypto::Seal& seal;
    const audit::KeyedHash& key;
  };
  static Result<SheetImport> Begin(const Seams& seams, ImportRequest request);

  // Chunks of file 0, then of file 1, …; the name with a file's first chunk.
  Result<void> Add(std::uint32_t file, std::string_view name, ByteView content, bool last);
  // Looks at all of them together; commits when it was asked to and nothing is wrong.
  Result<ImportReport> End(Deadline deadline);

 private:
  SheetImport(const Seams& seams, ImportRequest request) : seams_(seams), request_(std::move(request)) {}
  void ReadWhole();
  void Judge(const ImportStanding& standing);
  Result<void> Commit(const ImportStanding& standing, Deadline deadline);
  void RecordRefusal(const Error& error, Deadline deadline) const;
  void Refuse(std::size_t file, ErrorCode code, std::string where);

  struct Understood {
    std::size_t file;
    sheet::SettingsSheet sheet;
    std::string code_hash;
  };
  Seams seams_;
  ImportRequest request_;
  std::optional<WipedBuffer> open_;  // the file that is arriving
  std::vector<ImportedFile> files_;  // the last one is open_'s while there is one
  std::vector<Understood> sheets_;
};

}  // namespace madoguchi::account
