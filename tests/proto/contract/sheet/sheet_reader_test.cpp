// SPDX-License-Identifier: Apache-2.0
#include "contract/sheet/sheet_reader.h"

#include <gtest/gtest.h>

#include <array>

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

}  // namespace
}  // namespace madoguchi::sheet
