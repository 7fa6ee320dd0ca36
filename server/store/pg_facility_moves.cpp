// SPDX-License-Identifier: Apache-2.0
// The parts of PgFacilities that look at dates: moves from one institution code to another, warnings of categories,
// notices.
#include "server/account/limits.h"
#include "server/audit/event.h"
#include "server/store/application_rows.h"
#include "server/store/array_literal.h"
#include "server/store/console_statements.h"
#include "server/store/pg_facilities.h"
#include "server/store/tell_people.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

// A desk has one account per institution code: one that holds accounts of both cannot be moved.
constexpr char kHasBoth[] = R"(
  SELECT 1 FROM device_account AS old JOIN device_account AS other
    ON coalesce(old.desk_id, old.reserved_for_desk) = coalesce(other.desk_id, other.reserved_for_desk)
  WHERE old.institution_code = $1 AND other.institution_code = $2 LIMIT 1)";
constexpr char kPlan[] = "UPDATE institution SET moves_to = $2, moves_on = $3::date WHERE code = $1";
constexpr char kChangeOpen[] =
    "SELECT number FROM application WHERE institution_code = $1 AND moves_to IS NOT NULL AND state = 'submitted' "
    "LIMIT 1";
// Its day has come, and the national side, where it was told, has accepted it.
const std::string& DueSql() {
  static const std::string sql = std::string("moves_on <= ") + kTodaySql + R"( AND coalesce(
    (SELECT state IN ('accepted', 'recorded') FROM application AS told WHERE told.institution_code = institution.code
      AND told.moves_to = institution.moves_to AND told.effective_on = institution.moves_on ORDER BY number DESC LIMIT 1), true))";
  return sql;
}
constexpr char kMoving[] = "SELECT count(*) FROM device_account WHERE institution_code = $1 AND state <> 'ended'";
constexpr char kSheets[] = R"(
  SELECT account_id, encode(sealed, 'hex') AS sealed FROM device_account JOIN sealed_sheet USING (account_id)
  JOIN activation_code USING (account_id)
  WHERE institution_code = $1 AND state = 'issued' AND spent_at IS NULL AND void_at IS NULL LIMIT $2::int)";
constexpr char kMove[] = R"(
  WITH moved AS (
    UPDATE device_account SET institution_code = $2 WHERE institution_code = $1 AND state <> 'ended' RETURNING account_id, state, desk_id
  ), told AS (
    SELECT pg_notify('madoguchi_desk', desk_id::text) FROM moved WHERE desk_id IS NOT NULL
  ), step AS (
    INSERT INTO account_step (account_id, step, event, state, desk_id, by)
    SELECT account_id, coalesce((SELECT max(step) FROM account_step AS known WHERE known.account_id = moved.account_id), 0) + 1, 'move', state,
           desk_id, 'server' FROM moved RETURNING account_id
  ) SELECT (SELECT count(*) FROM step) AS accounts, (SELECT count(*) FROM told) AS told)";
constexpr char kVoidCodes[] = R"(
  UPDATE activation_code SET void_at = clock_timestamp()
  FROM device_account AS account
  WHERE account.account_id = activation_code.account_id AND account.institution_code = $1 AND spent_at IS NULL AND void_at IS NULL)";
constexpr char kNewCode[] = R"(
  INSERT INTO activation_code (code_hash, account_id)
  SELECT $2, account_id FROM device_account WHERE account_id = $1 AND institution_code = $3 AND state = 'issued')";
constexpr char kMoveUsers[] = R"(
  INSERT INTO console_user_institution (user_id, institution_code)
  SELECT user_id, $2 FROM console_user_institution WHERE institution_code = $1 ON CONFLICT DO NOTHING)";
constexpr char kAfterMove[] = R"(
  UPDATE institution SET
    moves_to = CASE code WHEN $1 THEN NULL ELSE moves_to END, moves_on = CASE code WHEN $1 THEN NULL ELSE moves_on END,
    ends_on = CASE code WHEN $1 THEN coalesce(ends_on, $3::date) ELSE ends_on END,
    starts_on = CASE code WHEN $2 THEN coalesce(starts_on, $3::date) ELSE starts_on END
  WHERE code IN ($1, $2))";
constexpr char kNotices[] = R"(
  SELECT notice.notice_id, kind, about, %at AS at, mark.user_id IS NOT NULL AS read
  FROM notice LEFT JOIN notice_read AS mark ON mark.notice_id = notice.notice_id AND mark.user_id = $1
  WHERE ($2 = '{}' OR about !~ '^[0-9]{10}' OR left(about, 10) = ANY($2::text[]))
  ORDER BY notice.at DESC LIMIT $3::int)";

bool HasBoth(pqxx::work& transaction, const std::string& from, const std::string& to) {
  return !transaction.exec_params(kHasBoth, from, to).empty();
}

}  // namespace

Result<std::uint32_t> PgFacilities::PlanMove(const account::PlannedMove& move, account::Problems& problems,
                                             Deadline deadline) {
  account::Problems found;
  auto planned = pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::uint32_t> {
    found.clear();
    TRY_VOID(UseApproval(transaction, move.approval, owner_));
    if (transaction.exec_params("SELECT 1 FROM institution WHERE code = $1 AND name IS NOT NULL", move.to).empty())
      found.push_back({"to_code", "移行先の医療機関コードが登録されていません。先に登録してください。",
                       "The new institution code is not registered: register it first.", false});
    if (move.on < std::string(transaction.exec(std::string("SELECT ") + kTodaySql)[0][0].c_str()))
      found.push_back({"on", "移行日は今日以後の日付です。", "The day of the move is today or later.", false});
    if (!found.empty()) return Error{ErrorCode::kFieldInvalid, found.front().field, {}};
    if (HasBoth(transaction, move.from, move.to)) {
      found.push_back({"to_code",
                       "両方の医療機関コードのアカウントを持つ窓口端末があります。先にどちらかを解除してください。",
                       "A desk holds accounts of both institution codes: release one of them first.", false});
      return Error{ErrorCode::kStateNotPossible, "a desk holds accounts of both codes", {}};
    }
    if (transaction.exec_params("SELECT 1 FROM institution WHERE code = $1 FOR UPDATE", move.from).empty())
      return Error{ErrorCode::kInstitutionUnknown, move.from, {}};
    if (const pqxx::result open = transaction.exec_params(kChangeOpen, move.from); !open.empty()) {
      const std::string number = open[0][0].c_str();
      found.push_back({"to_code",
                       "前の移行の変更申請（番号 " + number +
                           "）に回答がまだありません。回答を待つか、application withdraw で取り下げてください。",
                       "The application for an earlier move (number " + number +
                           ") is not answered yet: wait for it or withdraw it (application withdraw).",
                       false});
      return Error{ErrorCode::kStateNotPossible, "an earlier move is not answered", {}};
    }
    transaction.exec_params(kPlan, move.from, move.to, move.on);
    AddFollowing(transaction,
                 {move.from, account::ApplicationKind::kChange, move.on, move.to, move.by, move.recorded_only});
    Record(transaction, audit::action::kInstitutionMovePlanned, move.from, "to " + move.to + " on " + move.on, move.by);
    return transaction.exec_params(kMoving, move.from)[0][0].as<std::uint32_t>();
  });
  problems.insert(problems.end(), found.begin(), found.end());
  return planned;
}

Result<std::vector<account::DueMove>> PgFacilities::DueMoves(Deadline deadline) {
  return pool_.Run(deadline, [](pqxx::work& transaction) -> Result<std::vector<account::DueMove>> {
    std::vector<account::DueMove> due;
    const pqxx::result rows =
        transaction.exec("SELECT code, moves_to FROM institution WHERE " + DueSql() + " ORDER BY code");
    for (const pqxx::row& row : rows) {
      account::DueMove move{row["code"].c_str(), row["moves_to"].c_str(), {}};
      for (const pqxx::row& sheet :
           transaction.exec_params(kSheets, move.from, static_cast<int>(account::kMovedAccountsMax)))
        move.sheets.emplace(sheet["account_id"].c_str(), FromHex(sheet["sealed"].c_str()).value_or(Bytes{}));
      due.push_back(std::move(move));
    }
    return due;
  });
}

Result<std::uint32_t> PgFacilities::Move(const account::DueMove& move,
                                         const std::map<std::string, std::string>& code_hashes, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::uint32_t> {
    const pqxx::result due =
        transaction.exec_params("SELECT moves_on FROM institution WHERE code = $1 AND moves_to = $2 AND " + DueSql() +
                                    " FOR UPDATE SKIP LOCKED",
                                move.from, move.to);
    if (due.empty()) return std::uint32_t{0};  // done by another server process, or planned anew
    const std::string on = due[0][0].c_str();
    if (HasBoth(transaction, move.from, move.to)) {
      RaiseNotice(transaction, "institution.move_failed", move.from + " " + move.to + " " + on);
      return std::uint32_t{0};
    }
    transaction.exec_params(kVoidCodes, move.from);
    const auto accounts = transaction.exec_params(kMove, move.from, move.to)[0]["accounts"].as<std::uint32_t>();
    for (const auto& [account_id, hash] : code_hashes) transaction.exec_params(kNewCode, account_id, hash, move.to);
    transaction.exec_params(kMoveUsers, move.from, move.to);
    transaction.exec_params(kAfterMove, move.from, move.to, on);
    RaiseNotice(transaction, "institution.moved", move.from + " " + move.to + " " + on);
    Record(transaction, audit::action::kInstitutionMoved, move.from,
           "to " + move.to + ", accounts " + std::to_string(accounts), "server");
    return accounts;
  });
}

Result<std::uint32_t> PgFacilities::WarnOfCategories(Deadline deadline) {
  return pool_.Run(deadline, [](pqxx::work& transaction) -> Result<std::uint32_t> {
    std::uint32_t raised = 0;
    const pqxx::result rows =
        transaction.exec_params(std::string("SELECT code, category_ends_on, category_ends_on < ") + kTodaySql +
                                    " AS ended FROM institution WHERE category_ends_on - " + kTodaySql +
                                    " <= $1::int AND (ends_on IS NULL OR ends_on >= " + kTodaySql + ")",
                                static_cast<int>(account::kCategoryWarning.count()));
    for (const pqxx::row& row : rows) {
      const char* const kind = row["ended"].as<bool>() ? "category.ended" : "category.ends";
      if (RaiseNotice(transaction, kind, std::string(row["code"].c_str()) + " " + row["category_ends_on"].c_str()))
        ++raised;
    }
    return raised;
  });
}

Result<std::vector<account::Notice>> PgFacilities::Notices(const std::string& user_id,
                                                           const std::vector<std::string>& codes, std::size_t limit,
                                                           Deadline deadline) {
  std::string sql = kNotices;
  sql.replace(sql.find("%at"), 3, TimeSql("notice.at"));
  const std::size_t count = limit == 0 ? account::kNoticesListedDefault : std::min(limit, account::kNoticesListedMax);
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<account::Notice>> {
    std::vector<account::Notice> notices;
    ArrayLiteral shown;
    for (const pqxx::row& row : transaction.exec_params(sql, user_id, TextArray(codes), static_cast<int>(count))) {
      notices.push_back({row["notice_id"].c_str(), row["kind"].c_str(), row["about"].c_str(), row["at"].c_str(),
                         row["read"].as<bool>()});
      shown.Add(notices.back().notice_id);
    }
    transaction.exec_params(
        "INSERT INTO notice_read (notice_id, user_id) SELECT unnest($2::uuid[]), $1 ON CONFLICT DO NOTHING", user_id,
        shown.Text());
    return notices;
  });
}

}  // namespace madoguchi::store
