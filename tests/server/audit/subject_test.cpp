// SPDX-License-Identifier: Apache-2.0
#include "server/audit/subject.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace madoguchi::audit {
namespace {

const KeyedHash kHash(Bytes(32, 1));

std::string Hash(const Insurance& insurance) {
  return InsuranceHashes(kHash, {insurance});
}

TEST(Subject, AnInsuranceIsTheSameInEveryWidthAndPadding) {
  const std::string plain = Hash({"138057", "12-34", "5678", "1"});
  EXPECT_EQ(Hash({"  138057", "12-34", "5678", "01"}), plain);
  EXPECT_EQ(Hash({"00138057", "１２－３４", "５６７８", "０１"}), plain);
  EXPECT_EQ(Hash({"１３８０５７", "12 - 34", "　5678", "1"}), plain);
  EXPECT_NE(Hash({"138057", "12-34", "5678", "2"}), plain);
  EXPECT_NE(Hash({"138057", "12", "345678", "1"}), plain);
}

TEST(Subject, ASymbolWithKanaIsTheSameInBothWidths) {
  EXPECT_EQ(InsuranceSubject({"06139992", "ﾎﾟ･ｶﾞ ｰ１", "77", ""}),
            InsuranceSubject({"06139992", "ポ・ガー1", "77", ""}));
  EXPECT_NE(InsuranceSubject({"06139992", "ホ・カー1", "77", ""}),
            InsuranceSubject({"06139992", "ポ・ガー1", "77", ""}));
}

TEST(Subject, AnAbsentBranchIsEmptyAndAZeroOneIsZero) {
  EXPECT_EQ(InsuranceSubject({"06139992", "", "77", ""}), "06139992||77|");
  EXPECT_EQ(InsuranceSubject({"06139992", "", "77", "00"}), "06139992||77|0");
}

TEST(Subject, AnAnswerOfSeveralInsurancesHasEachOnceAndAnAbsentOneNotAtAll) {
  const Insurance one{"138057", "1", "2", "3"}, other{"138057", "1", "2", "4"};
  const std::string hashes = InsuranceHashes(kHash, {one, other, one, {}});
  EXPECT_EQ(hashes, Hash(one) + "," + Hash(other));
  EXPECT_EQ(InsuranceHashes(kHash, {{}}), "");
}

TEST(Subject, AListOfHashesFitsItsColumn) {
  std::vector<std::string> numbers(100);
  std::vector<Insurance> many;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = std::to_string(i);
    many.push_back({"138057", "", numbers[i], ""});
  }
  EXPECT_EQ(InsuranceHashes(kHash, many).size(), kInsuranceHashesMax * 73 + (kInsuranceHashesMax - 1));
}

TEST(Subject, ASearchKnowsEveryKeyAndAnswersWithoutABranch) {
  const KeyedHash now(Bytes(32, 2), {Bytes(32, 1)});
  const std::vector<std::string> sought = InsuranceHashesOfAllEpochs(now, {{"138057", "1", "2", "03"}});
  const auto finds = [&sought](const std::string& hash) {
    return std::find(sought.begin(), sought.end(), hash) != sought.end();
  };
  EXPECT_TRUE(finds(Hash({"138057", "1", "2", "3"}))) << "written before the key was changed";
  EXPECT_TRUE(finds(InsuranceHashes(now, {{"138057", "1", "2", "3"}})));
  EXPECT_TRUE(finds(Hash({"138057", "1", "2", ""})));
  EXPECT_FALSE(finds(Hash({"138057", "1", "2", "4"})));
  EXPECT_EQ(sought.size(), 4u);
}

TEST(Subject, APatientNumberIsTheSameInEveryWidth) {
  EXPECT_EQ(PatientSubject("Ａ－００１２ "), PatientSubject("A-0012"));
  EXPECT_NE(PatientSubject("A-0012"), PatientSubject("A-12"));
  EXPECT_EQ(PatientSubject("ｶﾞ 12"), PatientSubject("ガ　１２"));
  EXPECT_EQ(PlainPatientNumber("　１２３　"), "123");
  EXPECT_EQ(PlainPatientNumber("   "), "");
}

TEST(Subject, ACardIsItsIssuerAndSerial) {
  EXPECT_EQ(CardSubject(Bytes{0x30, 0x01}, Bytes{0x0A}), "3001|0a");
}

}  // namespace
}  // namespace madoguchi::audit
