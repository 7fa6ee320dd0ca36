// SPDX-License-Identifier: Apache-2.0
// Reader models that the described system names as tested. A part of the list only: a model that is not here may work
// as well. Source: reference/system-described.md S18.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace madoguchi::reader {

inline constexpr std::string_view kTestedModelsDate = "2024-05-22";
inline constexpr std::string_view kTestedModelsNoteJa =
    "動作確認済み機種の一部です(2024-05-22現在)。載っていない機種も使えることがあります。";
inline constexpr std::string_view kTestedModelsNoteEn =
    "Part of the list of tested models (as of 2024-05-22); a model that is not on it may work as well.";

// "maker model" when the reader's name tells one of them.
std::optional<std::string_view> TestedModel(std::string_view reader);

// For figures by model: the tested model, else the name of its driver without serial numbers, interfaces and slots, so
// that the same model has the same word at every desk. At most kModelBytesMax bytes, printable ASCII.
inline constexpr std::size_t kModelBytesMax = 60;
std::string ModelOf(std::string_view reader);

}  // namespace madoguchi::reader
