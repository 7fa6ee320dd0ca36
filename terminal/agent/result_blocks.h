// SPDX-License-Identifier: Apache-2.0
// The blocks of one result (ResultOfQualificationConfirmation): each appears only when it was received. Labels: of the
// described screens, and of reference/eligibility-result.md §1 where 医療扶助 has its own.
#pragma once
namespace madoguchi::agent {
class Page;  // result_page.h
}

namespace madoguchi::v1 {
class QualificationResult;
class SearchInfo;
}  // namespace madoguchi::v1

namespace madoguchi::agent {

void ShowInsurance(const v1::QualificationResult& result, Page& page);
bool HasBackOfCard(const v1::QualificationResult& result);
void ShowBackOfCard(const v1::QualificationResult& result, Page& page);
void ShowElderly(const v1::QualificationResult& result, Page& page);
void ShowLimit(const v1::QualificationResult& result, Page& page);
void ShowSpecificDiseases(const v1::QualificationResult& result, Page& page);
void ShowTickets(const v1::QualificationResult& result, Page& page);
// What was asked for by numbers.
void ShowSearch(const v1::SearchInfo& search, Page& page);

}  // namespace madoguchi::agent
