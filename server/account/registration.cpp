// SPDX-License-Identifier: Apache-2.0
#include "server/account/registration.h"

#include <algorithm>
#include <array>

#include "contract/insurance_number.h"
#include "server/account/limits.h"
#include "server/account/text_fields.h"

namespace madoguchi::account {
namespace {

constexpr std::uint32_t kPrefectures = 47;
constexpr std::array kTypes{1, 3, 4, 6, 7};
constexpr std::array<std::string_view, 5> kCategories{"paper_claims", "therapist", "health_examination",
                                                      "workplace_clinic", "temporary"};

constexpr Field kName{"name", "名称", "The name"};
constexpr Field kFounder{"founder", "開設者", "The founder"};
constexpr Field kPhone{"phone", "電話番号", "The telephone number"};
constexpr Field kCategoryEnd{"category_ends_on", "根拠区分の終了日", "The end of the category"};

void CheckCategory(Problems& problems, const std::string& category, const std::string& ends_on,
                   const std::string& today) {
  if (!category.empty() && std::find(kCategories.begin(), kCategories.end(), category) == kCategories.end())
    problems.push_back({"category", "根拠区分を選び直してください。", "Choose the category again.", false});
  if (category == "temporary" && ends_on.empty())
    problems.push_back({"category_ends_on", "期限のある経過措置では、終了日が必要です。",
                        "A temporary category needs its end date.", false});
  if (ends_on.empty()) return;
  const std::size_t before = problems.size();
  CheckDate(problems, kCategoryEnd, ends_on);
  if (problems.size() == before && ends_on < today)
    problems.push_back({"category_ends_on", "根拠区分の終了日が過ぎています。このままでは申請できません。",
                        "The end of the category has passed: no application is possible.", true});
}

}  // namespace

std::string InstitutionCode(const Registration& registration) {
  const std::string prefecture = std::to_string(registration.prefecture);
  return (prefecture.size() == 1 ? "0" : "") + prefecture + std::to_string(registration.type) + registration.code;
}

Problems CheckRegistration(const Registration& registration, const std::string& today) {
  Problems problems;
  if (std::find(kTypes.begin(), kTypes.end(), registration.type) == kTypes.end())
    problems.push_back({"type", "種別は 1 医科、3 歯科、4 調剤、6 訪問看護、7 職域 のどれかです。",
                        "The type must be 1 medical, 3 dental, 4 dispensing, 6 home nursing or 7 workplace.", false});
  CheckNumber(problems, {"prefecture", "都道府県", "The prefecture"}, registration.prefecture, 1, kPrefectures);
  CheckDigits(problems, {"code", "医療機関コード", "The institution code"}, registration.code, 7);
  const bool code_usable = problems.empty();
  CheckText(problems, kName, registration.name, kNameMax);
  CheckText(problems, kFounder, registration.founder, kNameMax, Width::kFull);
  CheckPhone(problems, kPhone, registration.phone);
  CheckCategory(problems, registration.category, registration.category_ends_on, today);
  CheckText(problems, {"applicant_surname", "申請担当者の姓", "The applicant's surname"},
            registration.applicant_surname, kPersonNameMax);
  CheckText(problems, {"applicant_given_name", "申請担当者の名", "The applicant's given name"},
            registration.applicant_given_name, kPersonNameMax);
  CheckMail(problems, {"applicant_mail", "申請担当者のメールアドレス", "The applicant's mail address"},
            registration.applicant_mail);
  if (code_usable && !CheckDigitFits(InstitutionCode(registration)))
    problems.push_back({"code",
                        "医療機関コードの検証番号が計算と合いません。打ち間違いでないか確かめてください（施術所などでは"
                        "合わないことがあります）。",
                        "The check digit of the institution code does not fit. Check it for a typing error (codes of "
                        "therapists and others may differ).",
                        true});
  return problems;
}

Problems CheckInstitutionChange(const InstitutionChange& change, const std::string& today) {
  Problems problems;
  CheckOptionalText(problems, kName, change.name, kNameMax);
  CheckOptionalText(problems, kFounder, change.founder, kNameMax, Width::kFull);
  if (!change.phone.empty()) CheckPhone(problems, kPhone, change.phone);
  CheckCategory(problems, change.category, change.category_ends_on, today);
  return problems;
}

}  // namespace madoguchi::account
