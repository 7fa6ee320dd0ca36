// SPDX-License-Identifier: Apache-2.0
// Names: what people of this facility know about names that cannot be used as they were received. The received name is
// never replaced: what is known stands beside it. A person is known by a keyed hash of insurer, symbol, number, branch,
// birth date, kana and the received name, so a mapping ends by itself when any of them changes, and says nothing about
// anybody without the key. Names are sealed (AES-256-GCM, key outside the database) with that hash as what they are
// about: a sealed name cannot be moved to another person. Thread: any. Ownership: all parts outlive it. Errors of
// name_book.h, INTERNAL_ERROR.
#pragma once
#include <string>
#include <vector>

#include "contract/crypto/seal.h"
#include "server/audit/trail.h"
#include "server/eligibility/answer.h"
#include "server/eligibility/name_notes.h"
#include "server/handoff/name_book.h"

namespace madoguchi::handoff {

// For audit::CheckOutcome::person_hashes: one per result, in their order; empty for a name that can be used as it was
// received.
std::vector<std::string> PersonHashes(const eligibility::Answer& answer, const audit::KeyedHash& keyed_hash);

class Names {
 public:
  Names(NameBook& book, const crypto::Seal& seal, const audit::KeyedHash& keyed_hash)
      : book_(book), seal_(seal), keyed_hash_(keyed_hash) {}

  // One per result, in their order. A book that cannot be asked knows nothing: the log says so, and the answer is not
  // held up for it.
  std::vector<eligibility::KnownName> Of(const eligibility::Answer& answer, Deadline deadline) const;
  // name: 1–kNameCharactersMax characters, all claim-safe (IsClaimSafe), none of them ●.
  Result<void> Propose(const NameSubject& subject, const std::string& name, Deadline deadline) const;
  // name: the proposal as the second person has read it; CHANGED_MEANWHILE when it is another by now. Empty: the one
  // that the result of the press showed; RESULT_GONE when it was made later.
  Result<void> Confirm(const NameSubject& subject, const std::string& name, Deadline deadline) const;
  Result<void> Remove(const NameSubject& subject, Deadline deadline) const;

 private:
  std::optional<std::string> Open(const std::string& person_hash, ByteView sealed) const;
  NameBook& book_;
  const crypto::Seal& seal_;
  const audit::KeyedHash& keyed_hash_;
};

}  // namespace madoguchi::handoff
