// SPDX-License-Identifier: Apache-2.0
// TokenBook: one-time enrolment tokens. store/ implements it. Only SHA-256 digests are kept.
#pragma once
#include <string>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::identity {

struct Enrolled {
  std::string desk_id;  // UUID text
  std::string desk_name;
};

class TokenBook {
 public:
  virtual ~TokenBook() = default;
  // Redeems the token for ever, in one statement. ENROLMENT_TOKEN_INVALID: unknown, used or expired, not told apart.
  virtual Result<Enrolled> Redeem(ByteView token_sha256, Deadline deadline) = 0;
};

}  // namespace madoguchi::identity
