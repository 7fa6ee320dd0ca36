// SPDX-License-Identifier: Apache-2.0
// Page: a PDF of A4 pages in memory, with the three things our sheets are made of: text in IPAGothic, frames, QR codes.
// Lengths in points (1/72 inch) from the upper left corner. Text is plain (no markup); control characters and those
// that turn the direction of writing are left out. Thread: one at a time. Ownership: the document is wiped with its
// buffer. Errors: INTERNAL_ERROR when the font is missing (package fonts-ipafont-gothic), when cairo fails, or when the
// document grows beyond kDocumentBytesMax.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "contract/result.h"
#include "contract/wiped_buffer.h"

namespace madoguchi::account {

inline constexpr double kPageWidth = 595.28, kPageHeight = 841.89;  // A4
inline constexpr double kMargin = 54;
inline constexpr std::size_t kDocumentBytesMax = 8 * 1024 * 1024;
inline constexpr std::size_t kQrBytesMax = 512;

enum class Ink { kBlack, kGrey, kRed };

struct TextStyle {
  double size = 11;
  Ink ink = Ink::kBlack;
  enum class At { kLeft, kCentre, kRight } at = At::kLeft;
  bool one_line = false;  // made smaller until it fits into one line, down to kSizeMin; only then broken
  double line_gap = 4;
};
inline constexpr double kSizeMin = 6;

class Document {
 public:
  explicit Document(const std::string& title);
  ~Document();
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  // Draws into the box that begins at (x, y) and is `width` wide; → its height.
  double Text(double x, double y, double width, std::string_view text, const TextStyle& style);
  void Frame(double x, double y, double width, double height);
  void Rule(double x, double y, double width);
  // `side` includes the four modules of quiet zone around the code (ISO/IEC 18004 §9.1).
  void Qr(double x, double y, double side, std::string_view text);
  void EndPage();
  Result<WipedBuffer> End() &&;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace madoguchi::account
