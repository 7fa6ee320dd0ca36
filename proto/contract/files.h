// SPDX-License-Identifier: Apache-2.0
// Small files, whole. Errors: CONFIG_FILE_UNREADABLE / CONFIG_FILE_PERMISSIONS / CONFIG_FILE_UNWRITABLE with path and
// errno in the detail.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "contract/result.h"

namespace madoguchi {

inline constexpr std::size_t kSmallFileBytesMax = 1024 * 1024;

Result<std::string> ReadSmallFile(const std::string& path, std::size_t bytes_max = kSmallFileBytesMax);
// As above, and refused when group or others may read it.
Result<std::string> ReadPrivateFile(const std::string& path, std::size_t bytes_max = kSmallFileBytesMax);
// Written beside, flushed, renamed: the file is whole or as it was, also after a power loss; the new one is there for
// good when this returns. Mode 0600 when `is_private`, else 0644.
Result<void> WriteFileWhole(const std::string& path, std::string_view content, bool is_private);

// rename(2), for good when this returns.
Result<void> MoveFile(const std::string& from, const std::string& to);

}  // namespace madoguchi
