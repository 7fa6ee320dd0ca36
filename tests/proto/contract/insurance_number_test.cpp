// SPDX-License-Identifier: Apache-2.0
#include "contract/insurance_number.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "contract/full_width.h"

namespace madoguchi {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kToday[] = "20261122";

// Nothing about it is unusual.
InsuranceNumbers Plain() {
  return {.insurer_number = "06132013", .symbol = "12", .number = "34567", .branch = "02", .birthdate = "19600229"};
}

NumberReview Of(const InsuranceNumbers& typed) {
  return ReviewInsuranceNumbers(typed, kToday);
}

NumberReview WithInsurer(const std::string& insurer) {
  InsuranceNumbers typed = Plain();
  typed.insurer_number = insurer;
  typed.symbol.clear();
  return Of(typed);
}

NumberReview WithSymbol(const std::string& symbol) {
  InsuranceNumbers typed = Plain();
  typed.symbol = symbol;
  return Of(typed);
}

std::string ProblemOf(const NumberReview& review) {
  if (review.problems.size() != 1) return std::to_string(review.problems.size()) + " problems";
  return std::string(review.problems[0].field) + " " + std::string(review.problems[0].word);
}

TEST(InsuranceNumber, OfAnOrdinaryPaperIsSentAsTypedWithoutAWord) {
  const NumberReview review = Of(Plain());
  EXPECT_THAT(review.problems, IsEmpty());
  EXPECT_THAT(review.warnings, IsEmpty());
  EXPECT_EQ(review.to_send.insurer_number, "06132013");
  EXPECT_EQ(review.to_send.symbol, "12");
  EXPECT_EQ(review.to_send.number, "34567");
  EXPECT_EQ(review.to_send.branch, "02");
  EXPECT_EQ(review.to_send.birthdate, "19600229");
}

TEST(InsuranceNumber, DatesAreJapans) {
  using namespace std::chrono;
  EXPECT_EQ(DateInJapan(sys_days{2026y / 11 / 22} + 14h + 59min), "20261122");
  EXPECT_EQ(DateInJapan(sys_days{2026y / 11 / 22} + 15h), "20261123");
  EXPECT_EQ(DateInJapan(sys_days{2026y / 12 / 31} + 23h), "20270101");
}

TEST(InsuranceNumber, CheckDigitsOfThePublishedExamplesFit) {
  for (const char* fits : {"33120015", "0110113719", "2714206386", "138057", "06132013", "39131156", "01130012"}) {
    const std::string_view digits = fits;
    EXPECT_TRUE(CheckDigitFits(digits)) << fits;
  }
  for (const char* wrong : {"1180123456", "12345678", "33120016", "06132014"})
    EXPECT_FALSE(CheckDigitFits(wrong)) << wrong;
}

TEST(InsuranceNumber, IsPaddedWithSpacesToEightCharacters) {
  EXPECT_EQ(PaddedInsurerNumber("138057"), "  138057");
  EXPECT_EQ(PaddedInsurerNumber("  138057"), "  138057");
  EXPECT_EQ(PaddedInsurerNumber("00138057"), "  138057");
  EXPECT_EQ(PaddedInsurerNumber("06132013"), "06132013");
  EXPECT_EQ(PaddedInsurerNumber(""), "");
  EXPECT_EQ(PaddedInsurerNumber("        "), "        ");
  EXPECT_EQ(PaddedInsurerNumber("0613201300"), "0613201300");
  EXPECT_EQ(PaddedInsurerNumber("１３８０５７"), "１３８０５７");
}

TEST(InsuranceNumber, OfTheNationalHealthInsuranceHasSixDigits) {
  for (const char* typed : {"138057", "  138057", "00138057", "１３８０５７", "　138057 "}) {
    const NumberReview review = WithInsurer(typed);
    EXPECT_EQ(review.to_send.insurer_number, "  138057") << typed;
    EXPECT_THAT(review.warnings, IsEmpty()) << typed;
    EXPECT_THAT(review.problems, IsEmpty()) << typed;
  }
}

TEST(InsuranceNumber, WarnsAndNeverBlocksWhatIsOnlyUnusual) {
  EXPECT_THAT(WithInsurer("06132014").warnings, ElementsAre("insurer_check_digit"));
  EXPECT_THAT(WithInsurer("138058").warnings, ElementsAre("insurer_check_digit"));
  EXPECT_THAT(WithInsurer("1380571").warnings, ElementsAre("insurer_length"));
  EXPECT_EQ(WithInsurer("1380571").to_send.insurer_number, " 1380571");
  EXPECT_THAT(WithInsurer("1").warnings, ElementsAre("insurer_length"));
  EXPECT_THAT(WithInsurer("99132010").warnings, Contains("insurer_scheme_unknown"));
  EXPECT_THAT(WithInsurer("06482010").warnings, Contains("insurer_prefecture_unknown"));
  EXPECT_THAT(WithInsurer("488057").warnings, Contains("insurer_prefecture_unknown"));
  EXPECT_THAT(WithInsurer("12345678").problems, IsEmpty());
}

TEST(InsuranceNumber, OfEverySchemeThatIsInUseIsKnown) {
  // One number of each 法別番号 of reference §6, and of the retired (67), whose cards OQSCD010 still lists.
  for (const char* scheme :
       {"01", "02", "03", "04", "06", "07", "12", "31", "32", "33", "34", "39", "63", "67", "72", "73", "74", "75"}) {
    EXPECT_THAT(WithInsurer(std::string(scheme) + "132013").warnings, Not(Contains("insurer_scheme_unknown")))
        << scheme;
  }
}

TEST(InsuranceNumber, CopiedFromAPageIsSentWithoutItsSpaces) {
  constexpr char kSpaced[] = "\u00A012\u00A0";
  InsuranceNumbers typed = Plain();
  typed.insurer_number = "\u00A006132013 \u00A0";
  typed.symbol = typed.number = typed.branch = kSpaced;
  typed.birthdate = "19600229\u00A0";
  const NumberReview review = Of(typed);
  EXPECT_THAT(review.problems, IsEmpty());
  EXPECT_EQ(review.to_send.insurer_number, "06132013");
  EXPECT_EQ(review.to_send.symbol, "12");
  EXPECT_EQ(review.to_send.number, "12");
  EXPECT_EQ(review.to_send.branch, "12");
  EXPECT_EQ(review.to_send.birthdate, "19600229");
  EXPECT_EQ(WithSymbol("\u00A0").to_send.symbol, "");
}

TEST(InsuranceNumber, WithAnInvisibleCharacterCannotBeSent) {
  for (const char* invisible :
       {"\u00AD", "\u200B", "\u200F", "\u2028", "\u202E", "\u2060", "\u2066", "\u2069", "\uFEFF"})
    EXPECT_EQ(ProblemOf(WithSymbol(std::string("1") + invisible + "2")), "symbol not_text");
}

TEST(InsuranceNumber, CannotBeSentWithoutItsDigits) {
  EXPECT_EQ(ProblemOf(WithInsurer("")), "insurer_number missing");
  EXPECT_EQ(ProblemOf(WithInsurer("  　")), "insurer_number missing");
  EXPECT_EQ(ProblemOf(WithInsurer("0613201A")), "insurer_number not_digits");
  EXPECT_EQ(ProblemOf(WithInsurer("0613-2013")), "insurer_number not_digits");
  EXPECT_EQ(ProblemOf(WithInsurer("061320130")), "insurer_number too_long");
  EXPECT_EQ(ProblemOf(WithInsurer("0613\n2013")), "insurer_number not_text");
  EXPECT_EQ(ProblemOf(WithInsurer("\xFF")), "insurer_number not_text");
  EXPECT_EQ(ProblemOf(WithInsurer(std::string(kTypedNumberBytesMax + 1, '1'))), "insurer_number too_long");
  EXPECT_EQ(ProblemOf(WithInsurer(std::string("0613\0", 5))), "insurer_number not_text");
}

TEST(InsuranceNumber, SymbolIsSentInOneWidth) {
  const auto sent = [](const std::string& typed) { return WithSymbol(typed).to_send.symbol; };
  EXPECT_EQ(sent("１２－ＡＢ"), "12-AB");
  EXPECT_EQ(sent("12ー34"), "12-34");  // the minus key in kana mode
  EXPECT_EQ(sent("１２ｰ３４"), "12-34");
  EXPECT_EQ(sent("見本１"), "見本１");
  EXPECT_EQ(sent("見本1-2"), "見本１－２");
  EXPECT_EQ(sent("マドー1"), "マドー１");
  EXPECT_EQ(sent("ﾏﾄﾞｰ１"), "ﾏﾄﾞｰ1");
  EXPECT_EQ(sent(" 12　"), "12");
  EXPECT_EQ(sent("  "), "");
  EXPECT_EQ(sent("𠮷1"), "𠮷１");
}

TEST(InsuranceNumber, MixedWidthsAndFullWidthSpacesAreWarnedOf) {
  EXPECT_THAT(WithSymbol("1２").warnings, ElementsAre("symbol_mixed_width"));
  EXPECT_THAT(WithSymbol("見本1").warnings, ElementsAre("symbol_mixed_width"));
  EXPECT_THAT(WithSymbol("見　本").warnings, ElementsAre("symbol_full_width_space"));
  EXPECT_THAT(WithSymbol("ﾏﾄﾞ1").warnings, IsEmpty());
  InsuranceNumbers typed = Plain();
  typed.number = "１２　3";
  EXPECT_THAT(Of(typed).warnings, ElementsAre("number_mixed_width", "number_full_width_space"));
  EXPECT_EQ(Of(typed).to_send.number, "12 3");
}

TEST(InsuranceNumber, SymbolIsNotExpectedWhereThereIsNone) {
  InsuranceNumbers typed = Plain();
  typed.insurer_number = "39131156";
  EXPECT_THAT(Of(typed).warnings, ElementsAre("symbol_unexpected"));
  typed.symbol = "　";
  EXPECT_THAT(Of(typed).warnings, IsEmpty());
}

TEST(InsuranceNumber, SymbolAndNumberHoldTwentyCharacters) {
  std::string twenty;
  for (std::size_t i = 0; i < kSymbolCharactersMax; ++i) twenty += "見";
  EXPECT_THAT(WithSymbol(twenty).problems, IsEmpty());
  EXPECT_EQ(ProblemOf(WithSymbol(twenty + "見")), "symbol too_long");
  EXPECT_EQ(ProblemOf(WithSymbol("1\x7F")), "symbol not_text");
  EXPECT_EQ(ProblemOf(WithSymbol("1\u200B")), "symbol not_text");
  InsuranceNumbers typed = Plain();
  typed.number = "";
  EXPECT_EQ(ProblemOf(Of(typed)), "number missing");
  typed.number = std::string(21, '1');
  EXPECT_EQ(ProblemOf(Of(typed)), "number too_long");
}

TEST(InsuranceNumber, BranchHasTwoDigitsOrIsNotKnown) {
  InsuranceNumbers typed = Plain();
  typed.branch = "２";
  EXPECT_EQ(Of(typed).to_send.branch, "02");
  EXPECT_THAT(Of(typed).warnings, ElementsAre("branch_width"));
  typed.branch = "";
  EXPECT_EQ(Of(typed).to_send.branch, "");
  EXPECT_THAT(Of(typed).warnings, IsEmpty());
  typed.branch = "002";
  EXPECT_EQ(ProblemOf(Of(typed)), "branch too_long");
  typed.branch = "0x";
  EXPECT_EQ(ProblemOf(Of(typed)), "branch not_digits");
}

TEST(InsuranceNumber, BirthDateIsADayOfTheCalendar) {
  InsuranceNumbers typed = Plain();
  for (const char* same : {"19600229", "1960-02-29", "1960/02/29", "１９６０－０２－２９", " 19600229 "}) {
    typed.birthdate = same;
    EXPECT_EQ(Of(typed).to_send.birthdate, "19600229") << same;
    EXPECT_THAT(Of(typed).warnings, IsEmpty()) << same;
  }
  for (const char* no_day : {"19610229", "19601301", "1960229", "00000101", "昭和35年", "1960-02/29", "1960-2-29"}) {
    typed.birthdate = no_day;
    EXPECT_EQ(ProblemOf(Of(typed)), "birthdate not_a_date") << no_day;
  }
  typed.birthdate = "";
  EXPECT_EQ(ProblemOf(Of(typed)), "birthdate missing");
  typed.birthdate = "20261122";
  EXPECT_THAT(Of(typed).warnings, IsEmpty());
  typed.birthdate = "20261123";
  EXPECT_THAT(Of(typed).warnings, ElementsAre("birthdate_future"));
  typed.birthdate = "18961122";
  EXPECT_THAT(Of(typed).warnings, ElementsAre("birthdate_long_ago"));
  typed.birthdate = "18961123";
  EXPECT_THAT(Of(typed).warnings, IsEmpty());
}

TEST(InsuranceNumber, EveryFieldCanHaveItsOwnProblem) {
  const NumberReview review =
      Of({.insurer_number = "x", .symbol = "\n", .number = "", .branch = "x", .birthdate = "x"});
  std::vector<std::string_view> fields;
  for (const FieldProblem& problem : review.problems) fields.push_back(problem.field);
  EXPECT_THAT(fields, ElementsAre("insurer_number", "symbol", "number", "branch", "birthdate"));
}

TEST(InsuranceNumber, EveryWordHasItsTextInBothLanguages) {
  std::set<std::string_view> words;
  for (const NumberWord& word : NumberWords()) {
    EXPECT_TRUE(words.insert(word.word).second) << word.word << " twice";
    EXPECT_FALSE(word.ja.empty());
    EXPECT_FALSE(word.en.empty());
    EXPECT_EQ(FindNumberWord(word.word), &word);
  }
  EXPECT_EQ(FindNumberWord("no_such_word"), nullptr);
}

TEST(InsuranceNumber, EveryWordStandsInTheDocumentWithBothTexts) {
  std::ifstream file(MADOGUCHI_NUMBER_DOCUMENT);
  const std::string document{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (const NumberWord& word : NumberWords()) {
    const std::string row =
        "| `" + std::string(word.word) + "` | " + std::string(word.ja) + " | " + std::string(word.en) + " |";
    EXPECT_NE(document.find(row), std::string::npos) << row;
  }
}

// Whatever is typed: no crash, every word has its text, a field is sent or has a problem, and what is sent is sent
// again unchanged.
TEST(InsuranceNumber, AnythingTypedIsSentOrRefusedForAReason) {
  std::mt19937 chance(20261122);
  static constexpr const char* kParts[] = {"0", "1",  "９", "06",   "13",   "Ａ",     "-",   "ー",
                                           "ｱ", "ﾞ",  "見", "　",   " ",    "\u00A0", "/",   "𠮷",
                                           "•", "\t", "",   "\xE3", "2026", "0229",   "1960"};
  const auto any = [&] {
    std::string text;
    for (auto parts = std::uniform_int_distribution<int>(0, 6)(chance); parts > 0; --parts) {
      text += kParts[std::uniform_int_distribution<std::size_t>(0, std::size(kParts) - 1)(chance)];
    }
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const NumberReview review = Of({any(), any(), any(), any(), any()});
    for (const FieldProblem& problem : review.problems) ASSERT_NE(FindNumberWord(problem.word), nullptr);
    for (const std::string_view word : review.warnings) ASSERT_NE(FindNumberWord(word), nullptr);
    if (!review.problems.empty()) continue;
    const NumberReview again = Of(review.to_send);
    ASSERT_THAT(again.problems, IsEmpty());
    ASSERT_EQ(again.to_send.insurer_number, review.to_send.insurer_number);
    ASSERT_EQ(again.to_send.symbol, review.to_send.symbol);
    ASSERT_EQ(again.to_send.number, review.to_send.number);
    ASSERT_EQ(again.to_send.branch, review.to_send.branch);
    ASSERT_EQ(again.to_send.birthdate, review.to_send.birthdate);
    ASSERT_EQ(review.to_send.insurer_number.size(), kInsurerNumberCharacters);
    ASSERT_TRUE(IsUtf8(review.to_send.symbol + review.to_send.number));
  }
}

}  // namespace
}  // namespace madoguchi
