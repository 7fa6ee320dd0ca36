// SPDX-License-Identifier: Apache-2.0
// Entry bundles (C2SP tlog-tiles): up to 256 rows one behind the other, each as its length, 2 bytes big endian, and its
// line. Length 0: a row that was retired. Thread: any. Ownership: what is read points into the bundle.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "contract/bytes.h"
#include "contract/trail/merkle.h"

namespace madoguchi::trail {

inline constexpr std::size_t kEntryBytesMax = 65535;
inline constexpr std::size_t kBundleBytesMax = kTileWidth * (2 + kEntryBytesMax);
inline constexpr std::size_t kBundleEntriesMax =
    4 * kTileWidth;  // that are looked at, in a bundle that was tampered with

// Precondition: at most kEntryBytesMax bytes.
void AppendEntry(std::string_view line, Bytes& bundle);

struct Entry {
  std::string_view line;  // empty: retired
  Hash hash{};            // of `line`; not computed for a retired row
  bool repaired = false;  // its length did not fit what follows: the line ends where the next one begins
};

// What stands in a bundle, damaged or not, into `entries`. `expected`: the hashes of its tile, side by side, which tell
// a damaged length from a damaged row. Never reads outside of the bundle.
void ReadEntries(ByteView bundle, ByteView expected, std::vector<Entry>& entries);

}  // namespace madoguchi::trail
