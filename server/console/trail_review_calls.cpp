// SPDX-License-Identifier: Apache-2.0
// TrailReviewService: marks of review, saved searches and exports.
#include <algorithm>
#include <utility>

#include "contract/full_width.h"
#include "server/audit/event.h"
#include "server/audit/review_export.h"
#include "server/console/stream_limit.h"
#include "server/console/trail_answer.h"
#include "server/console/trail_refusal.h"
#include "server/console/trail_review_service.h"

namespace madoguchi::console {
namespace {

namespace action = audit::action;

bool IsName(const std::string& text) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    const Scalar scalar = ScalarAt(text, at);
    if (scalar.bytes == 0 || IsInvisible(scalar.value)) return false;
    at += scalar.bytes;
  }
  return characters >= 1 && characters <= kSearchNameCharactersMax;
}

}  // namespace

grpc::Status TrailReviewService::MarkReviewed(grpc::ServerContext* context, const v1::MarkReviewedRequest* request,
                                              v1::MarkReviewedResponse* response) {
  return parts_.guard.Serve(
      *context, "TrailReviewService/MarkReviewed", *request,
      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
        TrailQuestion question;
        auto& codes = question.query.institution_codes;
        codes = caller.institution_codes;
        if (!request->institution_code().empty()) codes = {request->institution_code()};
        if (codes.size() > 1) return RefuseQuestion("institution_code", refused);  // one mark, one institution
        TRY_VOID(SetReviewed(question, deadline));
        const std::int64_t from = question.query.reviewed_to;
        TRY_ASSIGN(const audit::TreeSpan span, parts_.book.Span(from, request->size(), deadline));
        if (request->size() < 0 || span.size <= from) return RefuseQuestion("size", refused);
        TRY_VOID(Record(caller, action::kAuditReviewed, question, MarkDetail(span), deadline));
        TRY_ASSIGN(const std::vector<audit::ReviewMark> marks, parts_.book.Marks(codes, deadline));
        const auto own = std::find_if(marks.begin(), marks.end(), [&](const audit::ReviewMark& mark) {
          return mark.by == caller.user_id && MarkedSize(mark) == span.size;
        });
        if (own != marks.end()) FillReview(*own, *response->mutable_review());
        return {};
      });
}

grpc::Status TrailReviewService::ListReviews(grpc::ServerContext* context, const v1::ListReviewsRequest* request,
                                             v1::ListReviewsResponse* response) {
  return parts_.guard.Serve(*context, "TrailReviewService/ListReviews", *request,
                            [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                              TRY_ASSIGN(const std::vector<audit::ReviewMark> marks,
                                         parts_.book.Marks(caller.institution_codes, deadline));
                              TRY_ASSIGN(const audit::TreeSpan span, parts_.book.Span(0, 0, deadline));
                              TrailQuestion question;
                              question.query.institution_codes = caller.institution_codes;
                              TRY_VOID(Record(caller, action::kAuditSearched, question,
                                              "filters=reviews rows=" + std::to_string(marks.size()), deadline));
                              for (const audit::ReviewMark& mark : marks) FillReview(mark, *response->add_reviews());
                              response->set_size(span.size);
                              return {};
                            });
}

grpc::Status TrailReviewService::SaveSearch(grpc::ServerContext* context, const v1::SaveTrailSearchRequest* request,
                                            v1::SaveTrailSearchResponse*) {
  return parts_.guard.Serve(
      *context, "TrailReviewService/SaveSearch", *request,
      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
        if (!IsName(request->name())) return RefuseQuestion("name", refused);
        const v1::SearchTrailRequest& search = request->search();
        const TrailQuestion question = ReadSearch(search, caller, parts_.keys);
        if (question.Refused()) return RefuseQuestion(question.problems, refused);
        const std::string text = search.SerializeAsString();
        if (search.has_patient() || !search.before().empty() || text.size() > audit::kSavedSearchBytesMax)
          return RefuseQuestion("search", refused);
        // What it is called is the user's own text: not in the trail.
        const audit::Event row = RowOf(caller, action::kAuditSearchSaved, question, "filters=" + question.filters);
        const Result<void> saved = parts_.book.SaveSearch(caller.user_id, request->name(), text, row, deadline);
        return saved.ok() ? saved : Result<void>(Explained(saved.error(), refused));
      });
}

grpc::Status TrailReviewService::ListSearches(grpc::ServerContext* context, const v1::ListTrailSearchesRequest* request,
                                              v1::ListTrailSearchesResponse* response) {
  return parts_.guard.Serve(*context, "TrailReviewService/ListSearches", *request,
                            [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                              TRY_ASSIGN(const std::vector<audit::SavedSearch> searches,
                                         parts_.book.Searches(caller.user_id, deadline));
                              for (const audit::SavedSearch& saved : searches) {
                                v1::SavedTrailSearch& search = *response->add_searches();
                                search.set_name(saved.name);
                                search.set_saved_at(saved.saved_at);
                                if (!search.mutable_search()->ParseFromString(saved.search))
                                  return Error{ErrorCode::kInternalError, "a saved search cannot be read", {}};
                              }
                              return {};
                            });
}

grpc::Status TrailReviewService::DeleteSearch(grpc::ServerContext* context, const v1::DeleteTrailSearchRequest* request,
                                              v1::DeleteTrailSearchResponse*) {
  return parts_.guard.Serve(*context, "TrailReviewService/DeleteSearch", *request,
                            [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                              return parts_.book.DeleteSearch(caller.user_id, request->name(),
                                                              RowOf(caller, action::kAuditSearchRemoved, {}, ""),
                                                              deadline);
                            });
}

Result<void> TrailReviewService::WriteExport(audit::ReviewQuery query, v1::TrailExportFormat format,
                                             grpc::ServerWriter<v1::ExportTrailSearchResponse>& writer,
                                             Deadline deadline) const {
  const bool is_csv = format != v1::TRAIL_EXPORT_FHIR;
  v1::ExportTrailSearchResponse piece;
  if (format == v1::TRAIL_EXPORT_CSV_EXCEL) piece.set_content(audit::kByteOrderMark);
  if (is_csv) *piece.mutable_content() += audit::CsvHeader();
  query.rows = kTrailExportPageRows;
  for (std::size_t written = 0; written <= audit::kReviewExportRowsMax; written += kTrailExportPageRows) {
    TRY_ASSIGN(const audit::ReviewPage page, parts_.book.Search(query, deadline));
    for (const audit::ReviewRow& row : page.rows)
      *piece.mutable_content() += is_csv ? audit::CsvLine(row) : audit::FhirLine(row);
    piece.set_rows(static_cast<std::uint32_t>(page.rows.size()));
    if (!writer.Write(piece) || !page.next) return {};  // nobody reads, or that was all
    query.after = page.next;
    piece.Clear();
  }
  return {};
}

grpc::Status TrailReviewService::Export(grpc::ServerContext* context, const v1::ExportTrailSearchRequest* request,
                                        grpc::ServerWriter<v1::ExportTrailSearchResponse>* writer) {
  return parts_.guard.Serve(
      *context, "TrailReviewService/Export", *request,
      [&](const Caller& caller, Deadline, Refused& refused) -> Result<void> {
        const Deadline deadline = Deadline::In(kTrailExportWithin);
        const bool has_format = v1::TrailExportFormat_IsValid(request->format()) &&
                                request->format() != v1::TRAIL_EXPORT_FORMAT_UNSPECIFIED;
        if (!has_format) return RefuseQuestion("format", refused);
        v1::SearchTrailRequest search = request->search();
        search.clear_page_size();
        search.clear_before();
        TrailQuestion question = ReadSearch(search, caller, parts_.keys);
        if (question.Refused()) return RefuseQuestion(question.problems, refused);
        TRY_VOID(SetReviewed(question, deadline));
        // It begins at the newest row there is now: what comes later, as the row of this call, is not in it.
        question.query.rows = 1;
        const auto newest = parts_.book.Search(question.query, deadline);
        if (!newest.ok()) return Explained(newest.error(), refused);
        question.query.after = newest->first
                                   ? audit::ReviewPlace{newest->first->recorded_us, newest->first->sequence + 1}
                                   : audit::ReviewPlace{};
        const auto rows = parts_.book.Count(question.query, audit::kReviewExportRowsMax + 1, deadline);
        if (!rows.ok()) return Explained(rows.error(), refused);
        if (*rows > audit::kReviewExportRowsMax) return RefuseQuestion("rows", refused);
        if (!exports_.try_acquire()) return Error{ErrorCode::kServerBusy, "other exports are running", {}};
        const std::string format = v1::TrailExportFormat_Name(request->format());
        Result<void> done = Record(caller, action::kAuditSearchExported, question,
                                   (question.filters.empty() ? "" : "filters=" + question.filters + " ") +
                                       "rows=" + std::to_string(*rows) + " format=" + format,
                                   deadline);
        if (done.ok()) {
          const StreamLimit limit(*context, deadline);
          done = WriteExport(question.query, request->format(), *writer, deadline);
        }
        exports_.release();
        return done.ok() ? done : Result<void>(Explained(done.error(), refused));
      });
}

}  // namespace madoguchi::console
