// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/stay.h"

#include "server/handoff/outbox.h"

namespace madoguchi::handoff {

Result<bool> CleanFolder(KeptBook& book, const Folder& folder, std::chrono::minutes stay, Deadline deadline) {
  TRY_ASSIGN(const std::vector<StayedFile> stayed, book.Stayed(kOqsFolder, stay, deadline));
  for (const StayedFile& file : stayed) {
    if (deadline.passed()) return false;
    TRY_VOID(folder.RemoveOwn(file.file_name, file.sha256));
    TRY_VOID(book.Cleaned(file.number, deadline));
  }
  return stayed.size() < kFilesLookedAtPerRound;
}

}  // namespace madoguchi::handoff
