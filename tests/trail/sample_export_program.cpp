// SPDX-License-Identifier: Apache-2.0
// Makes an export for tests in other languages: sample_export FOLDER ROWS [RETIRED]. Signed once at half of its rows and
// at the end; the first RETIRED rows are retired.
#include <cstdio>
#include <cstdlib>

#include "tests/proto/contract/trail/sample_export.h"

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::uint64_t rows = std::strtoull(argv[2], nullptr, 10);
  const std::uint64_t retired = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 0;
  if (rows < 2 || retired >= rows) return 2;
  madoguchi::trail::SampleLog log;
  log.Append(rows / 2);
  log.Sign();
  log.Append(rows - rows / 2);
  log.Sign();
  if (retired > 0) log.Retire("audit_event_first", {{0, retired - 1}});
  log.Export(argv[1]);
  return 0;
}
