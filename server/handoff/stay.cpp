// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/stay.h"

#include "server/handoff/outbox.h"

namespace madoguchi::handoff {

Result<bool> CleanFolder(KeptBook& book, const Folder& folder, std::chrono::minutes stay, Deadline deadline) {
  TRY_ASSIGN(const std::vector<StayedFile> stayed, book.Stayed(kOqsFolder, stay, deadline));
  folder.RemoveUnfinished(kUnfinishedKept);
  Result<void> looked_at;
  for (const StayedFile& file : stayed) {
    if (deadline.passed()) return false;
    const Result<bool> cleaned = folder.RemoveOwn(file.file_name, file.sha256);
    if (!cleaned && cleaned.error().code == ErrorCode::kHandoffFolderMissing) return cleaned.error();
    if (!cleaned && looked_at) looked_at = cleaned.error();
    TRY_VOID(cleaned && *cleaned ? book.Cleaned(file.number, deadline) : book.LookLater(file.number, deadline));
  }
  TRY_VOID(looked_at);
  return stayed.size() < kFilesLookedAtPerRound;
}

}  // namespace madoguchi::handoff
