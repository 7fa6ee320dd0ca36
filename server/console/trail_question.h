// SPDX-License-Identifier: Apache-2.0
// A question about the trail as it comes over the wire: checked, hashed, and named by its filters for the row that is
// written before it is answered. Pure, but for the keys. Thread: any. Numbers of a person go into the hashes and
// nowhere else.
#pragma once
#include <string>
#include <vector>

#include "madoguchi/v1/trail_review_service.pb.h"
#include "server/account/problem.h"
#include "server/audit/review_book.h"
#include "server/audit/trail.h"
#include "server/console/guard.h"

namespace madoguchi::console {

inline constexpr int kInsurancesMax = 10;               // of one question
inline constexpr std::chrono::hours kSpanMax{24 * 31};  // of what is counted by the minute
inline constexpr std::chrono::hours kAccountSpanUsual{24 * 31};

// What is asked, and which filters were used: "since,desk,patient_number".
struct TrailQuestion {
  audit::ReviewQuery query;
  std::string filters;
  account::Problems problems;  // any: nothing may be asked
  bool Refused() const { return account::Refuses(problems); }
};

TrailQuestion ReadSearch(const v1::SearchTrailRequest& request, const Caller& caller, const audit::KeyedHash& keys);
TrailQuestion ReadTimeline(const v1::ReadTimelineRequest& request, const Caller& caller);
TrailQuestion ReadSubject(const v1::ReadSubjectRequest& request, const Caller& caller, const audit::KeyedHash& keys);
TrailQuestion ReadWithoutSubject(const v1::CountWithoutSubjectRequest& request, const Caller& caller);
// Rows up to the end of the day, oldest first.
TrailQuestion ReadRights(const v1::ReadRightsRequest& request, const Caller& caller);

struct ReportQuestion {
  audit::ReportWish wish;
  account::Problems problems;
};
ReportQuestion ReadReport(const v1::MakeTrailReportRequest& request, const Caller& caller);

// Adds a problem of this field. TRAIL_SEARCH_INVALID of the store names "since": it took too long.
void AddProblem(account::Problems& problems, const std::string& field);

std::string PlaceText(const audit::ReviewPlace& place);

}  // namespace madoguchi::console
