// SPDX-License-Identifier: Apache-2.0
// Rows and reports of the trail as they go over the wire, with what their words and codes mean. Thread: any; pure.
#pragma once
#include <string>
#include <vector>

#include "madoguchi/v1/trail_review_service.pb.h"
#include "server/audit/review_book.h"
#include "server/audit/rights.h"

namespace madoguchi::console {

void FillEntry(const audit::ReviewRow& row, v1::TrailEntry& entry);
void FillRight(const audit::Right& right, v1::Right& message);
void FillReport(const audit::ReportWish& wish, const audit::TrailReport& report, const std::string& made_by,
                v1::MakeTrailReportResponse& response);

// A mark's row says what it covers: "size=120 from=2026-… to=2026-…".
std::string MarkDetail(const audit::TreeSpan& span);
std::int64_t MarkedSize(const audit::ReviewMark& mark);
void FillReview(const audit::ReviewMark& mark, v1::Review& review);
// The greatest size that a mark covers which counts for this reader: of the whole organisation, or of the reader's only
// institution. 0: none.
std::int64_t ReviewedTo(const std::vector<audit::ReviewMark>& marks, const std::vector<std::string>& institution_codes);

}  // namespace madoguchi::console
