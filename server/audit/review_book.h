// SPDX-License-Identifier: Apache-2.0
// ReviewBook: the seam for reading the trail; store/ implements it. Who reads is recorded by the caller before it gives
// anything away; a search that is kept or removed has its row in the same transaction. Thread: any; calls block up to
// their deadline, a statement at most the store's own time. Errors: DATABASE_… · TRAIL_SEARCH_INVALID with the detail
// "since": the question took too long.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"
#include "server/audit/review_report.h"
#include "server/audit/review_row.h"
#include "server/audit/trail.h"

namespace madoguchi::audit {

inline constexpr std::size_t kReviewPageUsual = 50;
inline constexpr std::size_t kReviewPageMax = 500;     // of a search
inline constexpr std::size_t kTimelineRowsMax = 2000;  // of one question that is not paged
inline constexpr std::size_t kReviewExportRowsMax = 100'000;
inline constexpr std::size_t kReviewHashesMax = 16 * 11;  // keys × numbers of one question
inline constexpr std::size_t kReviewMarksMax = 200;
inline constexpr std::size_t kSavedSearchesMax = 50;  // of one user
inline constexpr std::size_t kSavedSearchBytesMax = 2048;
inline constexpr std::size_t kReviewTextBytesMax = 200;  // of one text that is searched for

// Where a page ended.
struct ReviewPlace {
  std::int64_t recorded_us = 0;  // since 1970-01-01T00:00:00Z
  std::int64_t sequence = 0;
};

// What is empty does not matter. Times: RFC 3339.
struct ReviewQuery {
  std::string since, until;
  std::string desk_id, account_id, operator_code, actor, press_id, inquiry_id;
  std::vector<std::string> actions;  // any of them
  enum class Outcome { kAny, kAnswered, kRefused } outcome = Outcome::kAny;
  int code = 0;
  std::vector<std::string> institution_codes;  // any of them; none: every row
  std::int64_t reviewed_to = 0;                // rows whose place is before this one were reviewed; 0: none
  bool not_reviewed = false;                   // only the others
  // Every row of every press that has one of these. `of_patient` with none of them: nothing is found.
  bool of_patient = false;
  std::vector<std::string> patient_hashes, insurance_hashes;
  bool oldest_first = false;
  std::size_t rows = kReviewPageUsual;  // at most kTimelineRowsMax
  std::optional<ReviewPlace> after;     // the page goes on behind this row
};

struct ReviewPage {
  std::vector<ReviewRow> rows;
  std::optional<ReviewPlace> first;  // of the first row; nothing: there is none
  std::optional<ReviewPlace> next;   // nothing: that was all
};

// A mark is a row of the trail, audit.reviewed; its detail says "size=… from=… to=…".
struct ReviewMark {
  std::string at, by, institution_code;  // of the whole organisation when that is empty
  std::int64_t sequence = 0;
  std::string detail;
};
// The tree up to a size: when its first row since `from` and its last one were recorded.
struct TreeSpan {
  std::int64_t size = 0;
  std::string from, to;
};
struct TrailBegin {
  std::string recorded_at;  // of the oldest row; empty: there is none
  bool retired_before = false;
};
struct SavedSearch {
  std::string name, saved_at;
  std::string search;  // as it was given
};

class ReviewBook {
 public:
  virtual ~ReviewBook() = default;
  virtual Result<ReviewPage> Search(const ReviewQuery& query, Deadline deadline) = 0;
  // How many rows it would find, counted up to `most`.
  virtual Result<std::size_t> Count(const ReviewQuery& query, std::size_t most, Deadline deadline) = 0;
  virtual Result<WithoutSubjectList> WithoutSubject(const ReviewQuery& query, Deadline deadline) = 0;
  virtual Result<TrailReport> Report(const ReportWish& wish, Deadline deadline) = 0;
  virtual Result<TrailBegin> Begin(Deadline deadline) = 0;

  // Newest first, at most kReviewMarksMax. None of institution_codes: all.
  virtual Result<std::vector<ReviewMark>> Marks(const std::vector<std::string>& institution_codes,
                                                Deadline deadline) = 0;
  // size: 0 is the whole tree; more than it has becomes what it has.
  virtual Result<TreeSpan> Span(std::int64_t from, std::int64_t size, Deadline deadline) = 0;

  // FIELD_INVALID with the detail "name": the user has kSavedSearchesMax others.
  virtual Result<void> SaveSearch(const std::string& user_id, const std::string& name, const std::string& search,
                                  const Event& row, Deadline deadline) = 0;
  virtual Result<std::vector<SavedSearch>> Searches(const std::string& user_id, Deadline deadline) = 0;
  // SAVED_SEARCH_UNKNOWN.
  virtual Result<void> DeleteSearch(const std::string& user_id, const std::string& name, const Event& row,
                                    Deadline deadline) = 0;
};

}  // namespace madoguchi::audit
