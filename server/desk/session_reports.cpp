// SPDX-License-Identifier: Apache-2.0
// What a desk reports about its screen: into the trail, then taken. What cannot be recorded now is not taken: the desk
// sends it again.
#include <utility>

#include "contract/log.h"
#include "server/audit/event.h"
#include "server/desk/screen_wire.h"
#include "server/desk/session.h"

namespace madoguchi::desk {
namespace {

constexpr const char* kComponent = "desk";

}  // namespace

Result<void> Session::TakeScreenReport(const v1::ScreenReport& report) {
  if (report.report_id().size() != kPressIdBytes) return Error{ErrorCode::kMessageInvalid, "report: id", {}};
  Result<audit::Event> event = ReadScreenReport(report, desk_id_);
  // One that is not understood does not end the stream: the desk would send it again on each that follows, and check
  // nobody in between.
  if (!event && ++reports_refused_ > kReportsRefusedMax) return std::move(event).error();
  if (++reports_open_ > kReportsOpenMax) {
    --reports_open_;
    return Error{ErrorCode::kMessageInvalid, "report: too many at once", {}};
  }
  const bool posted =
      around_.paperwork.TryPost([self = shared_from_this(), report_id = report.report_id(), event = std::move(event)] {
        self->RecordReport(report_id, event);
        --self->reports_open_;
      });
  if (posted) return {};
  --reports_open_;
  around_.metrics.EventNotRecorded();
  log::Failure(kComponent, "report_not_recorded", {{"desk", desk_id_}, {"reason", "queue full"}});
  return {};
}

void Session::RecordReport(const std::string& report_id, const Result<audit::Event>& event) {
  const audit::Acting acting(Actor());
  Result<void> recorded = event ? around_.policy.record_report(Bytes(report_id.begin(), report_id.end()), *event,
                                                               Deadline::In(kPaperworkDeadline))
                                : Result<void>(event.error());
  if (!recorded && recorded.error().code != ErrorCode::kMessageInvalid) {
    around_.metrics.EventNotRecorded();
    return log::Report(kComponent, "report_not_recorded", recorded.error(), {{"desk", desk_id_}});
  }
  if (!recorded) {
    log::Report(kComponent, "report_refused", recorded.error(), {{"desk", desk_id_}});
    audit::Event refused{audit::action::kDeskReportRefused, desk_id_, {}, static_cast<int>(recorded.error().code), {}};
    refused.detail = (event ? event->action + ": " : std::string()) + recorded.error().detail;
    if (event) refused.press_id = event->press_id;
    if (!Record(OfThisAccount(std::move(refused)))) return;
  }
  v1::ServerMessage taken;
  taken.mutable_screen_report_taken()->set_report_id(report_id);
  stream_->Send(std::move(taken));
}

}  // namespace madoguchi::desk
