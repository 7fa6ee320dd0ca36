// SPDX-License-Identifier: Apache-2.0
#include "contract/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

namespace madoguchi::log {
namespace {

std::string Captured(const std::function<void()>& write) {
  testing::internal::CaptureStderr();
  write();
  return testing::internal::GetCapturedStderr();
}

long Lines(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

std::string Value(std::string_view value) {
  const std::string line = Captured([&] { Info("check", "seen", {{"x", value}}); });
  EXPECT_EQ(Lines(line), 1) << line;
  return line.substr(line.find(" x=") + 3, line.size() - line.find(" x=") - 4);
}

bool IsUtf8(const std::string& text) {
  int expected = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (expected > 0) {
      if ((byte & 0xC0U) != 0x80U) return false;
      --expected;
    } else if (byte >= 0x80U) {
      if ((byte & 0xE0U) == 0xC0U)
        expected = 1;
      else if ((byte & 0xF0U) == 0xE0U)
        expected = 2;
      else if ((byte & 0xF8U) == 0xF0U)
        expected = 3;
      else
        return false;
    }
  }
  return expected == 0;
}

// Every digit as 0.
std::string Shape(std::string text) {
  for (char& c : text) c = c >= '0' && c <= '9' ? '0' : c;
  return text;
}

TEST(LogLine, HasTimeLevelComponentEventAndFields) {
  const std::string line = Captured([] {
    Info("check", "answered", {{"press", "abc"}, {"code", 0}, {"bytes", 18446744073709551615ULL}});
  });
  const std::size_t time_length = std::string("2026-11-22T09:00:00.123456+09:00").size();
  ASSERT_GT(line.size(), time_length);
  EXPECT_THAT(Shape(line.substr(0, time_length)),
              testing::AnyOf("0000-00-00T00:00:00.000000+00:00", "0000-00-00T00:00:00.000000-00:00"));
  EXPECT_EQ(line.substr(time_length),
            " info component=check event=answered press=abc code=0 bytes=18446744073709551615\n");
}

TEST(LogLine, CannotBeForgedByALineBreakInAValue) {
  const std::string forged = "x\n2026-01-01T00:00:00.000000+09:00 info component=audit event=forged\r\n";
  const std::string value = Value(forged);
  EXPECT_EQ(value.front(), '"');
  EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos);
}

TEST(LogLine, CannotGetASecondFieldFromAValue) {
  EXPECT_EQ(Value("a code=0"), "\"a code=0\"");
  EXPECT_EQ(Value("a=b"), "\"a=b\"");
  EXPECT_EQ(Value("\" code=0 y=\""), "\"\\\" code=0 y=\\\"\"");
  EXPECT_EQ(Value("\\\" code=0"), "\"\\\\\\\" code=0\"");
}

TEST(LogLine, CannotSendControlCharactersToATerminal) {
  for (char control = 1; control < 0x20; ++control) EXPECT_EQ(Value(std::string("a") + control + "b"), "\"a?b\"");
  EXPECT_EQ(Value(std::string_view("a\0b", 3)), "\"a?b\"");
}

TEST(LogLine, WritesPlainAndJapaneseValuesWithoutQuotes) {
  EXPECT_EQ(Value("plain-value_1.2:3"), "plain-value_1.2:3");
  EXPECT_EQ(Value("窓口"), "窓口");
  EXPECT_EQ(Value(""), "\"\"");
}

TEST(LogLine, NeverTakesAValueForAFormat) {
  EXPECT_EQ(Value("{}{0}%s%n"), "{}{0}%s%n");
}

TEST(LogLine, KeepsAValueOfTheLimitWhole) {
  EXPECT_EQ(Value(std::string(kValueBytesMax, 'x')), std::string(kValueBytesMax, 'x'));
}

TEST(LogLine, CutsALongerValueAtACharacter) {
  std::string japanese;
  while (japanese.size() <= kValueBytesMax) japanese += "窓";  // 3 bytes: the limit falls inside a character
  for (const std::string prefix : {"", "a", "ab"}) {
    const std::string value = Value(prefix + japanese);
    EXPECT_TRUE(IsUtf8(value)) << value;
    EXPECT_TRUE(value.ends_with("…\"")) << value;
    EXPECT_LE(value.size(), kValueBytesMax + std::string("\"…\"").size());
    EXPECT_GE(value.size(), kValueBytesMax);
  }
}

TEST(LogLevel, LeavesOutWhatIsBelow) {
  EXPECT_EQ(Captured([] { Debug("check", "detail"); }), "");
  SetLevel(Level::kError);
  EXPECT_EQ(Captured([] {
              Info("check", "a");
              Warning("check", "b");
              Report("check", "c", Error{ErrorCode::kPinWrong, "", {}});
            }),
            "");
  EXPECT_EQ(Lines(Captured([] { Failure("check", "d"); })), 1);
  SetLevel(Level::kDebug);
  EXPECT_NE(Captured([] { Debug("check", "detail"); }).find(" debug component=check event=detail"), std::string::npos);
  SetLevel(Level::kInfo);
}

TEST(LogReport, NamesTheErrorAndAddsTheFields) {
  const std::string line = Captured([] {
    Report("card", "refused", Error{ErrorCode::kPinWrong, "step 3 answered 63C2", 2}, {{"press", "abc"}});
  });
  EXPECT_NE(
      line.find(
          " warning component=card event=refused code=1211 name=PIN_WRONG detail=\"step 3 answered 63C2\" press=abc\n"),
      std::string::npos)
      << line;
}

TEST(LogReport, LeavesOutAnEmptyDetail) {
  const std::string line = Captured([] { Report("card", "refused", Error{ErrorCode::kNoReader, "", {}}); });
  EXPECT_EQ(line.find("detail="), std::string::npos);
}

TEST(LogReport, IsAWarningForANormalNoAndAnErrorForTheRest) {
  const auto level = [](ErrorCode code) {
    const std::string line = Captured([code] { Report("check", "x", Error{code, "", {}}); });
    return line.substr(line.find(' ') + 1, line.find(" component") - line.find(' ') - 1);
  };
  EXPECT_EQ(level(ErrorCode::kPinWrong), "warning");              // refused
  EXPECT_EQ(level(ErrorCode::kNationalUnreachable), "warning");   // retryable
  EXPECT_EQ(level(ErrorCode::kNationalOutcomeUnknown), "error");  // outcome unknown
  EXPECT_EQ(level(ErrorCode::kInternalError), "error");           // bug
}

}  // namespace
}  // namespace madoguchi::log
