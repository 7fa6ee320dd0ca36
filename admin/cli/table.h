// SPDX-License-Identifier: Apache-2.0
// Rows of texts as a table for people and as CSV for spreadsheets.
#pragma once
#include <string>
#include <vector>

namespace madoguchi::cli {

using Row = std::vector<std::string>;

// Columns as wide as their widest cell (full-width characters count 2), a line under the titles, no trailing blanks.
// Precondition: every cell is Printable, every row as long as `titles`.
std::string TableText(const Row& titles, const std::vector<Row>& rows);

// "title: value" a line, values below each other; empty values are left out. Precondition: as above.
std::string CardText(const Row& titles, const Row& values);

// RFC 4180 with CRLF, UTF-8 with a byte order mark (Excel reads it as CP932 without). A cell that a spreadsheet would
// take for a formula (= + - @, also full width, or a control in front) gets an apostrophe in front; a plain number does
// not.
std::string CsvText(const Row& titles, const std::vector<Row>& rows);

}  // namespace madoguchi::cli
