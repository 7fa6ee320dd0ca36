// SPDX-License-Identifier: Apache-2.0
// What the console of a test answers about the trail.
#include "tests/admin/cli/console_end.h"

namespace madoguchi::cli {
namespace {

void FillRow(v1::TrailEntry& entry) {
  entry.set_sequence(7);
  entry.set_recorded_at("2026-11-23T09:00:00.123456+09:00");
  entry.set_event("check.outcome");
  entry.set_event_ja("資格確認の結果");
  entry.set_desk_name("窓口1");
}

}  // namespace

grpc::Status Reviews::Search(grpc::ServerContext*, const v1::SearchTrailRequest* request,
                             v1::SearchTrailResponse* response) {
  ++searches;
  searched = *request;
  FillRow(*response->add_entries());
  response->set_next("1763856000123456-7");
  return grpc::Status::OK;
}

grpc::Status Reviews::Timeline(grpc::ServerContext*, const v1::ReadTimelineRequest* request,
                               v1::ReadTimelineResponse* response) {
  timeline = *request;
  FillRow(*response->add_entries());
  FillRow(*response->add_entries());
  response->mutable_entries(1)->set_after_ms(412);
  response->set_more(true);
  return grpc::Status::OK;
}

grpc::Status Reviews::Subject(grpc::ServerContext*, const v1::ReadSubjectRequest* request,
                              v1::ReadSubjectResponse* response) {
  subject = *request;
  FillRow(*response->add_entries());
  return grpc::Status::OK;
}

grpc::Status Reviews::WithoutSubject(grpc::ServerContext*, const v1::CountWithoutSubjectRequest* request,
                                     v1::CountWithoutSubjectResponse* response) {
  without = *request;
  v1::WithoutSubject& minute = *response->add_minutes();
  minute.set_minute("2026-11-23T09:00:00+09:00");
  minute.set_desk_name("窓口1");
  minute.set_checks(3);
  minute.set_not_to_be_found(2);
  return grpc::Status::OK;
}

grpc::Status Reviews::Rights(grpc::ServerContext*, const v1::ReadRightsRequest* request,
                             v1::ReadRightsResponse* response) {
  rights_of = request->day();
  v1::Right& right = *response->add_rights();
  right.set_kind("user");
  right.set_who("ada@clinic.example");
  right.set_right("auditor");
  response->set_trail_begins_at("2026-01-01T00:00:00.000000+09:00");
  return grpc::Status::OK;
}

grpc::Status Reviews::Report(grpc::ServerContext*, const v1::MakeTrailReportRequest* request,
                             v1::MakeTrailReportResponse* response) {
  reported = *request;
  response->set_month(request->month());
  response->set_checks(41);
  return grpc::Status::OK;
}

grpc::Status Reviews::MarkReviewed(grpc::ServerContext*, const v1::MarkReviewedRequest* request,
                                   v1::MarkReviewedResponse* response) {
  marked = *request;
  response->mutable_review()->set_size(request->size());
  response->mutable_review()->set_by("ada@clinic.example");
  return grpc::Status::OK;
}

grpc::Status Reviews::SaveSearch(grpc::ServerContext*, const v1::SaveTrailSearchRequest* request,
                                 v1::SaveTrailSearchResponse*) {
  saved = *request;
  return grpc::Status::OK;
}

grpc::Status Reviews::ListSearches(grpc::ServerContext*, const v1::ListTrailSearchesRequest*,
                                   v1::ListTrailSearchesResponse* response) {
  v1::SavedTrailSearch& search = *response->add_searches();
  search.set_name("回答");
  search.mutable_search()->set_event("check.outcome");
  search.mutable_search()->set_outcome("answered");
  return grpc::Status::OK;
}

grpc::Status Reviews::Export(grpc::ServerContext*, const v1::ExportTrailSearchRequest* request,
                             grpc::ServerWriter<v1::ExportTrailSearchResponse>* writer) {
  exported = *request;
  v1::ExportTrailSearchResponse piece;
  piece.set_content("sequence\r\n9\r\n8\r\n");
  piece.set_rows(2);
  writer->Write(piece);
  if (breaks) return Refusal(grpc::StatusCode::UNAVAILABLE, {});
  piece.set_content("7\r\n");
  piece.set_rows(1);
  writer->Write(piece);
  return grpc::Status::OK;
}

}  // namespace madoguchi::cli
