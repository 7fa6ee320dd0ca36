// SPDX-License-Identifier: Apache-2.0
#include "server/audit/tree_store.h"

namespace madoguchi::audit {

trail::TileReader TilesOf(TreeStore& store, Deadline deadline) {
  return [&store, deadline](int level, std::uint64_t index, std::uint64_t width) {
    return store.Tile(level, index, width, deadline);
  };
}

}  // namespace madoguchi::audit
