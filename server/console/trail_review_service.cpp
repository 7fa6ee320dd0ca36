// SPDX-License-Identifier: Apache-2.0
#include "server/console/trail_review_service.h"

#include <chrono>

#include "server/audit/event.h"
#include "server/audit/rights.h"
#include "server/console/problems_wire.h"
#include "server/console/trail_answer.h"
#include "server/console/trail_refusal.h"
#include "server/console/wire_time.h"

namespace madoguchi::console {
namespace {

namespace action = audit::action;

std::string Said(const TrailQuestion& question, std::size_t rows) {
  return (question.filters.empty() ? "" : "filters=" + question.filters + " ") + "rows=" + std::to_string(rows);
}

std::int64_t MillisecondsBetween(const audit::ReviewRow& a, const audit::ReviewRow& b) {
  // Both as "2026-11-23T20:15:01.123456+09:00".
  const auto microseconds = [](const std::string& text) -> std::int64_t {
    const auto whole = TimeOf(text.substr(0, 19) + "+09:00");
    return whole ? whole->time_since_epoch().count() * 1'000'000 + std::stoll(text.substr(20, 6)) : 0;
  };
  return (microseconds(b[audit::Field::kRecordedAt]) - microseconds(a[audit::Field::kRecordedAt])) / 1000;
}

}  // namespace

Result<void> TrailReviewService::SetReviewed(TrailQuestion& question, Deadline deadline) const {
  const auto& codes = question.query.institution_codes;
  TRY_ASSIGN(const std::vector<audit::ReviewMark> marks, parts_.book.Marks(codes, deadline));
  question.query.reviewed_to = ReviewedTo(marks, codes);
  return {};
}

Result<audit::ReviewPage> TrailReviewService::Ask(TrailQuestion& question, Deadline deadline, Refused& refused) const {
  if (question.Refused()) return RefuseQuestion(question.problems, refused);
  TRY_VOID(SetReviewed(question, deadline));
  Result<audit::ReviewPage> page = parts_.book.Search(question.query, deadline);
  if (!page.ok()) return Explained(page.error(), refused);
  return page;
}

audit::Event TrailReviewService::RowOf(const Caller& caller, const char* word, const TrailQuestion& question,
                                       const std::string& detail) {
  audit::Event event;
  event.action = word;
  event.actor = caller.user_id;
  event.detail = detail;
  event.account_id = word == action::kAuditTimelineRead ? question.query.account_id : std::string();
  if (word == action::kAuditTimelineRead) event.press_id = UuidFromText(question.query.press_id);
  const auto& codes = question.query.institution_codes;
  if (codes.size() == 1) event.institution_code = codes.front();
  return event;
}

Result<void> TrailReviewService::Record(const Caller& caller, const char* word, const TrailQuestion& question,
                                        const std::string& detail, Deadline deadline) const {
  return parts_.trail.RecordEvent(RowOf(caller, word, question, detail), deadline);
}

grpc::Status TrailReviewService::Search(grpc::ServerContext* context, const v1::SearchTrailRequest* request,
                                        v1::SearchTrailResponse* response) {
  return parts_.guard.Serve(
      *context, "TrailReviewService/Search", *request,
      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
        TrailQuestion question = ReadSearch(*request, caller, parts_.keys);
        TRY_ASSIGN(const audit::ReviewPage page, Ask(question, deadline, refused));
        TRY_VOID(Record(caller, action::kAuditSearched, question, Said(question, page.rows.size()), deadline));
        for (const audit::ReviewRow& row : page.rows) FillEntry(row, *response->add_entries());
        if (page.next) response->set_next(PlaceText(*page.next));
        return {};
      });
}

grpc::Status TrailReviewService::Timeline(grpc::ServerContext* context, const v1::ReadTimelineRequest* request,
                                          v1::ReadTimelineResponse* response) {
  return parts_.guard.Serve(
      *context, "TrailReviewService/Timeline", *request,
      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
        TrailQuestion question = ReadTimeline(*request, caller);
        TRY_ASSIGN(const audit::ReviewPage page, Ask(question, deadline, refused));
        TRY_VOID(Record(caller, action::kAuditTimelineRead, question, Said(question, page.rows.size()), deadline));
        const audit::ReviewRow* before = nullptr;
        for (const audit::ReviewRow& row : page.rows) {
          v1::TrailEntry& entry = *response->add_entries();
          FillEntry(row, entry);
          if (before != nullptr) entry.set_after_ms(MillisecondsBetween(*before, row));
          before = &row;
        }
        response->set_more(page.next.has_value());
        return {};
      });
}

grpc::Status TrailReviewService::Subject(grpc::ServerContext* context, const v1::ReadSubjectRequest* request,
                                         v1::ReadSubjectResponse* response) {
  return parts_.guard.Serve(
      *context, "TrailReviewService/Subject", *request,
      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
        TrailQuestion question = ReadSubject(*request, caller, parts_.keys);
        TRY_ASSIGN(const audit::ReviewPage page, Ask(question, deadline, refused));
        TRY_VOID(Record(caller, action::kAuditSubjectRead, question, Said(question, page.rows.size()), deadline));
        for (const audit::ReviewRow& row : page.rows) FillEntry(row, *response->add_entries());
        if (page.next) response->set_next(PlaceText(*page.next));
        return {};
      });
}

grpc::Status TrailReviewService::WithoutSubject(grpc::ServerContext* context,
                                                const v1::CountWithoutSubjectRequest* request,
                                                v1::CountWithoutSubjectResponse* response) {
  return parts_.guard.Serve(*context, "TrailReviewService/WithoutSubject", *request,
                            [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                              const TrailQuestion question = ReadWithoutSubject(*request, caller);
                              if (question.Refused()) return RefuseQuestion(question.problems, refused);
                              const auto list = parts_.book.WithoutSubject(question.query, deadline);
                              if (!list.ok()) return Explained(list.error(), refused);
                              TRY_VOID(Record(caller, action::kAuditSubjectRead, question,
                                              "without_subject " + Said(question, list->minutes.size()), deadline));
                              for (const audit::WithoutSubjectMinute& line : list->minutes) {
                                v1::WithoutSubject& minute = *response->add_minutes();
                                minute.set_desk_id(line.desk_id);
                                minute.set_desk_name(line.desk_name);
                                minute.set_minute(line.minute);
                                minute.set_checks(line.checks);
                                minute.set_without_number(line.without_number);
                                minute.set_nobody_found(line.nobody_found);
                                minute.set_not_to_be_found(line.not_to_be_found);
                                minute.set_operators(line.operators);
                              }
                              response->set_more(list->more);
                              return {};
                            });
}

grpc::Status TrailReviewService::Rights(grpc::ServerContext* context, const v1::ReadRightsRequest* request,
                                        v1::ReadRightsResponse* response) {
  return parts_.guard.Serve(
      *context, "TrailReviewService/Rights", *request,
      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
        TrailQuestion question = ReadRights(*request, caller);
        if (question.Refused()) return RefuseQuestion(question.problems, refused);
        audit::Rights rights;
        for (std::size_t rows = 0; rows < audit::kRightsRowsMax; rows += question.query.rows) {
          const auto page = parts_.book.Search(question.query, deadline);
          if (!page.ok()) return Explained(page.error(), refused);
          for (const audit::ReviewRow& row : page->rows) rights.Add(row);
          question.query.after = page->next;
          if (!page->next) break;
        }
        if (question.query.after) return RefuseQuestion("rows", refused);
        TRY_ASSIGN(const audit::TrailBegin begin, parts_.book.Begin(deadline));
        const std::vector<audit::Right> standing = rights.Standing();
        TRY_VOID(Record(caller, action::kAuditRightsRead, question, Said(question, standing.size()), deadline));
        for (const audit::Right& right : standing) FillRight(right, *response->add_rights());
        response->set_trail_begins_at(begin.recorded_at);
        response->set_retired_before(begin.retired_before);
        return {};
      });
}

grpc::Status TrailReviewService::Report(grpc::ServerContext* context, const v1::MakeTrailReportRequest* request,
                                        v1::MakeTrailReportResponse* response) {
  return parts_.guard.Serve(
      *context, "TrailReviewService/Report", *request,
      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
        const ReportQuestion asked = ReadReport(*request, caller);
        if (account::Refuses(asked.problems)) return RefuseQuestion(asked.problems, refused);
        const auto report = parts_.book.Report(asked.wish, deadline);
        if (!report.ok()) return Explained(report.error(), refused);
        TrailQuestion question;
        question.query.institution_codes = asked.wish.institution_codes;
        TRY_VOID(Record(caller, action::kAuditReportMade, question,
                        "month=" + asked.wish.month + " checks=" + std::to_string(report->checks), deadline));
        FillReport(asked.wish, *report, caller.user_id, *response);
        return {};
      });
}

}  // namespace madoguchi::console
