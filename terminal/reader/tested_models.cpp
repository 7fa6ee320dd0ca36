// SPDX-License-Identifier: Apache-2.0
#include "terminal/reader/tested_models.h"

#include <algorithm>
#include <array>
#include <cctype>

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

// " 00 00": index and slot, in hexadecimal digits, which the PC/SC service adds to every name.
constexpr std::size_t kSlotBytes = 6;

std::string_view WithoutSlot(std::string_view name) {
  if (name.size() < kSlotBytes) return name;
  const std::string_view end = name.substr(name.size() - kSlotBytes);
  const auto is_digit = [&end](std::size_t at) { return std::isxdigit(static_cast<unsigned char>(end[at])) != 0; };
  const bool slot = end[0] == ' ' && is_digit(1) && is_digit(2) && end[3] == ' ' && is_digit(4) && is_digit(5);
  return slot ? name.substr(0, name.size() - kSlotBytes) : name;
}

}  // namespace

std::optional<std::string_view> TestedModel(std::string_view reader) {
  for (const Model& model : kModels) {
    if (reader.find(model.in_reader_name) != std::string_view::npos) return model.shown;
  }
  return std::nullopt;
}

std::string ModelOf(std::string_view reader) {
  if (const std::optional<std::string_view> tested = TestedModel(reader)) return std::string(*tested);
  // "model [interface] (serial) 00 00"
  const std::string_view name = WithoutSlot(reader);
  std::string model(name.substr(0, std::min(name.find_first_of("[("), kModelBytesMax)));
  std::replace_if(
      model.begin(), model.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  while (!model.empty() && model.back() == ' ') model.pop_back();
  return model;
}

}  // namespace madoguchi::reader
