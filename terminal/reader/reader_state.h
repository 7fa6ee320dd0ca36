// SPDX-License-Identifier: Apache-2.0
// What is known of a reader at one moment. Values.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "contract/bytes.h"

namespace madoguchi::reader {

inline constexpr std::size_t kReadersMax = 16;  // of one PC/SC service, compiled into it (reference/virtual-card.md §1)
inline constexpr std::size_t kReaderNameBytesMax = 128;  // MAX_READERNAME of pcsc-lite

struct ReaderState {
  std::string name;  // holds index digits that change: for people, never the only key
  bool card_present = false;
  std::uint32_t card_events = 0;  // insertions and removals so far: two cards on one reader differ in this
  Bytes atr;                      // of the card, empty without one
  std::chrono::steady_clock::time_point card_seen = {};  // when this card was seen first
  bool operator==(const ReaderState&) const = default;
};

struct ReadersSeen {
  bool service_available = false;  // false: no PC/SC service answers
  std::vector<ReaderState> readers;
  bool operator==(const ReadersSeen&) const = default;
};

}  // namespace madoguchi::reader
