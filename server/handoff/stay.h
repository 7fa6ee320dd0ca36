// SPDX-License-Identifier: Apache-2.0
// Stay: files of the OQS folder that nobody has taken after their stay time are removed, as the connecting app of the
// described system does (ResponseFileStayTime). Only files that a row of ours names, and only while they still have the
// bytes we wrote. One that is not there may have been taken, or be on a share that is not mounted now, or in the folder
// of another server: it is looked for again, for kLookedForMax. One that cannot be looked at does not hold up the
// others. Thread: one round at a time per process; several processes may do it at once.
#pragma once
#include <chrono>

#include "server/handoff/folder.h"
#include "server/handoff/kept_book.h"

namespace madoguchi::handoff {

inline constexpr std::chrono::minutes kStayMax{7 * 24 * 60};
inline constexpr std::chrono::hours kUnfinishedKept{25};  // no row lives so long: nobody finishes it any more

// → true: nothing more has stayed long enough. Errors: of the folder (the first one, after all files were tried) and of
// the database.
Result<bool> CleanFolder(KeptBook& book, const Folder& folder, std::chrono::minutes stay, Deadline deadline);

}  // namespace madoguchi::handoff
