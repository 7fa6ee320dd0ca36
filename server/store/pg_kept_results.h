// SPDX-License-Identifier: Apache-2.0
// PgKeptResults: handoff::KeptBook over the table kept_result. Thread: any. `pool` outlives it.
#pragma once
#include "server/handoff/kept_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgKeptResults final : public handoff::KeptBook {
 public:
  PgKeptResults(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::vector<handoff::DueRow>> TakeDue(const std::string& channel, const std::vector<std::string>& keys,
                                               Deadline deadline) override;
  Result<void> Delivered(const handoff::DueRow& row, const std::string& channel, const handoff::Delivery& delivery,
                         Deadline deadline) override;
  Result<void> Refused(const handoff::DueRow& row, const std::string& channel, ErrorCode code,
                       Deadline deadline) override;
  Result<void> Later(const handoff::DueRow& row, ErrorCode code, std::chrono::milliseconds pause,
                     Deadline deadline) override;
  Result<std::vector<handoff::DueRow>> ReadWaiting(const std::string& channel, const std::string& desk_id,
                                                   const std::vector<std::string>& keys, const std::string& reader,
                                                   Deadline deadline) override;
  Result<bool> Taken(const std::string& channel, const std::string& row_id, const std::string& reader,
                     Deadline deadline) override;
  Result<std::vector<std::string>> Confirm(const std::string& desk_id, const Bytes& press_id, bool same_person,
                                           Deadline deadline) override;
  Result<std::optional<handoff::ShownRow>> NewestShown(const std::string& desk_id, Deadline deadline) override;
  Result<void> RecordShown(const handoff::ShownRow& row, Deadline deadline) override;
  Result<std::vector<std::string>> Expire(const std::vector<std::string>& keys, Deadline deadline) override;
  Result<std::vector<std::string>> Living(const std::vector<std::string>& row_ids, Deadline deadline) override;
  Result<bool> ForgetEnded(Deadline deadline) override;
  Result<std::size_t> CountWaiting(const std::string& channel, Deadline deadline) override;
  Result<std::vector<handoff::StayedFile>> Stayed(const std::string& channel, std::chrono::minutes stay,
                                                  Deadline deadline) override;
  Result<void> Cleaned(std::int64_t number, Deadline deadline) override;
  Result<void> LookLater(std::int64_t number, Deadline deadline) override;
  Result<std::vector<handoff::ListedRow>> List(const handoff::ListWish& wish, Deadline deadline) override;
  Result<void> Retry(std::int64_t number, const std::vector<std::string>& institution_codes, const std::string& actor,
                     Deadline deadline) override;
  Result<std::string> Discard(std::int64_t number, const std::vector<std::string>& institution_codes,
                              const std::string& actor, Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
