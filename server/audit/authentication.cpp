// SPDX-License-Identifier: Apache-2.0
#include "server/audit/authentication.h"

#include <algorithm>
#include <array>

namespace madoguchi::audit {
namespace {

namespace word = authentication;

constexpr std::array<Factor, 7> kFactors = {{
    {word::kPassword, "1", "01", "パスワード", "password"},
    {word::kTotp, "3", "02", "ワンタイムパスワード", "one-time password"},
    {word::kRecoveryCode, "3", "03", "復旧コード（紙）", "recovery code (on paper)"},
    {word::kPin, "1", "02", "PIN", "PIN"},
    {word::kCertificate, "3", "03", "機器の証明書", "certificate of the device"},
    {word::kToken, "3", "03", "登録リンク（一回限り）", "enrolment link (single use)"},
    {word::kFileSystem, "", "", "サーバー機の管理者権限・フォルダー", "rights on the server's machine or folder"},
}};

}  // namespace

std::vector<Factor> FactorsOf(std::string_view authentication) {
  std::vector<Factor> factors;
  while (!authentication.empty() && factors.size() < kFactorsMax) {
    const std::string_view one = authentication.substr(0, authentication.find('+'));
    const auto* const found =
        std::find_if(kFactors.begin(), kFactors.end(), [one](const Factor& factor) { return factor.word == one; });
    if (found != kFactors.end()) factors.push_back(*found);
    authentication.remove_prefix(std::min(one.size() + 1, authentication.size()));
  }
  return factors;
}

}  // namespace madoguchi::audit
