// SPDX-License-Identifier: Apache-2.0
// The monthly report of the trail as a person reads it, Japanese first, and as one CSV for a spreadsheet: a line says
// in its first cell which part of the report it belongs to. Thread: any; pure.
#pragma once
#include <string>

#include "madoguchi/v1/trail_review_service.pb.h"

namespace madoguchi::cli {

std::string ReportText(const v1::MakeTrailReportResponse& report);
std::string ReportCsv(const v1::MakeTrailReportResponse& report);

}  // namespace madoguchi::cli
