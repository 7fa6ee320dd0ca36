// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_break_glass.h"

#include "contract/log.h"
#include "server/audit/event.h"
#include "server/store/console_statements.h"
#include "server/store/tell_people.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

namespace action = audit::action;
using console::BreakGlassUse;

constexpr const char* kComponent = "store";

constexpr char kEndUnused[] =
    "UPDATE break_glass_code SET void_at = clock_timestamp() WHERE used_at IS NULL AND void_at IS NULL";
// One statement: of two who hold the same code at the same moment, one gets the row.
constexpr char kUseCode[] = R"(
  UPDATE break_glass_code SET used_at = clock_timestamp() WHERE code_hash = $1 AND used_at IS NULL AND void_at IS NULL)";
// Due at 09:00 in Japan of the day that follows the night of the use; a night ends at 06:00.
constexpr char kInsertUse[] = R"(
  INSERT INTO break_glass_use (code_hash, used_by, act, review_due)
  VALUES ($1, $2, left($3, 300),
          (date_trunc('day', clock_timestamp() AT TIME ZONE 'Asia/Tokyo' - interval '6 hours') + interval '1 day 9 hours') AT TIME ZONE 'Asia/Tokyo')
  RETURNING use_id)";
constexpr char kReview[] = R"(
  UPDATE break_glass_use SET reviewed_by = $2, reviewed_at = clock_timestamp(), finding = $3
  WHERE use_id = $1::uuid AND reviewed_at IS NULL AND used_by <> $2)";
constexpr char kOverdue[] =
    "SELECT use_id FROM break_glass_use WHERE reviewed_at IS NULL AND review_due <= clock_timestamp() ORDER BY used_at "
    "LIMIT 100";

const std::string& UseSql() {
  static const std::string sql = "SELECT use_id, used_by, act, COALESCE(reviewed_by, '') AS reviewed_by, " +
                                 TimeSql("used_at") + " AS used_at, " + TimeSql("review_due") + " AS review_due, " +
                                 TimeSql("reviewed_at") + " AS reviewed_at FROM break_glass_use ";
  return sql;
}

BreakGlassUse UseOf(const pqxx::row& row) {
  const auto text = [&row](const char* column) { return row[column].as<std::string>(); };
  return {text("use_id"),     text("used_by"),     text("used_at"),    text("act"),
          text("review_due"), text("reviewed_by"), text("reviewed_at")};
}

}  // namespace

Result<void> PgBreakGlass::Replace(const std::vector<std::string>& code_hashes, const std::string& by,
                                   const account::Approval& approval, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_VOID(UseApproval(transaction, approval, owner_));
    transaction.exec(kEndUnused);
    for (const std::string& hash : code_hashes)
      transaction.exec_params("INSERT INTO break_glass_code (code_hash) VALUES ($1)", hash);
    WriteEvent(transaction,
               ConsoleEvent(action::kConsoleBreakGlassMade, by, "codes=" + std::to_string(code_hashes.size())), owner_);
    return {};
  });
}

Result<std::vector<std::string>> PgBreakGlass::Administrators(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<std::string>> {
    std::vector<std::string> all;
    for (const pqxx::row& row :
         transaction.exec("SELECT user_id FROM console_user WHERE role = 'administrator' AND enabled ORDER BY 1"))
      all.push_back(row[0].as<std::string>());
    return all;
  });
}

Result<void> PgBreakGlass::UseUp(const Use& use, Deadline deadline) {
  bool used = false;
  TRY_VOID(pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    used = transaction.exec_params(kUseCode, use.code_hash).affected_rows() == 1;
    if (!used) {
      audit::Event wrong = ConsoleEvent(action::kConsoleBreakGlassWrong, use.used_by, use.act);
      wrong.code = static_cast<int>(ErrorCode::kBreakGlassInvalid);
      WriteEvent(transaction, wrong, owner_);
      return {};
    }
    const auto use_id = transaction.exec_params1(kInsertUse, use.code_hash, use.used_by, use.act)[0].as<std::string>();
    WriteEvent(transaction,
               ConsoleEvent(action::kConsoleBreakGlassUsed, use.used_by, "use=" + use_id + " act=" + use.act), owner_);
    RaiseNotice(transaction, "break_glass.used", use_id);
    for (const account::SealedMail& alarm : use.alarms) {
      // A full queue does not keep anybody from the emergency: notice and trail are there.
      const Result<void> queued = QueueMail(transaction, alarm);
      if (!queued.ok()) log::Report(kComponent, "alarm_not_queued", queued.error());
    }
    return {};
  }));
  if (!used) return Error{ErrorCode::kBreakGlassInvalid, "unknown, used or ended", {}};
  return {};
}

Result<std::vector<BreakGlassUse>> PgBreakGlass::List(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<BreakGlassUse>> {
    std::vector<BreakGlassUse> uses;
    const pqxx::result rows = transaction.exec_params(
        UseSql() + "ORDER BY break_glass_use.used_at DESC LIMIT $1::bigint", console::kBreakGlassUsesListed);
    for (const pqxx::row& row : rows) uses.push_back(UseOf(row));
    return uses;
  });
}

Result<BreakGlassUse> PgBreakGlass::Review(const std::string& use_id, const std::string& by, const std::string& finding,
                                           Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<BreakGlassUse> {
    const bool reviewed = transaction.exec_params(kReview, use_id, by, finding).affected_rows() == 1;
    const pqxx::result rows = transaction.exec_params(UseSql() + "WHERE use_id = $1::uuid", use_id);
    if (rows.empty()) return Error{ErrorCode::kNotFoundHere, "no such use", {}};
    BreakGlassUse use = UseOf(rows[0]);
    if (!reviewed && use.used_by == by)
      return Error{ErrorCode::kRoleNotAllowed, "whoever used a code does not review it", {}};
    if (!reviewed) return Error{ErrorCode::kStateNotPossible, "reviewed already", {}};
    WriteEvent(transaction, ConsoleEvent(action::kConsoleBreakGlassReviewed, by, "use=" + use_id), owner_);
    return use;
  });
}

Result<int> PgBreakGlass::RaiseOverdue(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<int> {
    int raised = 0;
    for (const pqxx::row& row : transaction.exec(kOverdue)) {
      const auto use_id = row[0].as<std::string>();
      if (!RaiseNotice(transaction, "break_glass.overdue", use_id)) continue;
      WriteEvent(transaction, ConsoleEvent(action::kConsoleBreakGlassOverdue, "server", "use=" + use_id), owner_);
      ++raised;
    }
    return raised;
  });
}

}  // namespace madoguchi::store
