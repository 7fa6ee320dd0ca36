// SPDX-License-Identifier: Apache-2.0
#include "terminal/reader/tested_models.h"

#include <array>

namespace madoguchi::reader {
namespace {

struct Model {
  std::string_view in_reader_name;  // what its driver writes into the PC/SC name
  std::string_view shown;
};

constexpr std::array kModels = {
    Model{"RC-S380/S", "Sony RC-S380/S"},
    Model{"USB-NFC4", "I-O DATA USB-NFC4"},
};

}  // namespace

std::optional<std::string_view> TestedModel(std::string_view reader) {
  for (const Model& model : kModels) {
    if (reader.find(model.in_reader_name) != std::string_view::npos) return model.shown;
  }
  return std::nullopt;
}

}  // namespace madoguchi::reader
