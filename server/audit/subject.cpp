// SPDX-License-Identifier: Apache-2.0
#include "server/audit/subject.h"

#include <algorithm>

#include "contract/full_width.h"
#include "contract/kana.h"

namespace madoguchi::audit {
namespace {

constexpr std::size_t kInsurerDigits = 8;

// Kana in full width, everything else in half width.
std::string WithoutSpaces(std::string_view text) {
  std::string folded = FoldFullWidth(ToFullWidthKana(text));
  std::erase(folded, ' ');
  return folded;
}

// Some bridges fill a six-digit number with zeros; scheme 00 does not exist.
std::string UnpaddedInsurer(std::string_view number) {
  std::string plain = WithoutSpaces(number);
  if (plain.size() == kInsurerDigits && plain.starts_with("00")) plain.erase(0, 2);
  return plain;
}

std::string UnpaddedBranch(std::string_view branch) {
  std::string plain = WithoutSpaces(branch);
  plain.erase(0, std::min(plain.find_first_not_of('0'), plain.empty() ? 0 : plain.size() - 1));
  return plain;
}

// An answer that found nobody.
bool IsAbsent(const Insurance& insurance) {
  return insurance.insurer_number.empty() && insurance.number.empty();
}

void AddOnce(std::vector<std::string>& hashes, std::string hash) {
  if (std::find(hashes.begin(), hashes.end(), hash) == hashes.end()) hashes.push_back(std::move(hash));
}

}  // namespace

std::string CardSubject(ByteView issuer_der, ByteView serial) {
  return ToHex(issuer_der) + '|' + ToHex(serial);
}

std::string InsuranceSubject(const Insurance& insurance) {
  return UnpaddedInsurer(insurance.insurer_number) + '|' + WithoutSpaces(insurance.symbol) + '|' +
         WithoutSpaces(insurance.number) + '|' + UnpaddedBranch(insurance.branch);
}

std::string PatientSubject(std::string_view patient_number) {
  return "patient|" + FoldFullWidth(ToFullWidthKana(PlainPatientNumber(patient_number)));
}

std::string PlainPatientNumber(std::string_view typed) {
  std::string plain = FoldFullWidth(typed);
  plain.erase(0, std::min(plain.find_first_not_of(' '), plain.size()));
  plain.erase(plain.find_last_not_of(' ') + 1);
  return plain;
}

std::string InsuranceHashes(const KeyedHash& hash, const std::vector<Insurance>& insurances) {
  std::vector<std::string> hashes;
  for (const Insurance& insurance : insurances) {
    if (IsAbsent(insurance) || hashes.size() == kInsuranceHashesMax) continue;
    AddOnce(hashes, hash.Of(AsBytes(InsuranceSubject(insurance))));
  }
  std::string joined;
  for (const std::string& one : hashes) joined += (joined.empty() ? "" : ",") + one;
  return joined;
}

std::vector<std::string> InsuranceHashesOfAllEpochs(const KeyedHash& hash, const std::vector<Insurance>& insurances) {
  std::vector<std::string> hashes;
  for (const Insurance& insurance : insurances) {
    const Insurance without_branch{insurance.insurer_number, insurance.symbol, insurance.number, {}};
    for (const Insurance& form : {insurance, without_branch}) {
      for (std::string& one : hash.AllOf(AsBytes(InsuranceSubject(form)))) AddOnce(hashes, std::move(one));
    }
  }
  return hashes;
}

}  // namespace madoguchi::audit
