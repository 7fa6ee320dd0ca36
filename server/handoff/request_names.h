// SPDX-License-Identifier: Apache-2.0
// Names around a receipt computer's request (reference/eligibility-result.md §3.2): OQSsiquc01req_<anything>.xml is
// answered by OQSsiquc01res_<the same>.xml; while it is worked on it has a name of ours that no other program looks
// for:
//   .madoguchi-claim-<mark>-OQSsiquc01req_<anything>.xml      mark: 8 hex digits, this server's
// Pure. Thread: any.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "contract/bytes.h"

namespace madoguchi::handoff {

inline constexpr std::size_t kRequestNameBytesMax = 180;
inline constexpr std::size_t kClaimMarkDigits = 8;

bool IsRequestName(std::string_view name);
std::string ResponseName(const std::string& request_name);  // precondition: IsRequestName

struct Claim {
  std::string mark, request_name;
};
std::string ClaimName(const Claim& claim);
std::optional<Claim> ReadClaimName(std::string_view name);

// Stays the same over restarts and differs between servers: from host name and identity directory.
std::string ClaimMark(const std::string& host, const std::string& identity_directory);

// The press of a request: the same file with the same content is the same press, whoever takes it and however often, so
// the national side sees one key (RFC 9562 §5.8, UUID version 8, of SHA-256).
Bytes PressOfRequest(const std::string& request_name, std::string_view content);

}  // namespace madoguchi::handoff
