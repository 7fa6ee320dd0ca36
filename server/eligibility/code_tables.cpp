// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/code_tables.h"

#include <algorithm>

namespace madoguchi::eligibility {
namespace {

constexpr CodeMeaning kLimitConsentRows[] = {{"0", "未同意"}, {"1", "同意"}};
constexpr CodeMeaning kReferenceClassificationRows[] = {{"1", "マイナンバーカード"}, {"2", "被保険者証情報"}};
constexpr CodeMeaning kSegmentOfResultRows[] = {{"1", "正常終了"}, {"2", "処理中"}, {"9", "異常終了"}};
constexpr CodeMeaning kProcessingStatusRows[] = {{"1", "正常"}, {"2", "エラー"}};
constexpr CodeMeaning kValidityRows[] = {{"1", "有効"},         {"2", "無効"},     {"3", "無効（新しい資格あり）"},
                                         {"4", "該当資格なし"}, {"5", "複数該当"}, {"6", "有効（未登録）"}};
constexpr CodeMeaning kSexRows[] = {{"1", "男"}, {"2", "女"}, {"3", "未設定"}};
constexpr CodeMeaning kLossReasonRows[] = {
    {"01", "死亡"}, {"02", "生活保護受給開始"}, {"03", "医療保険等の資格取得"}, {"99", "その他"}};
constexpr CodeMeaning kRelationshipRows[] = {{"1", "本人"}, {"2", "家族"}};
// 05: its name since insurance cards ended in December 2024; before, 被保険者資格証明書.
constexpr CodeMeaning kCardClassificationRows[] = {{"01", "被保険者証（一般）"},     {"02", "被保険者証（退職）"},
                                                   {"03", "短期被保険者証（一般）"}, {"04", "短期被保険者証（退職）"},
                                                   {"05", "特別療養費支給対象者"},   {"06", "特例退職被保険者証"},
                                                   {"07", "自衛官診療証"},           {"A1", "医療扶助"}};
constexpr CodeMeaning kLimitClassificationRows[] = {
    {"01", "限度額適用認定証"}, {"02", "限度額適用・標準負担額減額認定証"}, {"03", "標準負担額減額認定証"}};
constexpr CodeMeaning kLimitCategoryRows[] = {{"A01", "ア"},
                                              {"A02", "イ"},
                                              {"A03", "ウ"},
                                              {"A04", "エ"},
                                              {"A05", "オ"},
                                              {"A06", "オ（境）"},
                                              {"B01", "現役並みⅢ"},
                                              {"B02", "現役並みⅡ"},
                                              {"B03", "現役並みⅠ"},
                                              {"B04", "一般"},
                                              {"B05", "低所得Ⅱ"},
                                              {"B06", "低所得Ⅰ"},
                                              {"B07", "低所得Ⅰ（老福）"},
                                              {"B08", "低所得Ⅰ（境）"},
                                              {"B09", "一般Ⅱ"},
                                              {"B10", "一般Ⅰ"}};
constexpr CodeMeaning kDiseaseCategoryRows[] = {{"1", "人工透析を必要とする慢性腎不全"},
                                                {"2", "先天性血液凝固因子障害（第Ⅷ・第Ⅸ因子）"},
                                                {"3", "血液凝固因子製剤の投与に起因するHIV感染症"}};
constexpr CodeMeaning kPreschoolRows[] = {{"1", "義務教育就学前"}};
constexpr CodeMeaning kConsentRows[] = {{"0", "なし"}, {"1", "あり"}, {"2", "有効期限切れ"}, {"3", "取得困難"}};
constexpr CodeMeaning kPrescriptionIssueRows[] = {{"1", "電子"}, {"2", "紙"}};
constexpr CodeMeaning kTicketTypeRows[] = {{"01", "医療券"}, {"02", "調剤券"}};
constexpr CodeMeaning kTreatmentTypeRows[] = {
    {"01", "入院"}, {"02", "入院外"}, {"03", "歯科"}, {"04", "調剤"}, {"05", "訪問看護"}};
constexpr CodeMeaning kSingleOrCombinedRows[] = {{"01", "単独"}, {"02", "併用"}};
constexpr CodeMeaning kPresenceRows[] = {{"01", "あり"}, {"02", "なし"}};
constexpr CodeMeaning kConsistencyRows[] = {{"1", "不整合あり"}};
constexpr CodeMeaning kDesignatedInstitutionFlagRows[] = {{"0", "一致"}, {"1", "不一致"}};

}  // namespace

constexpr CodeTable kLimitConsent{"OQSCD001", kLimitConsentRows};
constexpr CodeTable kReferenceClassification{"OQSCD002", kReferenceClassificationRows};
constexpr CodeTable kSegmentOfResult{"OQSCD003", kSegmentOfResultRows};
constexpr CodeTable kProcessingStatus{"OQSCD004", kProcessingStatusRows};
constexpr CodeTable kValidity{"OQSCD006", kValidityRows};
constexpr CodeTable kSex{"OQSCD007", kSexRows};
constexpr CodeTable kLossReason{"OQSCD008", kLossReasonRows};
constexpr CodeTable kRelationship{"OQSCD009", kRelationshipRows};
constexpr CodeTable kCardClassification{"OQSCD010", kCardClassificationRows};
constexpr CodeTable kLimitClassification{"OQSCD011", kLimitClassificationRows};
constexpr CodeTable kLimitCategory{"OQSCD012", kLimitCategoryRows};
constexpr CodeTable kDiseaseCategory{"OQSCD013", kDiseaseCategoryRows};
constexpr CodeTable kPreschool{"OQSCD015", kPreschoolRows};
constexpr CodeTable kConsent{"OQSCD016", kConsentRows};
constexpr CodeTable kPrescriptionIssue{"OQSCD017", kPrescriptionIssueRows};
constexpr CodeTable kTicketType{"OQSCD018", kTicketTypeRows};
constexpr CodeTable kTreatmentType{"OQSCD019", kTreatmentTypeRows};
constexpr CodeTable kSingleOrCombined{"OQSCD020", kSingleOrCombinedRows};
constexpr CodeTable kSocialInsurance{"OQSCD021", kPresenceRows};
constexpr CodeTable kConsistency{"OQSCD022", kConsistencyRows};
constexpr CodeTable kInfection{"OQSCD023", kPresenceRows};
constexpr CodeTable kElderlyMedicalCare{"OQSCD024", kPresenceRows};
constexpr CodeTable kPrefecturalExpenses{"OQSCD025", kPresenceRows};
constexpr CodeTable kDesignatedInstitutionFlag{"OQSCD026", kDesignatedInstitutionFlagRows};

std::optional<std::string_view> MeaningOf(const CodeTable& table, std::string_view code) {
  for (const CodeMeaning& row : table.rows) {
    if (row.code == code) return row.meaning;
  }
  return std::nullopt;
}

std::string PlainCode(const std::optional<std::string>& code) {
  if (!code) return {};
  const bool plain =
      code->size() <= kPlainCodeBytesMax && std::all_of(code->begin(), code->end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
      });
  return plain ? *code : "(no code)";
}

}  // namespace madoguchi::eligibility
