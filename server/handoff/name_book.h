// SPDX-License-Identifier: Apache-2.0
// NameBook: how this facility writes names that cannot be used as they were received (●, characters outside JIS X
// 0208). One entry per person, known by a keyed hash; the names are sealed before they come here. A name counts when
// two operators stand for it: who proposed it and who confirmed it. store/ implements it; each change is one
// transaction with its row in the trail, under the code of the operator who is signed in at the desk. Thread: any;
// calls block up to their deadline. Errors besides those named: DATABASE_….
#pragma once
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::handoff {

inline constexpr int kNameMappingsMax = 100'000;
inline constexpr std::size_t kNameCharactersMax = 60;
inline constexpr std::size_t kSealedNameBytesMax = 512;

struct SealedName {
  std::string person_hash;
  Bytes confirmed;       // sealed; empty: none
  Bytes proposal;        // sealed; empty: none waits
  bool shown = true;     // of a subject: the proposal was there before the press, so its result showed it
  bool by_self = false;  // of a subject: the operator who is signed in made the proposal
};

// A result of a press, as a desk speaks of it.
struct NameSubject {
  std::string desk_id;  // UUID text, of the desk's certificate
  Bytes press_id;       // 16 bytes
  int result = 0;       // 0-based place in the answer
};

class NameBook {
 public:
  virtual ~NameBook() = default;
  // What is known of these persons; those of whom nothing is known are left out.
  virtual Result<std::vector<SealedName>> Find(const std::vector<std::string>& person_hashes, Deadline deadline) = 0;
  // Whom this result is about, and what is known. RESULT_GONE: the press is not of this desk, has no such result, or is
  // older than an hour. OPERATOR_NEEDED: nobody is signed in.
  virtual Result<SealedName> Subject(const NameSubject& subject, Deadline deadline) = 0;
  // Waits for somebody else from now on, in place of any earlier proposal; a confirmed name stays until then.
  // OPERATOR_NEEDED · FIELD_INVALID (kNameMappingsMax are there).
  virtual Result<void> Propose(const NameSubject& subject, const std::string& person_hash, ByteView sealed,
                               Deadline deadline) = 0;
  // `proposal`: the very bytes that were read. NAME_MAPPING_REFUSED (none waits, or whoever is signed in proposed it) ·
  // CHANGED_MEANWHILE · OPERATOR_NEEDED.
  virtual Result<void> Confirm(const NameSubject& subject, const std::string& person_hash, ByteView proposal,
                               Deadline deadline) = 0;
  // Name and proposal are forgotten: the received name is all there is. NAME_MAPPING_REFUSED: there is none ·
  // OPERATOR_NEEDED.
  virtual Result<void> Remove(const NameSubject& subject, const std::string& person_hash, Deadline deadline) = 0;
};

}  // namespace madoguchi::handoff
