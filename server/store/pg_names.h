// SPDX-License-Identifier: Apache-2.0
// PgNames: handoff::NameBook over name_mapping and name_subject. Thread: any. `pool` outlives it.
#pragma once
#include "server/handoff/name_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgNames final : public handoff::NameBook {
 public:
  // `owner`: this server process, on rows of the trail.
  PgNames(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::vector<handoff::SealedName>> Find(const std::vector<std::string>& person_hashes,
                                                Deadline deadline) override;
  Result<handoff::SealedName> Subject(const handoff::NameSubject& subject, Deadline deadline) override;
  Result<void> Propose(const handoff::NameSubject& subject, const std::string& person_hash, ByteView sealed,
                       Deadline deadline) override;
  Result<void> Confirm(const handoff::NameSubject& subject, const std::string& person_hash, ByteView proposal,
                       Deadline deadline) override;
  Result<void> Remove(const handoff::NameSubject& subject, const std::string& person_hash, Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
