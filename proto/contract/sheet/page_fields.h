// SPDX-License-Identifier: Apache-2.0
// The text of one printed page → the fields of a settings sheet. A value stands behind its label in the same line, or
// below it: a line of labels only is followed by a line of as many values. A name may go on below itself. Labels and
// codes are found in spite of full-width forms and letter spacing. Pure. Thread: any. Errors: SHEET_FIELD_INVALID
// (missing, or of a wrong form, or twice with different values); its detail is
// "<place>: <label>" and never what was read.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "contract/result.h"
#include "contract/sheet/settings_sheet.h"

namespace madoguchi::sheet {

inline constexpr std::size_t kPageLinesMax = 2000;
inline constexpr std::size_t kPageLineBytesMax = 4096;  // longer ones are not looked at
inline constexpr std::size_t kColumnTolerance = 2;      // characters by which lines of one column may differ

// Nothing: the page holds no label at all (a page of explanations).
Result<std::optional<SettingsSheet>> ReadPage(std::string_view text, const std::string& place);

// Missing or wrong, as ReadPage and the CSV reader say it.
Error FieldInvalid(const std::string& place, Field field, std::string_view problem);
// What every sheet must have: institution code, ID, password, activation code.
Result<void> CheckComplete(SettingsSheet& sheet);

// How many bytes of `line` from `position` spell `label` (spaces and full width aside); 0: they do not.
std::size_t LabelAt(std::string_view line, std::size_t position, std::string_view label);

}  // namespace madoguchi::sheet
