// SPDX-License-Identifier: Apache-2.0
#include "contract/sheet/sheet_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "contract/full_width.h"
#include "contract/sheet/csv_sheets.h"
#include "contract/sheet/page_fields.h"

namespace madoguchi::sheet {
namespace {

Deadline Soon() {
  return Deadline::In(std::chrono::seconds(30));
}

// The smallest PDF with these pages, each a content stream; poppler rebuilds the missing table of objects itself.
std::string Pdf(const std::vector<std::string>& pages) {
  std::string text = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n", kids;
  std::size_t number = 4;
  std::string objects = "3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n";
  for (const std::string& page : pages) {
    kids += std::to_string(number) + " 0 R ";
    objects += std::to_string(number) +
               " 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents " +
               std::to_string(number + 1) + " 0 R>>endobj\n" + std::to_string(number + 1) + " 0 obj<</Length " +
               std::to_string(page.size()) + ">>stream\n" + page + "\nendstream endobj\n";
    number += 2;
  }
  return text + "2 0 obj<</Type/Pages/Count " + std::to_string(pages.size()) + "/Kids[" + kids + "]>>endobj\n" +
         objects + "trailer<</Root 1 0 R>>\n";
}

std::string Refusal(const std::string& content) {
  const auto sheets = ReadSheets(AsBytes(content), Soon());
  return sheets.ok() ? "read" : std::to_string(static_cast<int>(sheets.error().code)) + " " + sheets.error().detail;
}

TEST(SheetReader, TellsWhatIsWrongWithAPdf) {
  EXPECT_EQ(Refusal(Pdf({"BT /F 12 Tf 50 700 Td (Hello) Tj ET"})), "1512 no page holds the labels of a settings sheet");
  EXPECT_EQ(Refusal(Pdf({"0 0 100 100 re f"})), "1513 page 1");
  EXPECT_EQ(Refusal(Pdf({"BT /F 12 Tf 50 700 Td (Hello) Tj ET", "0 0 100 100 re f"})), "1513 page 2");
  EXPECT_EQ(Refusal(Pdf({"BT /F 12 Tf 50 700 Td (ID W0000001) Tj ET"})), "1514 page 1: 機関コード: missing");
  EXPECT_EQ(Refusal("%PDF-1.7\n"), "1512 damaged PDF");
  EXPECT_EQ(Refusal(std::string("PK\x03\x04\0\0", 6)), "1512 neither PDF nor text");
  EXPECT_EQ(Refusal(std::string(kSheetFileBytesMax + 1, 'a')), "1518 file is larger than 1 MiB");
}

TEST(SheetReader, RefusesAnAccountThatIsInTheFileTwice) {
  EXPECT_EQ(Refusal("機関コード,ID,パスワード,アクティベーションコード\n1311234567,W0000001,a,123456789012\n1311234567,"
                    "W0000002,a,123456789012\n"
                    "1311234567,W0000001,b,123456789013\n"),
            "1516 line 2 and line 4: W0000001");
}

TEST(SheetReader, ReadsMorePagesThanItMayOnlyToRefuseThem) {
  EXPECT_EQ(Refusal(Pdf(std::vector<std::string>(kSheetsPerFileMax + 3, "BT /F 12 Tf 50 700 Td (Hello) Tj ET"))),
            "1518 too many pages");
}

TEST(SheetReader, SaysThatAPdfNeedsAPassword) {
  std::string locked = Pdf({"BT /F 12 Tf 50 700 Td (Hello) Tj ET"});
  const std::string trailer = "trailer<</Root 1 0 R>>";
  locked.replace(locked.find(trailer), trailer.size(),
                 "9 0 obj<</Filter/Standard/V 1/R 2/O<" + std::string(64, '4') + ">/U<" + std::string(64, '5') +
                     ">/P -4>>endobj\ntrailer<</Root 1 0 R/Encrypt 9 0 R/ID[<" + std::string(32, '1') + "><" +
                     std::string(32, '1') + ">]>>");
  EXPECT_EQ(Refusal(locked), "1512 protected by a password");
}

// What breaks in transport: cut off, bytes flipped, zeros, text instead, nested and endless objects. Each ends, with an
// error of ours.
TEST(SheetReader, SurvivesDamage) {
  const std::string whole = Pdf({"BT /F 12 Tf 50 700 Td (ID W0000001) Tj ET"});
  std::vector<std::string> damaged = {
      "%PDF-1.4", "%PDF-1.4\n" + std::string(200'000, '['), "%PDF-1.4\n" + std::string(100'000, '\0'),
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj trailer<</Root 1 0 R>>",
      "%PDF-1.4\n1 0 obj<</Length 99999999999>>stream\nx"};
  for (std::size_t cut = 10; cut < whole.size(); cut += whole.size() / 8) damaged.push_back(whole.substr(0, cut));
  unsigned seed = 20261122;
  for (int i = 0; i < 12; ++i) {
    std::string flipped = whole;
    for (int k = 0; k < 8; ++k) {
      seed = seed * 1664525u + 1013904223u;
      flipped[9 + (seed >> 8) % (flipped.size() - 9)] = static_cast<char>(seed >> 24);
    }
    damaged.push_back(flipped);
  }
  for (const std::string& content : damaged) {
    const auto sheets = ReadSheets(AsBytes(content), Soon());
    ASSERT_FALSE(sheets.ok());
    const int code = static_cast<int>(sheets.error().code);
    EXPECT_TRUE(code >= 1512 && code <= 1514) << code << ' ' << sheets.error().detail;
  }
}

TEST(SheetReader, ReadsAnEnrolmentLinkFromText) {
  const std::string link = "madoguchi-enrol:?s=h:1&r=" + std::string(64, 'a') + "&t=" + std::string(64, 'b');
  const auto read = ReadEnrolmentLink(AsBytes(link + "\n"), Soon());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->server, "h:1");
}

TEST(SheetReader, SaysThatThereIsNoEnrolmentLink) {
  for (const std::string& content :
       {std::string(), std::string("x"), Pdf({"0 0 100 100 re f"}), std::string("%PDF-1.7\n"),
        std::string("\x89PNG\r\n\x1A\n broken"), std::string("\xFF\xD8\xFF broken"), std::string(5'000'000, 'a')}) {
    const auto read = ReadEnrolmentLink(AsBytes(content), Soon());
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, ErrorCode::kEnrolmentLinkInvalid);
  }
}

// What nobody thought of: ten thousand sheets with bytes changed, doubled, cut out and put in, always the same ones.
// Each is read or refused with an error of ours whose detail holds nothing that was read.
constexpr int kMutations = 10'000;
constexpr std::array<std::string_view, 12> kPieces = {"\"",           "\r\n", ",",      "\t",     "ID", "パスワード",
                                                      "\xEF\xBB\xBF", "\x81", "\u202E", "\u3000", ":",  "1.2E+11"};
const std::string kCsv =
    "機関コード,機関名,ID,パスワード,アクティベーションコード,発行日\r\n"
    "1311234567,\"みほん\",W0000001,qZ7xKmPv,8642-9753-1864,2026/11/22\r\n"
    "1311234567,,Ｗ０００００02,wY4nTbLs,975318642097,令和8年11月22日\r\n";
const std::string kPage =
    " 発行日 2026/11/22\n 機関コード  1311234567\n 機関名   みほん\n     クリニック\n ID  W0000001\n"
    " パスワード\n  qZ7xKmPv\n アクティベーションコード： 8642-9753-1864\n";

class Mutator {
 public:
  std::string Of(std::string text) {
    for (std::size_t left = 1 + Below(3); left > 0; --left) {
      const std::size_t at = Below(text.size()), length = std::min(Below(24), text.size() - at);
      switch (Below(5)) {
        case 0:
          if (!text.empty()) text[at] = static_cast<char>(Below(256));
          break;
        case 1:
          text.erase(at, length);
          break;
        case 2:
          text.insert(at, text.substr(at, length));
          break;
        case 3:
          text.insert(at, kPieces[Below(kPieces.size())]);
          break;
        default:
          text.resize(at + length);
      }
    }
    return text;
  }

 private:
  std::size_t Below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  std::mt19937 random_{20261122};
};

void ExpectHarmless(const Error& error, const std::string& input) {
  const int code = static_cast<int>(error.code);
  EXPECT_TRUE(code == 1512 || code == 1514 || code == 1518) << code;
  for (const char* secret : {"qZ7", "wY4", "8642", "9753"})
    EXPECT_EQ(error.detail.find(secret), std::string::npos) << error.detail << "\n" << input;
}

void ExpectOfItsForm(const SettingsSheet& sheet) {
  EXPECT_TRUE(IsAccountId(sheet.account_id));
  EXPECT_EQ(sheet.institution_code.size(), kInstitutionCodeDigits);
  EXPECT_EQ(sheet.activation_code.size(), kActivationCodeDigits);
  EXPECT_TRUE(!sheet.password.empty() && sheet.password.size() <= kPasswordBytesMax);
  EXPECT_TRUE(IsUtf8(sheet.institution_name));
}

TEST(MutatedSheets, AsCsvAreReadOrRefused) {
  Mutator mutator;
  int read = 0;
  for (int i = 0; i < kMutations; ++i) {
    const std::string input = mutator.Of(kCsv);
    const auto sheets = ReadCsv(AsBytes(input));
    if (!sheets.ok()) {
      ExpectHarmless(sheets.error(), input);
      continue;
    }
    ++read;
    for (const SettingsSheet& sheet : *sheets) ExpectOfItsForm(sheet);
  }
  EXPECT_TRUE(read > kMutations / 50 && read < kMutations) << read;
}

TEST(MutatedSheets, AsPagesAreReadOrRefused) {
  Mutator mutator;
  int read = 0;
  for (int i = 0; i < kMutations; ++i) {
    const std::string input = mutator.Of(kPage);
    const auto page = ReadPage(input, "page 1");
    if (!page.ok()) {
      ExpectHarmless(page.error(), input);
      continue;
    }
    if (!page->has_value()) continue;
    ++read;
    ExpectOfItsForm(**page);
  }
  EXPECT_TRUE(read > kMutations / 50 && read < kMutations) << read;
}

}  // namespace
}  // namespace madoguchi::sheet
