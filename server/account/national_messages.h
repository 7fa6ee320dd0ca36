// SPDX-License-Identifier: Apache-2.0
// The JSON of the seam for applications and accounts (docs/national-service-seam.md): requests as text, answers read
// strictly: exactly the shapes named there, texts within their limits, or NATIONAL_ANSWER_MALFORMED. Thread: any; pure.
// The texts hold secrets: callers wipe them.
#pragma once
#include <string>

#include "contract/result.h"
#include "server/account/national_accounts.h"

namespace madoguchi::account {

inline constexpr std::size_t kNationalJsonBytesMax = 64 * 1024;  // of an answer
inline constexpr std::size_t kIssuedPerAnswerMax = 20;
inline constexpr std::chrono::hours kNationalLockMax{24};

std::string SubmitText(const NationalApplication& application);
std::string ReceiptText(const std::string& institution_code, const std::string& receipt);
std::string ActivateText(const NationalBinding& binding, ByteView password, ByteView activation_code);
std::string ReleaseText(const NationalBinding& binding);
std::string AccountText(const std::string& institution_code, const std::string& account_id);

Result<std::string> ReadReceipt(const std::string& json);
Result<NationalDecision> ReadDecision(const std::string& json);
Result<std::optional<IssuedAccount>> ReadReleased(const std::string& json);
Result<std::chrono::milliseconds> ReadLock(const std::string& json);
// The "type" of an application/problem+json (RFC 9457); "" when it is none.
std::string RefusalType(const std::string& content_type, const std::string& json);

}  // namespace madoguchi::account
