// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/code_tables.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace madoguchi::eligibility {
namespace {

struct Expected {
  const CodeTable& table;
  std::string_view name;
  std::vector<CodeMeaning> rows;
};

// Written down a second time from reference/eligibility-result.md §2.
const std::vector<Expected>& AllTables() {
  static const std::vector<Expected> tables = {
      {kLimitConsent, "OQSCD001", {{"0", "未同意"}, {"1", "同意"}}},
      {kReferenceClassification, "OQSCD002", {{"1", "マイナンバーカード"}, {"2", "被保険者証情報"}}},
      {kSegmentOfResult, "OQSCD003", {{"1", "正常終了"}, {"2", "処理中"}, {"9", "異常終了"}}},
      {kProcessingStatus, "OQSCD004", {{"1", "正常"}, {"2", "エラー"}}},
      {kValidity,
       "OQSCD006",
       {{"1", "有効"},
        {"2", "無効"},
        {"3", "無効（新しい資格あり）"},
        {"4", "該当資格なし"},
        {"5", "複数該当"},
        {"6", "有効（未登録）"}}},
      {kSex, "OQSCD007", {{"1", "男"}, {"2", "女"}, {"3", "未設定"}}},
      {kLossReason,
       "OQSCD008",
       {{"01", "死亡"}, {"02", "生活保護受給開始"}, {"03", "医療保険等の資格取得"}, {"99", "その他"}}},
      {kRelationship, "OQSCD009", {{"1", "本人"}, {"2", "家族"}}},
      {kCardClassification,
       "OQSCD010",
       {{"01", "被保険者証（一般）"},
        {"02", "被保険者証（退職）"},
        {"03", "短期被保険者証（一般）"},
        {"04", "短期被保険者証（退職）"},
        {"05", "特別療養費支給対象者"},
        {"06", "特例退職被保険者証"},
        {"07", "自衛官診療証"},
        {"A1", "医療扶助"}}},
      {kLimitClassification,
       "OQSCD011",
       {{"01", "限度額適用認定証"}, {"02", "限度額適用・標準負担額減額認定証"}, {"03", "標準負担額減額認定証"}}},
      {kLimitCategory,
       "OQSCD012",
       {{"A01", "ア"},
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
        {"B10", "一般Ⅰ"}}},
      {kDiseaseCategory,
       "OQSCD013",
       {{"1", "人工透析を必要とする慢性腎不全"},
        {"2", "先天性血液凝固因子障害（第Ⅷ・第Ⅸ因子）"},
        {"3", "血液凝固因子製剤の投与に起因するHIV感染症"}}},
      {kPreschool, "OQSCD015", {{"1", "義務教育就学前"}}},
      {kConsent, "OQSCD016", {{"0", "なし"}, {"1", "あり"}, {"2", "有効期限切れ"}, {"3", "取得困難"}}},
      {kPrescriptionIssue, "OQSCD017", {{"1", "電子"}, {"2", "紙"}}},
      {kTicketType, "OQSCD018", {{"01", "医療券"}, {"02", "調剤券"}}},
      {kTreatmentType,
       "OQSCD019",
       {{"01", "入院"}, {"02", "入院外"}, {"03", "歯科"}, {"04", "調剤"}, {"05", "訪問看護"}}},
      {kSingleOrCombined, "OQSCD020", {{"01", "単独"}, {"02", "併用"}}},
      {kSocialInsurance, "OQSCD021", {{"01", "あり"}, {"02", "なし"}}},
      {kConsistency, "OQSCD022", {{"1", "不整合あり"}}},
      {kInfection, "OQSCD023", {{"01", "あり"}, {"02", "なし"}}},
      {kElderlyMedicalCare, "OQSCD024", {{"01", "あり"}, {"02", "なし"}}},
      {kPrefecturalExpenses, "OQSCD025", {{"01", "あり"}, {"02", "なし"}}},
      {kDesignatedInstitutionFlag, "OQSCD026", {{"0", "一致"}, {"1", "不一致"}}},
  };
  return tables;
}

TEST(CodeTables, GiveEachCodeItsMeaning) {
  for (const Expected& expected : AllTables()) {
    EXPECT_EQ(expected.table.name, expected.name);
    EXPECT_EQ(expected.table.rows.size(), expected.rows.size()) << expected.name;
    for (const CodeMeaning& row : expected.rows) {
      EXPECT_EQ(MeaningOf(expected.table, row.code), row.meaning) << expected.name << " " << row.code;
    }
  }
}

TEST(CodeTables, NameNoCodeTwice) {
  for (const Expected& expected : AllTables()) {
    std::set<std::string_view> codes;
    for (const CodeMeaning& row : expected.table.rows) EXPECT_TRUE(codes.insert(row.code).second) << expected.name;
  }
}

TEST(CodeTables, LeaveAnUnknownCodeWithoutMeaning) {
  for (const Expected& expected : AllTables()) {
    for (const char* code : {"", "8", "77", "ZZZ", " 1", "1 "})
      EXPECT_EQ(MeaningOf(expected.table, code), std::nullopt);
  }
  EXPECT_EQ(MeaningOf(kSex, "01"), std::nullopt);
  EXPECT_EQ(MeaningOf(kLossReason, "1"), std::nullopt);
}

TEST(CodeTables, LetOnlyCodesIntoLogsAndRecords) {
  for (const char* code : {"", "1", "A1", "EX-001_b"}) EXPECT_EQ(PlainCode(code), code);
  EXPECT_EQ(PlainCode(std::nullopt), "");
  EXPECT_EQ(PlainCode(std::string(kPlainCodeBytesMax, '1')).size(), kPlainCodeBytesMax);
  for (const std::string& text :
       {std::string("架空"), std::string("a b"), std::string("1\n"), std::string(kPlainCodeBytesMax + 1, '1')})
    EXPECT_EQ(PlainCode(text), "(no code)");
}

}  // namespace
}  // namespace madoguchi::eligibility
