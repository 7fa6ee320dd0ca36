// SPDX-License-Identifier: Apache-2.0
// Whom a name is about. The rest of Names needs its book: tests/server/store/pg_names_test.cpp, on the real database.
#include "server/handoff/names.h"

#include <gmock/gmock.h>

#include <set>

namespace madoguchi::handoff {
namespace {

using eligibility::Answer;
using eligibility::QualificationResult;

const audit::KeyedHash kKey{Bytes(32, 0x42)};

QualificationResult Person() {
  QualificationResult person;
  person.insurer_number = "06139992";
  person.symbol = "１２";
  person.number = "3456";
  person.branch = "01";
  person.birthdate_raw = "19850401";
  person.name_kana = "ﾐﾎﾝ ｶﾓﾒ";
  person.name = "見本　●";
  return person;
}

std::string HashOf(const QualificationResult& person) {
  Answer answer;
  answer.results.push_back(person);
  return PersonHashes(answer, kKey).at(0);
}

TEST(PersonHashes, AreOnePerResultAndEmptyForANameThatCanBeUsedAsItCame) {
  Answer answer;
  answer.results = {Person(), Person(), Person(), Person()};
  answer.results[1].name = "見本　花子";
  answer.results[2].name.reset();
  answer.results[3].name = "見本　髙子";  // outside JIS X 0208
  const std::vector<std::string> hashes = PersonHashes(answer, kKey);
  ASSERT_EQ(hashes.size(), 4u);
  EXPECT_FALSE(hashes[0].empty() || hashes[3].empty());
  EXPECT_TRUE(hashes[1].empty() && hashes[2].empty());
  EXPECT_TRUE(PersonHashes({}, kKey).empty());
}

TEST(PersonHashes, DifferAsSoonAsAnythingOfThePersonDiffers) {
  std::set<std::string> hashes = {HashOf(Person())};
  using Text = std::optional<std::string> QualificationResult::*;
  for (const Text text :
       {&QualificationResult::insurer_number, &QualificationResult::symbol, &QualificationResult::number,
        &QualificationResult::branch, &QualificationResult::birthdate_raw, &QualificationResult::name_kana}) {
    QualificationResult other = Person();
    (other.*text).reset();
    EXPECT_TRUE(hashes.insert(HashOf(other)).second);
  }
  QualificationResult other = Person();
  other.name = "見本　●子";
  EXPECT_TRUE(hashes.insert(HashOf(other)).second);
  other = Person();  // the same characters, divided in another way
  other.symbol = "１２3";
  other.number = "456";
  EXPECT_TRUE(hashes.insert(HashOf(other)).second);
  EXPECT_EQ(HashOf(Person()), HashOf(Person()));
}

TEST(PersonHashes, NeedTheKey) {
  Answer answer;
  answer.results.push_back(Person());
  EXPECT_NE(PersonHashes(answer, audit::KeyedHash{Bytes(32, 0x43)}), PersonHashes(answer, kKey));
}

}  // namespace
}  // namespace madoguchi::handoff
