// SPDX-License-Identifier: Apache-2.0
#include "terminal/reader/reader_choice.h"

#include <algorithm>

namespace madoguchi::reader {
namespace {

std::vector<ReaderState> Named(const std::vector<ReaderState>& readers, const std::string& wanted) {
  std::vector<ReaderState> exact, beginning;
  for (const ReaderState& reader : readers) {
    if (reader.name == wanted) exact.push_back(reader);
    if (reader.name.compare(0, wanted.size(), wanted) == 0) beginning.push_back(reader);
  }
  return exact.empty() ? beginning : exact;
}

}  // namespace

Result<std::optional<ReaderState>> ChooseReader(const ReadersSeen& seen, const std::string& wanted) {
  if (!seen.service_available) return Error{ErrorCode::kPcscServiceUnavailable, "no PC/SC service answers", {}};
  const std::vector<ReaderState> readers = Named(seen.readers, wanted);
  if (readers.empty()) {
    return Error{ErrorCode::kNoReader, wanted.empty() ? "no reader" : "no reader of this name: " + wanted, {}};
  }
  std::optional<ReaderState> chosen;
  for (const ReaderState& reader : readers) {
    if (!reader.card_present) continue;
    if (chosen) return Error{ErrorCode::kSeveralCards, chosen->name + " | " + reader.name, {}};
    chosen = reader;
  }
  return chosen;
}

}  // namespace madoguchi::reader
