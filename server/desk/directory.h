// SPDX-License-Identifier: Apache-2.0
// Directory: which desk is behind a certificate, and which account it uses. store/ implements it.
#pragma once
#include <string>

#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::desk {

struct DeskRecord {
  std::string desk_id;           // UUID text
  std::string name;              // as people call it
  std::string institution_code;  // 10 digits
  std::string account_id;        // the account bound to this desk
};

class Directory {
 public:
  virtual ~Directory() = default;
  // DESK_UNKNOWN · DESK_NOT_ACTIVE · ACCOUNT_NOT_USABLE (none bound, or not usable) · DATABASE_…
  virtual Result<DeskRecord> LoadDesk(const std::string& desk_id, Deadline deadline) = 0;
};

}  // namespace madoguchi::desk
