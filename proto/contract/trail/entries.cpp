// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/entries.h"

#include <algorithm>

namespace madoguchi::trail {
namespace {

constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kEntriesAhead = 8;
constexpr std::string_view kLineHead = "{\"v\":";

std::size_t LengthAt(std::string_view bundle, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bundle[at])) << 8 |
         static_cast<unsigned char>(bundle[at + 1]);
}

// Could an entry begin here? It does when its line or, by the lengths, one of the next lines begins as lines do: the
// next ones may have been changed, too.
bool Plausible(std::string_view bundle, std::size_t at) {
  for (std::size_t entry = 0; entry < kEntriesAhead && at != bundle.size(); ++entry) {
    if (at + kLengthBytes > bundle.size()) return false;
    const std::size_t length = LengthAt(bundle, at);
    at += kLengthBytes;
    if (length == 0 || bundle.substr(at).starts_with(kLineHead)) return true;
    if (length > bundle.size() - at) return false;
    at += length;
  }
  return at == bundle.size();
}

bool IsExpected(const Hash& hash, ByteView expected, std::size_t place) {
  return (place + 1) * kHashBytes <= expected.size() &&
         std::equal(hash.begin(), hash.end(), expected.begin() + static_cast<std::ptrdiff_t>(place * kHashBytes));
}

Entry EntryOf(std::string_view line, bool repaired) {
  return {line, line.empty() ? Hash{} : LeafHash(AsBytes(line)), repaired};
}

}  // namespace

void AppendEntry(std::string_view line, Bytes& bundle) {
  bundle.push_back(static_cast<std::uint8_t>(line.size() >> 8));
  bundle.push_back(static_cast<std::uint8_t>(line.size()));
  bundle.insert(bundle.end(), line.begin(), line.end());
}

void ReadEntries(ByteView bytes, ByteView expected, std::vector<Entry>& entries) {
  entries.clear();
  const std::string_view bundle = AsText(bytes);
  std::size_t at = 0;
  while (at < bundle.size() && entries.size() < kBundleEntriesMax) {
    const std::size_t begin = std::min(at + kLengthBytes, bundle.size());
    const std::size_t length = begin == at + kLengthBytes ? LengthAt(bundle, at) : 0;
    std::size_t end = begin + length;
    const bool fits = begin == at + kLengthBytes && end <= bundle.size();
    Entry entry = EntryOf(fits ? bundle.substr(begin, length) : std::string_view(), false);
    const bool good = fits && length > 0 && IsExpected(entry.hash, expected, entries.size());
    if (!good && !(fits && Plausible(bundle, end))) {
      // The next line's first bytes end this one, less the next one's length.
      const std::size_t next = bundle.find(kLineHead, begin + kLineHead.size());
      end = next == std::string_view::npos ? bundle.size() : next - kLengthBytes;
      entry = EntryOf(bundle.substr(begin, end - begin), true);
    }
    entries.push_back(entry);
    at = end;
  }
}

}  // namespace madoguchi::trail
