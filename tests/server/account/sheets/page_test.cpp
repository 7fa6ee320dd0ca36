// SPDX-License-Identifier: Apache-2.0
#include "server/account/sheets/page.h"

#include <gtest/gtest.h>

#include "contract/child_process.h"
#include "contract/sheet/sheet_reader.h"

namespace madoguchi::account {
namespace {

std::string Drawn(std::string_view text, const TextStyle& style = {}) {
  Document document("test");
  document.Text(kMargin, kMargin, 400, text, style);
  document.EndPage();
  const auto pdf = std::move(document).End();
  if (!pdf.ok()) return pdf.error().detail;
  const auto read = FilterThrough(sheet::kPdfToText, {"-layout", "-nopgbrk", "-", "-"}, pdf->view(), 100'000,
                                  Deadline::In(std::chrono::seconds(30)));
  return read.ok() ? std::string(AsText(read->output.view())) : read.error().detail;
}

TEST(Page, KeepsTheTextOfItsLetters) {
  for (const char* text : {"みほんクリニック", "髙﨑 ﾊｰﾄ ①㈱", "0O1lI|-_~", "<b>&amp;</b>"})
    EXPECT_EQ(Drawn(text), std::string(text) + "\n");
}

TEST(Page, MarksALetterTheFontLacksAndKeepsItsText) {
  for (const char* text : {"𠮷野医院", "A𠮷𠮷B", "辻󠄀内科", "葛󠄀 葛"})
    EXPECT_EQ(Drawn(text), std::string(text) + "\n");
}

TEST(Page, LeavesOutWhatTurnsOrControls) {
  EXPECT_EQ(Drawn("a\u202Eb\u2066c\x01\x7F\u200Fd"), "abcd\n");
}

TEST(Page, MakesOneLineSmallerUntilItFits) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "あ";
  EXPECT_EQ(Drawn(text, {.size = 20, .one_line = true}), text + "\n");
  EXPECT_NE(Drawn(text, {.size = 20}), text + "\n");
}

TEST(Page, RefusesAQrCodeThatIsTooLarge) {
  Document document("test");
  document.Qr(0, 0, 100, std::string(kQrBytesMax + 1, 'a'));
  const auto pdf = std::move(document).End();
  ASSERT_FALSE(pdf.ok());
  EXPECT_EQ(pdf.error().code, ErrorCode::kInternalError);
}

}  // namespace
}  // namespace madoguchi::account
