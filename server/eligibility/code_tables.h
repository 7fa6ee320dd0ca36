// SPDX-License-Identifier: Apache-2.0
// Code tables OQSCDnnn and their Japanese meanings. Source: reference/eligibility-result.md §2.
// A code that is not in its table has no meaning here and stays as it came: new codes appear without notice.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace madoguchi::eligibility {

struct CodeMeaning {
  std::string_view code;
  std::string_view meaning;  // UTF-8, lives as long as the process
};

struct CodeTable {
  std::string_view name;  // "OQSCD006"
  std::span<const CodeMeaning> rows;
};

extern const CodeTable kLimitConsent;               // 001 限度額同意
extern const CodeTable kReferenceClassification;    // 002 照会区分
extern const CodeTable kSegmentOfResult;            // 003 処理結果区分
extern const CodeTable kProcessingStatus;           // 004 処理結果状況
extern const CodeTable kValidity;                   // 006 資格有効性
extern const CodeTable kSex;                        // 007 性別
extern const CodeTable kLossReason;                 // 008 資格喪失事由
extern const CodeTable kRelationship;               // 009 本人・家族の別
extern const CodeTable kCardClassification;         // 010 被保険者証区分
extern const CodeTable kLimitClassification;        // 011 限度額適用認定証区分
extern const CodeTable kLimitCategory;              // 012 適用区分
extern const CodeTable kDiseaseCategory;            // 013 特定疾病
extern const CodeTable kPreschool;                  // 015 未就学区分
extern const CodeTable kConsent;                    // 016 同意区分
extern const CodeTable kPrescriptionIssue;          // 017 処方箋発行形態
extern const CodeTable kTicketType;                 // 018 券別
extern const CodeTable kTreatmentType;              // 019 診療別
extern const CodeTable kSingleOrCombined;           // 020 単独・併用
extern const CodeTable kSocialInsurance;            // 021 社会保険
extern const CodeTable kConsistency;                // 022 社会保険の整合性
extern const CodeTable kInfection;                  // 023 感染症法37条の2
extern const CodeTable kElderlyMedicalCare;         // 024 後期高齢者医療
extern const CodeTable kPrefecturalExpenses;        // 025 都道府県費
extern const CodeTable kDesignatedInstitutionFlag;  // 026 指定医療機関

std::optional<std::string_view> MeaningOf(const CodeTable& table, std::string_view code);

// A received code as it may stand in logs and records, which hold nothing of a person: what does not look like a code
// (letters, digits, - and _) is only said to be there. Empty: none was received.
inline constexpr std::size_t kPlainCodeBytesMax = 32;
std::string PlainCode(const std::optional<std::string>& code);

}  // namespace madoguchi::eligibility
