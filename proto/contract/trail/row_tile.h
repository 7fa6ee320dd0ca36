// SPDX-License-Identifier: Apache-2.0
// A tile of level 0 of an export and the rows that belong to it, as the files have them. Kept from tile to tile, so
// that millions of rows cost no memory of their own. Thread: one.
#pragma once
#include <cstdint>
#include <vector>

#include "contract/trail/entries.h"
#include "contract/trail/export_layout.h"

namespace madoguchi::trail {

struct RowTile {
  std::uint64_t first = 0, width = 0;  // leaves
  bool tile_there = false, tile_fits = false;
  Bytes hashes;  // of the tile, side by side; zeros when its file does not fit
  Bytes bundle;
  std::vector<Entry> entries;  // point into `bundle`

  Result<void> Load(const ExportReader& folder, std::uint64_t tree_size, std::uint64_t index);

  // How many places there are to look at: of leaves, and of rows behind the last one.
  std::uint64_t Places() const;
  bool IsThere(std::uint64_t place) const;
  // Does the row at this place have this hash?
  bool Has(std::uint64_t place, ByteView hash) const;
  // The hashes as the rows have them; where there is no row, as the tile has them.
  Bytes HashesOfRows() const;
};

inline ByteView HashIn(ByteView hashes, std::uint64_t place) {
  return hashes.subspan(place * kHashBytes, kHashBytes);
}

}  // namespace madoguchi::trail
