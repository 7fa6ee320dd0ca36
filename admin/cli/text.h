// SPDX-License-Identifier: Apache-2.0
// Texts on a terminal: how wide they are, and what must not reach it as it came. Everything a server or a file name
// brings is escaped before it is printed, so that no name can move the cursor or turn the reading direction.
// Thread: any. Sources: UAX #11 (East Asian Width W and F count 2, ambiguous ones 1), UAX #9 (bidi controls).
#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace madoguchi::cli {

bool IsUtf8(std::string_view text);  // as RFC 3629: no surrogates, no overlong forms

// One line, safe to print: controls, bidi and invisible characters as "<U+202E>", bytes that are no UTF-8 as U+FFFD.
std::string Printable(std::string_view text);

// Columns of a terminal. Precondition: Printable.
std::size_t Width(std::string_view text);

// `text` and blanks up to `width` columns; never cut.
std::string Padded(std::string_view text, std::size_t width);

// "2026-11-22T12:30:00Z" as people in Japan read it: "2026-11-22 21:30"; also of a time that says +09:00. Anything else
// comes back as it is.
std::string LocalTime(const std::string& rfc3339);

// "29 分 48 秒 / 29 min 48 s", rounded up to a whole second.
std::string Countdown(std::chrono::milliseconds left);

// The words as they must be typed into a POSIX shell.
std::string ShellLine(const std::vector<std::string>& words);

}  // namespace madoguchi::cli
