// SPDX-License-Identifier: Apache-2.0
// The four fields of a settings sheet as a desk typed them (S11), made ready to be compared: hashes and a sealed copy,
// nothing in clear. Fields of a wrong form take the same way as wrong ones. Thread: any. Errors: ACTIVATION_REFUSED
// (longer than any field can be) · FIELD_INVALID (the desk's name) · those of seal.h and password_hash.h.
#pragma once
#include "contract/crypto/seal.h"
#include "server/account/activation.h"

namespace madoguchi::account {

inline constexpr std::size_t kTypedFieldBytesMax = 128;

// seal == nullptr: nobody has to be told the secrets, no copy is made.
Result<TypedSheet> ReadTypedSheet(const SheetFields& fields, const audit::KeyedHash& hash, const std::string& source,
                                  const crypto::Seal* seal);
// In the enrolment's slot. An account nobody knows (no hash) takes as long as a known one, and is wrong.
Result<bool> VerifyTyped(const std::string& password_hash, ByteView password, Deadline deadline);

}  // namespace madoguchi::account
