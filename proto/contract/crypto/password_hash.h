// SPDX-License-Identifier: Apache-2.0
// Argon2id (RFC 9106) of passwords, PINs and passcodes, as the encoded text "$argon2id$v=19$m=…". At most kHashesAtOnce run at the
// same time in a process (each takes kMemoryKib); one of the slots is kept for Slot::kEnrolment, so that a flood there cannot stop
// log-ins, nor the other way round. Thread: any; blocks for a slot up to the deadline. Errors: SERVER_BUSY (no slot in time),
// INTERNAL_ERROR.
#pragma once
#include <string>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::crypto {

inline constexpr int kHashesAtOnce = 2;
inline constexpr unsigned kMemoryKib = 19 * 1024;  // OWASP's recommendation for Argon2id with two passes; measured 23/s (reference/stack.md §5c)
inline constexpr unsigned kPasses = 2;

enum class Slot { kLogIn, kEnrolment };

Result<std::string> HashPassword(ByteView password, Slot slot, Deadline deadline);
// False: another password. A stored text that is no Argon2id hash is INTERNAL_ERROR.
Result<bool> VerifyPassword(const std::string& encoded, ByteView password, Slot slot, Deadline deadline);
// As long as a VerifyPassword of the same cost: what an unknown ID is answered with.
Result<void> VerifyNobody(ByteView password, Slot slot, Deadline deadline);

}  // namespace madoguchi::crypto
