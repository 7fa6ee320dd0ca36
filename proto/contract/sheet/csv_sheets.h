// SPDX-License-Identifier: Apache-2.0
// Settings sheets as CSV (RFC 4180; comma or tab): the first line holds the labels of sheet/settings_sheet.h in any
// order, each further line one account. UTF-8 with or without a byte order mark, or CP932 as Excel on a Japanese PC
// writes it. Pure. Thread: any. Errors: SHEET_UNREADABLE (neither encoding, a NUL, an open quotation mark, no line of
// labels) · SHEET_FIELD_INVALID ("line 3: label: …") · IMPORT_TOO_LARGE. No detail holds what was read.
#pragma once
#include <string_view>
#include <vector>

#include "contract/bytes.h"
#include "contract/result.h"
#include "contract/sheet/settings_sheet.h"

namespace madoguchi::sheet {

inline constexpr std::size_t kCsvColumnsMax = 64;
inline constexpr std::size_t kCsvCellBytesMax = 1024;

Result<std::vector<SettingsSheet>> ReadCsv(ByteView content);

}  // namespace madoguchi::sheet
