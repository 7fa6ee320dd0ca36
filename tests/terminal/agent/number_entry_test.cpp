// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/number_entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/terminal/agent/at_keyboard.h"
#include "tests/terminal/agent/pipe.h"

namespace madoguchi::agent {
namespace {

using link::InquiryReason, link::NumberInquiry;

Result<NumberInquiry> FromLines(const std::string& lines) {
  const Pipe pipe(lines);
  Entry entry = Entry::Open(pipe.descriptor()).value();
  return AskNumbers(entry);
}

constexpr const char* kLines = "insurer-number=138057\nnumber=0042\nbirthdate=19600229\nreason=card-not-brought\n";

TEST(NumberEntry, TakesTheFieldsFromLinesAsTheyWereTyped) {
  const Result<NumberInquiry> inquiry = FromLines(
      "insurer-number=１３８０５７\nsymbol=あ1\nnumber=0042\nbranch=01\nbirthdate=1960-02-29\n"
      "limit-consent=yes\nreason=after_an_outage\n");
  ASSERT_TRUE(inquiry.ok());
  EXPECT_TRUE(AsText(inquiry->insurer_number.view()) == "１３８０５７") << "the server folds";
  EXPECT_TRUE(AsText(inquiry->branch.view()) == "01");
  EXPECT_TRUE(inquiry->limit_consent);
  EXPECT_EQ(inquiry->reason, InquiryReason::kAfterAnOutage);
  const Result<NumberInquiry> short_one = FromLines(kLines);
  ASSERT_TRUE(short_one.ok());
  EXPECT_TRUE(short_one->symbol.empty() && short_one->branch.empty() && !short_one->limit_consent);
}

TEST(NumberEntry, NamesWhatCannotBeSentAndNeverItsValue) {
  const std::string whole = kLines;
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"insurer-number=138057", "insurer-number=13805X"},
      {"number=0042", "number="},
      {"birthdate=19600229", "birthdate=19610229"},
      {"reason=card-not-brought", "reason=hunter22"},
      {"reason=card-not-brought", "limit-consent=hunter22\nreason=card-not-brought"}};
  for (const auto& [good, bad] : wrong) {
    std::string lines = whole;
    lines.replace(lines.find("\n" + good) == std::string::npos ? lines.find(good) : lines.find("\n" + good) + 1,
                  good.size(), bad);
    const Result<NumberInquiry> inquiry = FromLines(lines);
    ASSERT_FALSE(inquiry.ok()) << good;
    EXPECT_EQ(inquiry.error().code, ErrorCode::kInquiryFieldInvalid) << good;
    for (const char* value : {"13805X", "19610229", "hunter22"})
      EXPECT_EQ(inquiry.error().detail.find(value), std::string::npos);
  }
}

TEST(NumberEntry, LetsAProgramSendWhatIsOnlyUnusual) {
  EXPECT_TRUE(FromLines("insurer-number=138058\nnumber=0042\nbirthdate=19600229\nreason=card-not-brought\n").ok());
}

TEST(NumberEntry, ShowsAPersonWhatIsUnusualAndAsksWhetherToGoOn) {
  const auto ask = [] {
    Entry entry = Entry::Open(-1).value();
    const Result<NumberInquiry> inquiry = AskNumbers(entry);
    return inquiry && AsText(inquiry->insurer_number.view()) == "138058" && inquiry->limit_consent &&
                   inquiry->reason == InquiryReason::kBeforeTheVisit
               ? 0
               : 1;
  };
  const auto [shown, exit] = AtKeyboard({"138058\r", "\r", "0042\r", "\r", "19600229\r", "y\r", "y\r", "3"}, ask);
  EXPECT_EQ(exit, 0) << shown;
  EXPECT_NE(shown.find("検証番号"), std::string::npos);
}

TEST(NumberEntry, AsksAgainForWhatCannotBeSentAndForAllWhenAPersonDoesNotGoOn) {
  const auto ask = [] {
    Entry entry = Entry::Open(-1).value();
    const Result<NumberInquiry> inquiry = AskNumbers(entry);
    return inquiry && AsText(inquiry->insurer_number.view()) == "138057" ? 0 : 1;
  };
  const auto [shown, exit] = AtKeyboard({"13805X\r", "\r", "0042\r", "\r", "19600229\r",  // not digits
                                         "138058\r", "n\r",                               // its check digit: no
                                         "138057\r", "\r", "0042\r", "\r", "19600229\r", "n\r", "1"},
                                        ask);
  EXPECT_EQ(exit, 0) << shown;
}

TEST(NumberEntry, AsksForSymbolAndBranchAloneAfterSeveralHits) {
  const auto ask = [] {
    Entry entry = Entry::Open(-1).value();
    Result<NumberInquiry> inquiry = FromLines(kLines);
    if (!inquiry || !AskMoreNumbers(entry, *inquiry)) return 1;
    return AsText(inquiry->branch.view()) == "02" && AsText(inquiry->number.view()) == "0042" ? 0 : 2;
  };
  EXPECT_EQ(AtKeyboard({"\r", "02\r"}, ask).second, 0);
  EXPECT_EQ(AtKeyboard({"\r", "x\r", "\r", "02\r"}, ask).second, 0) << "a mistake is asked for again";
}

TEST(NumberEntry, KeepsWhatWasTypedBeforeWhereAPersonAddsNothing) {
  const auto ask = [] {
    Entry entry = Entry::Open(-1).value();
    Result<NumberInquiry> inquiry = FromLines(std::string("symbol=あ1\n") + kLines);
    if (!inquiry || !AskMoreNumbers(entry, *inquiry)) return 1;
    return AsText(inquiry->symbol.view()) == "あ1" && AsText(inquiry->branch.view()) == "02" ? 0 : 2;
  };
  EXPECT_EQ(AtKeyboard({"\r", "02\r"}, ask).second, 0);
}

}  // namespace
}  // namespace madoguchi::agent
