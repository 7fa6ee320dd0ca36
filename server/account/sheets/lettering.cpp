// SPDX-License-Identifier: Apache-2.0
#include "server/account/sheets/lettering.h"

#include <memory>
#include <vector>

#include "contract/full_width.h"

namespace madoguchi::account {
namespace {

constexpr char kMark[] = "〓";

struct FreeIter {
  void operator()(PangoLayoutIter* iter) const { pango_layout_iter_free(iter); }
};

double Points(int units) {
  return static_cast<double>(units) / PANGO_SCALE;
}

// The mark's glyph in this font, at the origin; index 0 when it has none.
cairo_glyph_t MarkIn(cairo_scaled_font_t* font) {
  cairo_glyph_t* glyphs = nullptr;
  int count = 0;
  cairo_glyph_t mark{0, 0, 0};
  if (cairo_scaled_font_text_to_glyphs(font, 0, 0, kMark, -1, &glyphs, &count, nullptr, nullptr, nullptr) ==
          CAIRO_STATUS_SUCCESS &&
      count > 0)
    mark.index = glyphs[0].index;
  cairo_glyph_free(glyphs);
  return mark;
}

bool IsVariationSelector(const char* text, int bytes) {
  const char32_t value = ScalarAt({text, static_cast<std::size_t>(bytes)}, 0).value;
  return (value >= 0xFE00 && value <= 0xFE0F) || (value >= 0xE0100 && value <= 0xE01EF);
}

// One line, cluster by cluster. A cluster waits until the next one is seen: it may be a variation selector that belongs
// to it.
class Line {
 public:
  Line(cairo_t* cairo, PangoLayout* layout, cairo_scaled_font_t* own_font, double x, double baseline)
      : cairo_(cairo), text_(pango_layout_get_text(layout)), own_font_(own_font), x_(x), baseline_(baseline) {}

  void Add(PangoGlyphItem* run) {
    PangoGlyphItemIter cluster;
    for (gboolean more = pango_glyph_item_iter_init_start(&cluster, run, text_); more;
         more = pango_glyph_item_iter_next_cluster(&cluster))
      AddCluster(cluster);
  }
  void End() {
    if (!glyphs_.empty()) {
      const int bytes = end_ - begin_, count = static_cast<int>(glyphs_.size());
      const cairo_text_cluster_t whole{bytes, count};
      cairo_set_scaled_font(cairo_, font_);
      cairo_show_text_glyphs(cairo_, text_ + begin_, bytes, glyphs_.data(), count, &whole, 1,
                             static_cast<cairo_text_cluster_flags_t>(0));
    }
    glyphs_.clear();
  }

 private:
  void AddCluster(const PangoGlyphItemIter& cluster) {
    if (cluster.start_index == end_ && !glyphs_.empty() &&
        IsVariationSelector(text_ + cluster.start_index, cluster.end_index - cluster.start_index)) {
      end_ = cluster.end_index;
      return;
    }
    End();
    const PangoGlyphString& glyphs = *cluster.glyph_item->glyphs;
    font_ =
        pango_cairo_font_get_scaled_font(reinterpret_cast<PangoCairoFont*>(cluster.glyph_item->item->analysis.font));
    begin_ = cluster.start_index;
    end_ = cluster.end_index;
    const double from = x_;
    bool lacks = false;
    for (int i = cluster.start_glyph; i < cluster.end_glyph; ++i) {
      const PangoGlyphInfo& glyph = glyphs.glyphs[i];
      lacks = lacks || (glyph.glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0;
      if (glyph.glyph != PANGO_GLYPH_EMPTY)
        glyphs_.push_back(
            {glyph.glyph, x_ + Points(glyph.geometry.x_offset), baseline_ + Points(glyph.geometry.y_offset)});
      x_ += Points(glyph.geometry.width);
    }
    if (!lacks) return;
    font_ = own_font_;
    cairo_glyph_t mark = MarkIn(font_);
    cairo_text_extents_t extents;
    cairo_scaled_font_glyph_extents(font_, &mark, 1, &extents);
    glyphs_ = {{mark.index, from, baseline_}};
    x_ = from + extents.x_advance;
  }

  cairo_t* const cairo_;
  const char* const text_;
  cairo_scaled_font_t* const own_font_;
  double x_;
  const double baseline_;
  cairo_scaled_font_t* font_ = nullptr;
  std::vector<cairo_glyph_t> glyphs_;
  int begin_ = 0, end_ = 0;
};

}  // namespace

void DrawLetters(cairo_t* cairo, double x, double y, PangoLayout* layout, PangoFont* font) {
  cairo_scaled_font_t* own_font = pango_cairo_font_get_scaled_font(reinterpret_cast<PangoCairoFont*>(font));
  const std::unique_ptr<PangoLayoutIter, FreeIter> iter(pango_layout_get_iter(layout));
  do {
    PangoRectangle line;
    pango_layout_iter_get_line_extents(iter.get(), nullptr, &line);
    const double baseline = y + Points(pango_layout_iter_get_baseline(iter.get()));
    Line letters(cairo, layout, own_font, x + Points(line.x), baseline);
    const PangoLayoutLine* runs = pango_layout_iter_get_line_readonly(iter.get());
    for (GSList* run = runs->runs; run != nullptr; run = run->next)
      letters.Add(static_cast<PangoGlyphItem*>(run->data));
    letters.End();
  } while (pango_layout_iter_next_line(iter.get()));
}

}  // namespace madoguchi::account
