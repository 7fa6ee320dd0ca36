// SPDX-License-Identifier: Apache-2.0
// ExportFolder: writes rows and tiles as an export while they are made, with the product's own writer, and signs its
// end with a key of its own. RawHashing: what verifying is compared to. Thread: one. Errors: std::exception.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "contract/trail/export_layout.h"
#include "contract/trail/merkle.h"

namespace madoguchi::bench {

inline constexpr char kOriginOfExport[] = "bench.invalid/trail";

class ExportFolder {
 public:
  explicit ExportFolder(const std::string& folder);
  void Add(std::string_view line);
  void Add(const trail::Tile& tile);
  // The partial tiles, the checkpoint, and the key in the file `key` of the folder.
  void Complete(const trail::Edge& edge);

 private:
  trail::ExportWriter writer_;
  Bytes bundle_;
  std::uint64_t lines_ = 0;
};

// SHA-256 of the lines of an export, each by itself and all in one, without reading and parsing them, in processor
// seconds:
// {"rows", "bytes", "each_row_s", "all_in_one_s"}
nlohmann::json RawHashing(const std::string& folder);

}  // namespace madoguchi::bench
