// SPDX-License-Identifier: Apache-2.0
// Registering an institution (S1): what a person enters, what is wrong with it, the 10-digit code. Pure. Thread: any.
// Check digit: reference/eligibility-result.md §6; a mismatch warns and never refuses, because codes of 施術所 and
// 健診機関 are issued differently.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "server/account/problem.h"

namespace madoguchi::account {

inline constexpr std::size_t kPersonNameMax = 30;  // surname, given name: each

struct Registration {
  int type = 0;  // 1 医科, 3 歯科, 4 調剤, 6 訪問看護, 7 職域
  std::uint32_t prefecture = 0;
  std::string code;  // 7 digits
  std::string name, founder, phone;
  std::string category;          // word of the database ("paper_claims"); empty: not recorded
  std::string category_ends_on;  // date, or empty
  std::string applicant_surname, applicant_given_name, applicant_mail;
};

// today: ISO date.
Problems CheckRegistration(const Registration& registration, const std::string& today);

// What ChangeInstitution may change; empty stays as it is.
struct InstitutionChange {
  std::string institution_code, name, founder, phone, category, category_ends_on;
};
Problems CheckInstitutionChange(const InstitutionChange& change, const std::string& today);

// Prefecture 2 + fee table 1 + code 7. Precondition: no problem but warnings.
std::string InstitutionCode(const Registration& registration);

}  // namespace madoguchi::account
