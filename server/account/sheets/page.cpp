// SPDX-License-Identifier: Apache-2.0
#include "server/account/sheets/page.h"

#include <cairo-pdf.h>
#include <cairo.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include <algorithm>
#include <cstring>

#include "contract/full_width.h"
#include "server/account/sheets/lettering.h"

namespace madoguchi::account {
namespace {

constexpr char kFont[] = "IPAGothic";
constexpr double kLine = 0.6;
constexpr double kAscent = 0.88;  // of IPAGothic: letters made smaller stay on the same base line
constexpr int kQuietModules = 4;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using Surface = std::unique_ptr<cairo_surface_t, Freed<cairo_surface_destroy>>;
using Cairo = std::unique_ptr<cairo_t, Freed<cairo_destroy>>;
using FontMap = std::unique_ptr<PangoFontMap, Freed<g_object_unref>>;
using Context = std::unique_ptr<PangoContext, Freed<g_object_unref>>;
using Font = std::unique_ptr<PangoFont, Freed<g_object_unref>>;
using Layout = std::unique_ptr<PangoLayout, Freed<g_object_unref>>;
using Description = std::unique_ptr<PangoFontDescription, Freed<pango_font_description_free>>;
using Code = std::unique_ptr<QRcode, Freed<QRcode_free>>;

bool TurnsOrControls(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::string Drawable(std::string_view text) {
  std::string drawable;
  for (std::size_t position = 0; position < text.size();) {
    const Scalar scalar = ScalarAt(text, position);
    const std::size_t bytes = std::max<std::size_t>(scalar.bytes, 1);
    if (scalar.bytes > 0 && (scalar.value == '\n' || !TurnsOrControls(scalar.value)))
      drawable += text.substr(position, bytes);
    position += bytes;
  }
  return drawable;
}

cairo_status_t Take(void* buffer, const unsigned char* bytes, unsigned length) {
  const bool fits = static_cast<WipedBuffer*>(buffer)->Append({bytes, length});
  return fits ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

bool HasFont(PangoContext* context) {
  const Description wanted(pango_font_description_from_string(kFont));
  const Font font(pango_context_load_font(context, wanted.get()));
  if (!font) return false;
  const Description got(pango_font_describe(font.get()));
  return std::strcmp(pango_font_description_get_family(got.get()), kFont) == 0;
}

}  // namespace

struct Document::Parts {
  WipedBuffer pdf{kDocumentBytesMax};
  Surface surface;
  Cairo cairo;
  FontMap fonts;
  Context context;
  bool failed = false;

  void Choose(Ink ink) const {
    const double grey = ink == Ink::kGrey ? 0.35 : 0.0;
    cairo_set_source_rgb(cairo.get(), ink == Ink::kRed ? 0.72 : grey, grey, grey);
  }
};

Document::Document(const std::string& title) : parts_(std::make_unique<Parts>()) {
  parts_->surface.reset(cairo_pdf_surface_create_for_stream(Take, &parts_->pdf, kPageWidth, kPageHeight));
  cairo_pdf_surface_set_metadata(parts_->surface.get(), CAIRO_PDF_METADATA_TITLE, title.c_str());
  cairo_pdf_surface_set_metadata(parts_->surface.get(), CAIRO_PDF_METADATA_CREATOR, "Madoguchi");
  parts_->cairo.reset(cairo_create(parts_->surface.get()));
  parts_->fonts.reset(pango_cairo_font_map_new());
  parts_->context.reset(pango_font_map_create_context(parts_->fonts.get()));
  pango_cairo_context_set_resolution(parts_->context.get(), 72);  // so that sizes are points: pango's own is 96
  pango_context_set_language(parts_->context.get(), pango_language_from_string("ja"));
  parts_->failed = !HasFont(parts_->context.get());
}

Document::~Document() = default;

double Document::Text(double x, double y, double width, std::string_view text, const TextStyle& style) {
  std::string drawable = Drawable(text);
  const Layout layout(pango_layout_new(parts_->context.get()));
  const Description description(pango_font_description_from_string(kFont));
  pango_layout_set_text(layout.get(), drawable.c_str(), static_cast<int>(drawable.size()));
  Wipe({reinterpret_cast<std::uint8_t*>(drawable.data()), drawable.size()});
  pango_layout_set_auto_dir(layout.get(), FALSE);
  int drawn_width = 0, drawn_height = 0;
  double size = style.size;
  for (;; size -= 0.5) {
    pango_font_description_set_absolute_size(description.get(), size * PANGO_SCALE);
    pango_layout_set_font_description(layout.get(), description.get());
    pango_layout_get_size(layout.get(), &drawn_width, nullptr);
    if (!style.one_line || drawn_width <= width * PANGO_SCALE || size - 0.5 < kSizeMin) break;
  }
  pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_spacing(layout.get(), static_cast<int>(style.line_gap * PANGO_SCALE));
  pango_layout_set_alignment(layout.get(), style.at == TextStyle::At::kCentre  ? PANGO_ALIGN_CENTER
                                           : style.at == TextStyle::At::kRight ? PANGO_ALIGN_RIGHT
                                                                               : PANGO_ALIGN_LEFT);
  parts_->Choose(style.ink);
  const Font font(pango_context_load_font(parts_->context.get(), description.get()));
  DrawLetters(parts_->cairo.get(), x, y + (style.size - size) * kAscent, layout.get(), font.get());
  pango_layout_get_size(layout.get(), nullptr, &drawn_height);
  return static_cast<double>(drawn_height) / PANGO_SCALE;
}

void Document::Frame(double x, double y, double width, double height) {
  parts_->Choose(Ink::kBlack);
  cairo_set_line_width(parts_->cairo.get(), kLine);
  cairo_rectangle(parts_->cairo.get(), x, y, width, height);
  cairo_stroke(parts_->cairo.get());
}

void Document::Rule(double x, double y, double width) {
  parts_->Choose(Ink::kGrey);
  cairo_set_line_width(parts_->cairo.get(), kLine);
  cairo_move_to(parts_->cairo.get(), x, y);
  cairo_line_to(parts_->cairo.get(), x + width, y);
  cairo_stroke(parts_->cairo.get());
}

void Document::Qr(double x, double y, double side, std::string_view text) {
  const std::string whole(text);
  const Code code(
      whole.empty() || whole.size() > kQrBytesMax ? nullptr : QRcode_encodeString8bit(whole.c_str(), 0, QR_ECLEVEL_M));
  if (!code) {
    parts_->failed = true;
    return;
  }
  const double module = side / (code->width + 2 * kQuietModules);
  cairo_t* cairo = parts_->cairo.get();
  parts_->Choose(Ink::kBlack);
  cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE);
  for (int row = 0; row < code->width; ++row) {
    for (int column = 0; column < code->width; ++column) {
      if ((code->data[row * code->width + column] & 1u) == 0) continue;
      cairo_rectangle(cairo, x + (column + kQuietModules) * module, y + (row + kQuietModules) * module, module, module);
    }
  }
  cairo_fill(cairo);
  cairo_set_antialias(cairo, CAIRO_ANTIALIAS_DEFAULT);
}

void Document::EndPage() {
  cairo_show_page(parts_->cairo.get());
}

Result<WipedBuffer> Document::End() && {
  if (parts_->failed)
    return Error{ErrorCode::kInternalError,
                 "no font IPAGothic (package fonts-ipafont-gothic), or a text too long for a QR code",
                 {}};
  const cairo_status_t drawing = cairo_status(parts_->cairo.get());
  cairo_surface_finish(parts_->surface.get());
  const cairo_status_t writing = cairo_surface_status(parts_->surface.get());
  if (drawing != CAIRO_STATUS_SUCCESS || writing != CAIRO_STATUS_SUCCESS)
    return Error{ErrorCode::kInternalError,
                 std::string("cairo: ") + cairo_status_to_string(drawing != CAIRO_STATUS_SUCCESS ? drawing : writing),
                 {}};
  parts_->surface.reset();
  return std::move(parts_->pdf);
}

}  // namespace madoguchi::account
