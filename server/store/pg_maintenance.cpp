// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_maintenance.h"

#include "server/audit/event.h"
#include "server/store/event_statements.h"
#include "server/store/tell_people.h"

namespace madoguchi::store {
namespace {

constexpr char kLock[] = "SELECT pg_advisory_xact_lock(hashtext('madoguchi.maintenance'))";
constexpr char kOpenOnes[] = "SELECT count(*) FROM maintenance WHERE closed_at IS NULL";
constexpr char kOpen[] = R"(
  INSERT INTO maintenance (company, plan, opened_by, expected_until)
  VALUES ($1, $2, $3, clock_timestamp() + $4::int * interval '1 minute') RETURNING number)";
constexpr char kClose[] = R"(
  UPDATE maintenance SET closed_by = $2, closed_at = clock_timestamp(), done = $3 WHERE number = $1::bigint AND closed_at IS NULL
  RETURNING extract(epoch FROM closed_at - opened_at)::int AS seconds, company,
    closed_at > expected_until AS late)";
constexpr char kOverdue[] = R"(
  SELECT number, company FROM maintenance WHERE closed_at IS NULL AND expected_until < clock_timestamp() ORDER BY number LIMIT $1::int)";

const std::string& ListSql() {
  static const std::string sql =
      "SELECT number, company, plan, opened_by, " + TimeSql("opened_at") + " AS opened_at, " +
      TimeSql("expected_until") + " AS expected_until, coalesce(closed_by, '') AS closed_by, " + TimeSql("closed_at") +
      " AS closed_at, coalesce(done, '') AS done, closed_at IS NULL AND expected_until < clock_timestamp() AS overdue "
      "FROM maintenance ORDER BY closed_at IS NOT NULL, number DESC LIMIT $1::int";
  return sql;
}

// Company, plan and what was done are of the facility and its vendor, never of a patient: they belong into the trail.
audit::Event EventOf(const char* action, std::int64_t number, const std::string& company, const std::string& text,
                     const std::string& by) {
  audit::Event event;
  event.action = action;
  event.detail = "number=" + std::to_string(number) + " company=" + company + (text.empty() ? "" : " " + text);
  event.actor = by;
  return event;
}

}  // namespace

Result<std::vector<console::MaintenanceFacts>> PgMaintenance::List(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<console::MaintenanceFacts>> {
    std::vector<console::MaintenanceFacts> all;
    for (const pqxx::row& row : transaction.exec_params(ListSql(), console::kMaintenanceListed)) {
      all.push_back({row["number"].as<std::int64_t>(), row["company"].c_str(), row["plan"].c_str(),
                     row["opened_by"].c_str(), row["opened_at"].c_str(), row["expected_until"].c_str(),
                     row["closed_by"].c_str(), row["closed_at"].c_str(), row["done"].c_str(),
                     row["overdue"].as<bool>()});
    }
    return all;
  });
}

Result<std::int64_t> PgMaintenance::Open(const std::string& company, const std::string& plan,
                                         std::chrono::minutes expected, const std::string& by, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::int64_t> {
    transaction.exec(kLock);
    if (transaction.exec(kOpenOnes)[0][0].as<int>() >= console::kMaintenanceOpenMax)
      return Error{ErrorCode::kServerBusy, "too many are open", {}};
    const auto number =
        transaction.exec_params(kOpen, company, plan, by, static_cast<int>(expected.count()))[0][0].as<std::int64_t>();
    WriteEvent(transaction,
               EventOf(audit::action::kAuditMaintenanceOpened, number, company,
                       "minutes=" + std::to_string(expected.count()) + " plan=" + plan, by),
               owner_);
    return number;
  });
}

Result<void> PgMaintenance::Close(std::int64_t number, const std::string& done, const std::string& by,
                                  Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const pqxx::result closed = transaction.exec_params(kClose, number, by, done);
    if (closed.empty()) return Error{ErrorCode::kMaintenanceNotOpen, "number " + std::to_string(number), {}};
    audit::Event event = EventOf(audit::action::kAuditMaintenanceClosed, number, closed[0]["company"].c_str(),
                                 std::string(closed[0]["late"].as<bool>() ? "late " : "") + "done=" + done, by);
    event.seconds = closed[0]["seconds"].as<int>();
    WriteEvent(transaction, event, owner_);
    return {};
  });
}

Result<int> PgMaintenance::RemindOfOverdue(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<int> {
    int reminded = 0;
    for (const pqxx::row& row : transaction.exec_params(kOverdue, console::kMaintenanceOpenMax)) {
      const auto number = row["number"].as<std::int64_t>();
      if (!RaiseNotice(transaction, "maintenance.overdue", std::to_string(number))) continue;
      WriteEvent(transaction,
                 EventOf(audit::action::kAuditMaintenanceOverdue, number, row["company"].c_str(), "", "server"),
                 owner_);
      ++reminded;
    }
    return reminded;
  });
}

}  // namespace madoguchi::store
