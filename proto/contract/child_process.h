// SPDX-License-Identifier: Apache-2.0
// FilterThrough: bytes in, bytes out, through a program of the system that reads what others made (pdftotext, pdftoppm,
// zbarimg). No shell; an empty environment but for the locale; the input is an anonymous file in memory on standard
// input, so programs that seek can and nothing lies on a disk; the output is a pipe with a limit. The program may use
// kFilterCpuMax of processor and kFilterMemoryMax of memory, writes no file, starts none, gets no further rights,
// leaves no core, and dies with its caller's thread. Thread: any; blocks up to `deadline`. Errors: SHEET_UNREADABLE
// whose detail says what became of the program (status, signal, limit), never what it wrote; CONFIG_FILE_UNREADABLE
// when it is not there.
#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"
#include "contract/wiped_buffer.h"

namespace madoguchi {

inline constexpr std::chrono::seconds kFilterCpuMax{10};
inline constexpr std::size_t kFilterMemoryMax = 512ULL * 1024 * 1024;
inline constexpr std::size_t kFilterOutputMax = 16ULL * 1024 * 1024;  // whatever the caller asks for

struct Filtered {
  WipedBuffer output;
  int status;  // exit status
};

// program: absolute path; arguments without the program's own name.
Result<Filtered> FilterThrough(const std::string& program, const std::vector<std::string>& arguments, ByteView input,
                               std::size_t output_max, Deadline deadline);

}  // namespace madoguchi
