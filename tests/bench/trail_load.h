// SPDX-License-Identifier: Apache-2.0
// Fills an empty database with a trail of years, as its owner: month partitions by COPY, every row's place in the tree,
// the tiles and the head, so that a server that starts on it finds nothing to do. The lines, hashes and tiles are the
// product's own code. Thread: one. Ownership: none kept. Errors: std::exception (a bench ends with what it says). Takes
// minutes for millions of rows; says each month on standard error. Sources: migrations/0004_trail.sql,
// proto/contract/trail/merkle.h.
#pragma once
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace madoguchi::bench {

struct LoadOrder {
  std::string owner_url;
  std::uint64_t seed = 1;
  std::uint64_t rows = 0;
  std::chrono::sys_days last_day{};   // the rows end about then
  std::string export_directory = {};  // also written as an export, signed; empty: not
};

// {"rows", "months", "line_bytes", "seconds"}
nlohmann::json Load(const LoadOrder& order);
// Bytes per row of the table, its indexes, the leaves and the tiles, with the totals they come from.
nlohmann::json Sizes(const std::string& owner_url);

}  // namespace madoguchi::bench
