// SPDX-License-Identifier: Apache-2.0
// The one reader of settings sheets, for the server's import and for `madoguchi-terminal activate`: PDF (one page per
// account; read with poppler's pdftotext as a bounded process) or CSV, told apart by content, never by name. And of
// enrolment links, as text, as our QR enrolment sheet (PDF) or as a picture of it. Thread: any; blocks up to the
// deadline. Ownership: sheets wipe themselves; what was read in between is wiped. Errors; `detail` is the place ("page
// 2: パスワード: missing") and holds nothing that was read: it may be shown.
//   SHEET_UNREADABLE     damaged, encrypted, neither PDF nor CSV, no sheet in it
//   SHEET_IMAGE_ONLY     a page without any text: a scan
//   SHEET_FIELD_INVALID  a field is missing or has a wrong form
//   SHEET_DUPLICATED     one account twice in the file
//   IMPORT_TOO_LARGE     more bytes, pages or accounts than the limits below
#pragma once
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/enrolment_link.h"
#include "contract/result.h"
#include "contract/sheet/settings_sheet.h"

namespace madoguchi::sheet {

inline constexpr std::size_t kSheetFileBytesMax = 1024 * 1024;
inline constexpr std::size_t kSheetsPerFileMax = 200;
inline constexpr std::size_t kPdfTextBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kPictureBytesMax = 16 * 1024 * 1024;

// Where Debian's packages poppler-utils and zbar-tools put their programs.
inline constexpr char kPdfToText[] = "/usr/bin/pdftotext";
inline constexpr char kPdfToPicture[] = "/usr/bin/pdftoppm";
inline constexpr char kQrReader[] = "/usr/bin/zbarimg";

// At least one sheet, in the order of the file.
Result<std::vector<SettingsSheet>> ReadSheets(ByteView content, Deadline deadline);

// ENROLMENT_LINK_INVALID when there is none, or more than one.
Result<EnrolmentLink> ReadEnrolmentLink(ByteView content, Deadline deadline);

}  // namespace madoguchi::sheet
