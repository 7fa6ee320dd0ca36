// SPDX-License-Identifier: Apache-2.0
// Any bytes as a signed note, a file of notes, a verifier key, a tombstone and a bundle of rows: they are refused with
// a code of the catalogue, or what was read is written as the same bytes again. By hand: cmake --preset fuzz && ninja
// -C build/fuzz trail_notes_fuzz && build/fuzz/bin/trail_notes_fuzz -max_total_time=600
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "contract/trail/checkpoint.h"
#include "contract/trail/entries.h"
#include "contract/trail/finding.h"
#include "contract/trail/retirement_rows.h"
#include "contract/trail/signed_notes.h"
#include "contract/trail/tombstone.h"

namespace {

using namespace madoguchi;         // NOLINT(google-build-using-namespace)
using namespace madoguchi::trail;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kOrigin = "madoguchi.clinic.example/trail";
constexpr std::string_view kKey =
    "madoguchi.clinic.example/trail+d3697b24+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

void Require(bool holds) {
  if (!holds) std::abort();
}

void ReadAsNote(std::string_view bytes) {
  const Result<VerifierKey> key = VerifierKey::Read(kKey);
  Require(key.ok());
  const Result<Checkpoint> opened = OpenCheckpoint(bytes, *key);
  Require(opened.ok() || opened.error().code == ErrorCode::kTrailCheckpointInvalid);
  const Result<Checkpoint> read = ReadCheckpoint(bytes);
  if (read) Require(bytes.starts_with(TextOf(*read)));
}

void ReadAsKeyOrTombstone(std::string_view bytes) {
  const Result<VerifierKey> key = VerifierKey::Read(bytes);
  Require(key.ok() ? key->Written() == bytes : key.error().code == ErrorCode::kTrailKeyInvalid);
  const Result<Tombstone> tombstone = ReadTombstone(bytes);
  if (!tombstone) return;
  Require(TextOf(*tombstone) == bytes);
  const std::vector<Tombstone> stones = {*tombstone};
  RetirementRows rows(stones);
  rows.See(bytes);
  rows.SeeTime(bytes);
  Findings findings;
  rows.Judge(findings);
  Require(findings.all().size() <= 1);
}

// Notes lie in the file one behind the other, and each ends where a line of a signature does; or it is no file of
// notes.
void ReadAsNotes(std::string_view bytes) {
  const std::vector<std::string> notes = NotesIn(bytes, kOrigin);
  Require(!notes.empty() && notes.size() <= kKeptNotesMax);
  if (notes.size() == 1 && notes[0] == bytes) return;
  std::size_t from = 0;
  for (const std::string& note : notes) {
    const std::size_t at = bytes.find(note, from);
    Require(at != std::string_view::npos && note.ends_with('\n'));
    from = at + note.size();
  }
}

void ReadAsRows(ByteView bytes) {
  std::vector<Entry> entries;
  ReadEntries(bytes, bytes.first(bytes.size() / kHashBytes * kHashBytes), entries);
  Require(entries.size() <= kBundleEntriesMax);
  for (const Entry& entry : entries) {
    Require(entry.line.empty() || (AsBytes(entry.line).data() >= bytes.data() &&
                                   AsBytes(entry.line).data() + entry.line.size() <= bytes.data() + bytes.size()));
    for (const char c : NameOf(entry.line).recorded_at) Require(c > ' ' && c < 0x7f);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadAsNote(bytes);
  ReadAsNotes(bytes);
  ReadAsKeyOrTombstone(bytes);
  ReadAsRows({data, size});
  return 0;
}
