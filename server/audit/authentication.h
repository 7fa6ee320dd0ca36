// SPDX-License-Identifier: Apache-2.0
// How an actor showed who they are: the words in audit_event.authentication, joined by '+', and what they are in the
// national tables of two-factor authentication of staff (OQSCD041 kind of factor, OQSCD042 method;
// reference/eligibility-result.md §2). Thread: any; constant data.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace madoguchi::audit {

namespace authentication {
inline constexpr char kPassword[] = "password";
inline constexpr char kTotp[] = "totp";
inline constexpr char kRecoveryCode[] = "recovery_code";
inline constexpr char kPin[] = "pin";
inline constexpr char kCertificate[] = "certificate";  // a private key that stays on its device
inline constexpr char kToken[] = "token";              // the single-use link of an enrolment
inline constexpr char kFileSystem[] = "file_system";   // root on the server's machine, or a file in a folder of ours
inline constexpr char kPasswordAndTotp[] = "password+totp";
inline constexpr char kPasswordAndRecoveryCode[] = "password+recovery_code";
inline constexpr char kCertificateAndPin[] = "certificate+pin";
inline constexpr char kCertificateAndPassword[] = "certificate+password";
}  // namespace authentication

inline constexpr std::size_t kFactorsMax = 4;  // of one row

struct Factor {
  std::string_view word;
  std::string_view kind;    // OQSCD041: "1" 記憶, "2" 生体, "3" 物理媒体; empty: none of the table's
  std::string_view method;  // OQSCD042
  std::string_view ja, en;
};

// Of "password+totp", in its order, at most kFactorsMax; words that are none are left out.
std::vector<Factor> FactorsOf(std::string_view authentication);

}  // namespace madoguchi::audit
