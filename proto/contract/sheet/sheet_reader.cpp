// SPDX-License-Identifier: Apache-2.0
#include "contract/sheet/sheet_reader.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "contract/child_process.h"
#include "contract/files.h"
#include "contract/full_width.h"
#include "contract/sheet/csv_sheets.h"
#include "contract/sheet/page_fields.h"

namespace madoguchi::sheet {
namespace {

constexpr std::size_t kMagicWithin =
    1024;  // readers of PDF accept the header that far into the file (ISO 32000-1, annex H.3.4.1)

bool IsPdf(ByteView content) {
  return AsText(content).substr(0, kMagicWithin).find("%PDF-") != std::string_view::npos;
}

Result<WipedBuffer> TextOf(ByteView pdf, Deadline deadline) {
  TRY_ASSIGN(Filtered text, FilterThrough(kPdfToText,
                                          {"-q", "-layout", "-enc", "UTF-8", "-eol", "unix", "-l",
                                           std::to_string(kSheetsPerFileMax + 1), "-", "-"},
                                          pdf, kPdfTextBytesMax, deadline));
  // pdftotext(1): 1 cannot be opened (damaged, or it needs a password), 2 output, 3 permissions, 99 other. The
  // dictionary that says how a document is encrypted is itself never encrypted or compressed (ISO 32000-1, 7.6.1
  // and 7.5.8).
  const bool is_encrypted = AsText(pdf).find("/Encrypt") != std::string_view::npos;
  if (text.status == 3 || (text.status == 1 && is_encrypted))
    return Error{ErrorCode::kSheetUnreadable, "protected by a password", {}};
  if (text.status != 0) return Error{ErrorCode::kSheetUnreadable, "damaged PDF", {}};
  return std::move(text.output);
}

bool IsWithoutText(std::string_view page) {
  for (std::size_t position = 0; position < page.size();) {
    const Scalar scalar = ScalarAt(page, position);
    if (scalar.value > ' ' && scalar.value != 0x3000 && scalar.value != 0xA0) return false;
    position += std::max<std::size_t>(scalar.bytes, 1);
  }
  return true;
}

Result<std::vector<SettingsSheet>> ReadPdf(ByteView content, Deadline deadline) {
  TRY_ASSIGN(const WipedBuffer text, TextOf(content, deadline));
  std::string_view rest = AsText(text.view());
  std::vector<SettingsSheet> sheets;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    if (number > kSheetsPerFileMax) return Error{ErrorCode::kImportTooLarge, "too many pages", {}};
    const std::size_t end = std::min(rest.find('\f'), rest.size());  // pdftotext ends each page with one
    const std::string_view page = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::string place = "page " + std::to_string(number);
    if (IsWithoutText(page)) return Error{ErrorCode::kSheetImageOnly, place, {}};
    TRY_ASSIGN(std::optional<SettingsSheet> sheet, ReadPage(page, place));
    if (sheet) sheets.push_back(std::move(*sheet));
  }
  if (sheets.empty()) return Error{ErrorCode::kSheetUnreadable, "no page holds the labels of a settings sheet", {}};
  return sheets;
}

Error LinkInvalid(std::string detail) {
  return {ErrorCode::kEnrolmentLinkInvalid, std::move(detail), {}};
}

bool IsPicture(ByteView content) {
  const std::string_view text = AsText(content);
  return text.starts_with("\x89PNG\r\n\x1A\n") || text.starts_with("\xFF\xD8\xFF");
}

// A picture in a folder of its own, in memory where the system has such folders, gone with this object: zbarimg opens
// only real files, and copies what comes on standard input into a temporary file it may leave behind.
class PictureFile {
 public:
  explicit PictureFile(ByteView picture) {
    for (std::string folder : {"/dev/shm/madoguchi-qr-XXXXXX", "/tmp/madoguchi-qr-XXXXXX"}) {
      if (mkdtemp(folder.data()) == nullptr) continue;
      folder_ = folder;
      written_ = WriteFileWhole(path(), AsText(picture), true).ok();
      return;
    }
  }
  ~PictureFile() {
    if (folder_.empty()) return;
    unlink(path().c_str());
    rmdir(folder_.c_str());
  }
  PictureFile(const PictureFile&) = delete;
  PictureFile& operator=(const PictureFile&) = delete;
  bool written() const { return written_; }
  std::string path() const { return folder_ + "/qr"; }

 private:
  std::string folder_;
  bool written_ = false;
};

Result<EnrolmentLink> LinkOfPicture(ByteView picture, Deadline deadline) {
  const PictureFile file(picture);
  if (!file.written()) return LinkInvalid("no room for the picture");
  const std::string format = AsText(picture).starts_with("\x89PNG") ? "png:" : "jpg:";  // nothing else is tried
  auto read =
      FilterThrough(kQrReader, {"-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", format + file.path()}, {},
                    kEnrolmentLinkBytesMax * 4, deadline);
  if (!read.ok()) return LinkInvalid("QR code: " + read.error().detail);
  if (read->status != 0) return LinkInvalid("no QR code found");
  return ParseEnrolmentLink(AsText(read->output.view()));
}

}  // namespace

Result<std::vector<SettingsSheet>> ReadSheets(ByteView content, Deadline deadline) {
  if (content.size() > kSheetFileBytesMax) return Error{ErrorCode::kImportTooLarge, "file is larger than 1 MiB", {}};
  auto sheets = IsPdf(content) ? ReadPdf(content, deadline) : ReadCsv(content);
  if (!sheets.ok()) return sheets;
  for (auto sheet = sheets->begin(); sheet != sheets->end(); ++sheet) {
    const auto same = std::find_if(sheets->begin(), sheet,
                                   [&](const SettingsSheet& other) { return other.account_id == sheet->account_id; });
    if (same != sheet)
      return Error{ErrorCode::kSheetDuplicated, same->place + " and " + sheet->place + ": " + sheet->account_id, {}};
  }
  return sheets;
}

Result<EnrolmentLink> ReadEnrolmentLink(ByteView content, Deadline deadline) {
  if (content.size() > kSheetFileBytesMax * 4) return LinkInvalid("file is larger than 4 MiB");
  if (IsPicture(content)) return LinkOfPicture(content, deadline);
  if (!IsPdf(content)) return ParseEnrolmentLink(AsText(content));
  auto picture =
      FilterThrough(kPdfToPicture, {"-q", "-png", "-gray", "-r", "150", "-f", "1", "-l", "1", "-singlefile", "-"},
                    content, kPictureBytesMax, deadline);
  if (!picture.ok()) return LinkInvalid("PDF: " + picture.error().detail);
  if (picture->status != 0) return LinkInvalid("damaged PDF");
  return LinkOfPicture(picture->output.view(), deadline);
}

}  // namespace madoguchi::sheet
