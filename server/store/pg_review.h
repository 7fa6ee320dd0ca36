// SPDX-License-Identifier: Apache-2.0
// PgReview: the trail as it is read, and the searches that users keep. The only rows written here are those of searches
// kept and removed, by `owner`. Thread: any. Ownership: `pool` outlives it; it is best a pool of its own, so that an
// auditor's question takes no connection from a check.
#pragma once
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "server/audit/review_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

inline constexpr std::chrono::days kReviewLately{62};    // a search that names no time looks here first
inline constexpr std::size_t kReviewConnectionsMax = 2;  // questions at once; a third waits up to its deadline

class PgReview final : public audit::ReviewBook {
 public:
  explicit PgReview(PgPool& pool, std::string owner = {}) : pool_(pool), owner_(std::move(owner)) {}
  Result<audit::ReviewPage> Search(const audit::ReviewQuery& query, Deadline deadline) override;
  Result<std::size_t> Count(const audit::ReviewQuery& query, std::size_t most, Deadline deadline) override;
  Result<audit::WithoutSubjectList> WithoutSubject(const audit::ReviewQuery& query, Deadline deadline) override;
  Result<audit::TrailReport> Report(const audit::ReportWish& wish, Deadline deadline) override;
  Result<audit::TrailBegin> Begin(Deadline deadline) override;
  Result<std::vector<audit::ReviewMark>> Marks(const std::vector<std::string>& institution_codes,
                                               Deadline deadline) override;
  Result<audit::TreeSpan> Span(std::int64_t from, std::int64_t size, Deadline deadline) override;
  Result<void> SaveSearch(const std::string& user_id, const std::string& name, const std::string& search,
                          const audit::Event& row, Deadline deadline) override;
  Result<std::vector<audit::SavedSearch>> Searches(const std::string& user_id, Deadline deadline) override;
  Result<void> DeleteSearch(const std::string& user_id, const std::string& name, const audit::Event& row,
                            Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
