// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/request_names.h"

#include <algorithm>

#include "contract/crypto/digest.h"

namespace madoguchi::handoff {
namespace {

constexpr std::string_view kRequest = "OQSsiquc01req_", kResponse = "OQSsiquc01res_", kXml = ".xml";
constexpr std::string_view kClaim = ".madoguchi-claim-";

}  // namespace

bool IsRequestName(std::string_view name) {
  return name.starts_with(kRequest) && name.ends_with(kXml) && name.size() > kRequest.size() + kXml.size() &&
         name.size() <= kRequestNameBytesMax;
}

std::string ResponseName(const std::string& request_name) {
  return std::string(kResponse) + request_name.substr(kRequest.size());
}

std::string ClaimName(const Claim& claim) {
  return std::string(kClaim) + claim.mark + "-" + claim.request_name;
}

std::optional<Claim> ReadClaimName(std::string_view name) {
  if (!name.starts_with(kClaim)) return {};
  name.remove_prefix(kClaim.size());
  if (name.size() <= kClaimMarkDigits + 1 || name[kClaimMarkDigits] != '-') return {};
  Claim claim{std::string(name.substr(0, kClaimMarkDigits)), std::string(name.substr(kClaimMarkDigits + 1))};
  if (!IsRequestName(claim.request_name)) return {};
  return claim;
}

std::string ClaimMark(const std::string& host, const std::string& identity_directory) {
  return ToHex(crypto::Sha256(AsBytes(host + std::string(1, '\0') + identity_directory))).substr(0, kClaimMarkDigits);
}

Bytes PressOfRequest(const std::string& request_name, std::string_view content) {
  std::string input = "madoguchi.request.v1";
  input += '\0';
  input += request_name;
  input += '\0';
  input += content;
  const crypto::Sha256Digest digest = crypto::Sha256(AsBytes(input));
  Bytes press(digest.begin(), digest.begin() + 16);
  press[6] = static_cast<std::uint8_t>((press[6] & 0x0f) | 0x80);
  press[8] = static_cast<std::uint8_t>((press[8] & 0x3f) | 0x80);
  return press;
}

}  // namespace madoguchi::handoff
