// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_screen_reports.h"

#include "server/store/event_statements.h"
#include "server/store/trail_partitions.h"

namespace madoguchi::store {
namespace {

// A desk's reports are taken one after the other: a second copy sees the first.
constexpr char kLockDesk[] = "SELECT pg_advisory_xact_lock(hashtext('madoguchi.screen_reports'), hashtext($1))";
constexpr char kPress[] = R"(
  SELECT account_id, institution_code, coalesce(trace_id, '') AS trace_id FROM press WHERE press_id = $1::uuid AND desk_id = $2::uuid AND ended_at IS NOT NULL)";
constexpr int kDays = 8;  // as long as presses are kept, and a day
constexpr char kThere[] =
    "SELECT FROM audit_event WHERE record_id = $1::uuid AND recorded_at > $2::timestamptz "
    "AND recorded_at < $3::timestamptz";
constexpr char kOfPress[] = R"(
  SELECT count(*) FROM audit_event WHERE press_id = $1::uuid AND action LIKE 'desk.result\_%'
    AND recorded_at > $2::timestamptz AND recorded_at < $3::timestamptz)";

}  // namespace

Result<void> PgScreenReports::Record(const Bytes& report_id, const audit::Event& event, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kLockDesk, event.desk_id);
    const std::string record_id = UuidText(report_id);
    const TrailSpan span = LastDays(transaction, kDays);
    if (!transaction.exec_params(kThere, record_id, span.from, span.until).empty()) return {};
    audit::Event whole = event;
    if (event.press_id) {
      const std::string press_id = UuidText(*event.press_id);
      const pqxx::result press = transaction.exec_params(kPress, press_id, event.desk_id);
      if (press.empty()) return Error{ErrorCode::kMessageInvalid, "no press of this desk that ended", {}};
      if (transaction.exec_params1(kOfPress, press_id, span.from, span.until)[0].as<int>() >= kReportsPerPressMax)
        return Error{ErrorCode::kMessageInvalid, "too many reports of one press", {}};
      whole.account_id = press[0]["account_id"].c_str();
      whole.institution_code = press[0]["institution_code"].c_str();
      whole.trace_id = press[0]["trace_id"].c_str();
    }
    WriteEventAs(transaction, record_id, whole, owner_);
    return {};
  });
}

}  // namespace madoguchi::store
