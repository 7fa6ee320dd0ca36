// SPDX-License-Identifier: Apache-2.0
// TrailReviewService: the trail as administrators and auditors read it. Every call goes through Guard. What is given
// away was read first and recorded second: a call whose own row cannot be written answers nothing. Thread: gRPC's
// synchronous threads. Owns nothing. Errors on the wire: wire_error.h; TRAIL_SEARCH_INVALID with the fields.
#pragma once
#include <semaphore>

#include "madoguchi/v1/trail_review_service.grpc.pb.h"
#include "server/audit/review_book.h"
#include "server/audit/trail.h"
#include "server/console/guard.h"
#include "server/console/trail_question.h"

namespace madoguchi::console {

inline constexpr std::chrono::seconds kTrailExportWithin{120};
inline constexpr std::size_t kTrailExportPageRows = 250;  // per message of the stream
inline constexpr int kTrailExportsAtOnce = 2;
inline constexpr std::size_t kSearchNameCharactersMax = 60;

class TrailReviewService final : public v1::TrailReviewService::Service {
 public:
  // All outlive the service.
  struct Parts {
    Guard& guard;
    audit::ReviewBook& book;
    audit::Trail& trail;
    const audit::KeyedHash& keys;
  };
  explicit TrailReviewService(const Parts& parts) : parts_(parts) {}

  grpc::Status Search(grpc::ServerContext* context, const v1::SearchTrailRequest* request,
                      v1::SearchTrailResponse* response) override;
  grpc::Status Timeline(grpc::ServerContext* context, const v1::ReadTimelineRequest* request,
                        v1::ReadTimelineResponse* response) override;
  grpc::Status Subject(grpc::ServerContext* context, const v1::ReadSubjectRequest* request,
                       v1::ReadSubjectResponse* response) override;
  grpc::Status WithoutSubject(grpc::ServerContext* context, const v1::CountWithoutSubjectRequest* request,
                              v1::CountWithoutSubjectResponse* response) override;
  grpc::Status Rights(grpc::ServerContext* context, const v1::ReadRightsRequest* request,
                      v1::ReadRightsResponse* response) override;
  grpc::Status Report(grpc::ServerContext* context, const v1::MakeTrailReportRequest* request,
                      v1::MakeTrailReportResponse* response) override;
  grpc::Status MarkReviewed(grpc::ServerContext* context, const v1::MarkReviewedRequest* request,
                            v1::MarkReviewedResponse* response) override;
  grpc::Status ListReviews(grpc::ServerContext* context, const v1::ListReviewsRequest* request,
                           v1::ListReviewsResponse* response) override;
  grpc::Status SaveSearch(grpc::ServerContext* context, const v1::SaveTrailSearchRequest* request,
                          v1::SaveTrailSearchResponse* response) override;
  grpc::Status ListSearches(grpc::ServerContext* context, const v1::ListTrailSearchesRequest* request,
                            v1::ListTrailSearchesResponse* response) override;
  grpc::Status DeleteSearch(grpc::ServerContext* context, const v1::DeleteTrailSearchRequest* request,
                            v1::DeleteTrailSearchResponse* response) override;
  grpc::Status Export(grpc::ServerContext* context, const v1::ExportTrailSearchRequest* request,
                      grpc::ServerWriter<v1::ExportTrailSearchResponse>* writer) override;

 private:
  // The rows of this question, with what was reviewed; TRAIL_SEARCH_INVALID with `refused` filled.
  Result<audit::ReviewPage> Ask(TrailQuestion& question, Deadline deadline, Refused& refused) const;
  Result<void> SetReviewed(TrailQuestion& question, Deadline deadline) const;
  static audit::Event RowOf(const Caller& caller, const char* action, const TrailQuestion& question,
                            const std::string& detail);
  // The row of this call. Nothing may be given away before it is there.
  Result<void> Record(const Caller& caller, const char* action, const TrailQuestion& question,
                      const std::string& detail, Deadline deadline) const;
  Result<void> WriteExport(audit::ReviewQuery query, v1::TrailExportFormat format,
                           grpc::ServerWriter<v1::ExportTrailSearchResponse>& writer, Deadline deadline) const;

  const Parts parts_;
  std::counting_semaphore<kTrailExportsAtOnce> exports_{kTrailExportsAtOnce};
};

}  // namespace madoguchi::console
