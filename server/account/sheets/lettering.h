// SPDX-License-Identifier: Apache-2.0
// Draws a laid-out text so that what is read out of the PDF is exactly what was laid out: a letter the font lacks is
// drawn as 〓 (the mark printers use for it) with its own text beneath, and a variation selector stays with its letter.
// Thread: one at a time.
#pragma once
#include <cairo.h>
#include <pango/pangocairo.h>

namespace madoguchi::account {

// At (x, y), the layout's upper left corner. `font`: the layout's own at its size, where the mark comes from.
void DrawLetters(cairo_t* cairo, double x, double y, PangoLayout* layout, PangoFont* font);

}  // namespace madoguchi::account
