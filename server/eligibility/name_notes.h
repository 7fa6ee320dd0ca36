// SPDX-License-Identifier: Apache-2.0
// What to know about a person's name before it is copied. The received name itself is never changed: these are notes
// beside it. ● (U+25CF) is the only mark the published vocabulary has for a character that could not be mapped; other
// marks are ordinary characters here. Claims are written in JIS X 0208, and a name with another character in it has
// been refused there although it was copied exactly. Pure functions. Thread: any. Holds personal data: never logged.
// Source: reference/eligibility-result.md §4.1–2 (● may stay in a claim), JIS X 0208:1997.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace madoguchi::eligibility {

struct NameNotes {
  std::vector<std::uint32_t> unresolved;        // 0-based character positions of ●
  std::vector<std::string> outside_jis_x_0208;  // characters a claim may not hold, each once, in the order met
  // The name with the usual replacement of every such character; nothing when none is needed or one has none.
  std::optional<std::string> claim_safe_name;
  bool operator==(const NameNotes&) const = default;
  bool empty() const { return unresolved.empty() && outside_jis_x_0208.empty(); }
};

// name: UTF-8. Bytes that are no UTF-8 count as one character outside, which has no replacement.
NameNotes NotesOn(std::string_view name);

// Whether every character is in JIS X 0208 (half-width letters and kana are not). False for the empty name.
bool IsClaimSafe(std::string_view name);

// What people of this facility know about one result's name: confirmed by two of them, or waiting for the second.
struct KnownName {
  std::optional<std::string> confirmed, proposed;
};

}  // namespace madoguchi::eligibility
