// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/row_tile.h"

#include <algorithm>

namespace madoguchi::trail {

Result<void> RowTile::Load(const ExportReader& folder, std::uint64_t tree_size, std::uint64_t index) {
  first = index * kTileWidth;
  width = std::min(kTileWidth, tree_size - first);
  TRY_ASSIGN(tile_there, folder.Tile(0, index, width, hashes));
  tile_fits = hashes.size() == width * kHashBytes;
  if (!tile_fits) hashes.assign(width * kHashBytes, 0);
  TRY_ASSIGN(const std::uint64_t rows, folder.Entries(index, width, bundle));
  ReadEntries(bundle, hashes, entries);
  if (rows > width && entries.size() > width) entries.resize(width);
  return {};
}

std::uint64_t RowTile::Places() const {
  return std::max<std::uint64_t>(width, entries.size());
}

bool RowTile::IsThere(std::uint64_t place) const {
  return place < entries.size() && (!entries[place].line.empty() || entries[place].repaired);
}

bool RowTile::Has(std::uint64_t place, ByteView hash) const {
  return IsThere(place) && std::equal(hash.begin(), hash.end(), entries[place].hash.begin());
}

Bytes RowTile::HashesOfRows() const {
  Bytes of_rows = hashes;
  for (std::uint64_t place = 0; place < width; ++place) {
    if (IsThere(place)) {
      const Hash& hash = entries[place].hash;
      std::copy(hash.begin(), hash.end(), of_rows.begin() + static_cast<std::ptrdiff_t>(place * kHashBytes));
    }
  }
  return of_rows;
}

}  // namespace madoguchi::trail
