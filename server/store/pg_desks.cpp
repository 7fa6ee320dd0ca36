// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_desks.h"

#include "server/audit/event.h"
#include "server/store/activation_statements.h"
#include "server/store/array_literal.h"
#include "server/store/desk_statements.h"

namespace madoguchi::store {
namespace {

using account::DeskPlan;
using account::PreparedDesk;
using account::PrepareOrder;

constexpr char kInstitution[] = "SELECT coalesce(name, '') FROM institution WHERE code = $1";
// Two administrators prepare one after the other: names and free accounts are looked at together.
constexpr char kOneAtATime[] = "SELECT pg_advisory_xact_lock(hashtext('madoguchi.prepare_desks'))";
constexpr char kNamed[] = R"(
  SELECT desk_id,
         EXISTS (SELECT FROM device_account AS account WHERE account.desk_id = desk.desk_id AND account.institution_code = $2) AS has_account,
         coalesce((SELECT account_id FROM device_account AS account
                   WHERE account.reserved_for_desk = desk.desk_id AND account.institution_code = $2), '') AS reserved,
         EXISTS (SELECT FROM activation WHERE activation.desk_id = desk.desk_id AND ended_at IS NULL AND step <> 'begun') AS telling
  FROM desk WHERE name = $1 AND status = 'active')";
// $1 the account; $3: its secrets have to be sealed here, else an unspent code is enough.
constexpr char kWanted[] = R"(
  SELECT account_id, institution_code = $2 AS is_ours, state = 'issued' AND holder <> 'phone' AS is_issued, coalesce(reserved_for_desk::text, '') AS reserved_for_desk,
         CASE WHEN $3 THEN EXISTS (SELECT FROM sealed_sheet AS sheet WHERE sheet.account_id = account.account_id AND sealed_until > clock_timestamp())
              ELSE EXISTS (SELECT FROM activation_code AS code WHERE code.account_id = account.account_id AND spent_at IS NULL AND void_at IS NULL)
         END AS has_secrets
  FROM device_account AS account WHERE account_id = $1 FOR UPDATE)";
constexpr char kFree[] = R"(
  SELECT account_id FROM device_account AS account
  WHERE institution_code = $1 AND state = 'issued' AND holder <> 'phone' AND reserved_for_desk IS NULL AND NOT national_release_due
    AND account_id <> ALL ($3::text[])
    AND CASE WHEN $2 THEN EXISTS (SELECT FROM sealed_sheet AS sheet WHERE sheet.account_id = account.account_id AND sealed_until > clock_timestamp())
             ELSE EXISTS (SELECT FROM activation_code AS code WHERE code.account_id = account.account_id AND spent_at IS NULL AND void_at IS NULL)
        END
  ORDER BY account_id LIMIT 1 FOR UPDATE)";
constexpr char kMakeDesk[] = "INSERT INTO desk (name) VALUES ($1) RETURNING desk_id";
constexpr char kUnreserveOther[] = R"(
  UPDATE device_account SET reserved_for_desk = NULL
  WHERE account_id <> $1 AND reserved_for_desk = $2::uuid AND institution_code = $3)";
constexpr char kReserve[] = "UPDATE device_account SET reserved_for_desk = $2::uuid WHERE account_id = $1";
constexpr char kMakeSuccessor[] = R"(
  INSERT INTO desk (name, replaces, zone) SELECT coalesce(NULLIF($2, ''), name), desk_id, zone FROM desk WHERE desk_id = $1::uuid RETURNING desk_id)";
// Which ways of checking are allowed there belongs to the seat, not to its PC.
constexpr char kPassOnRules[] = "UPDATE method_rule SET desk_id = $2::uuid WHERE desk_id = $1::uuid";
constexpr char kPassOn[] = R"(
  UPDATE device_account SET reserved_for_desk = $2::uuid WHERE account_id = ANY ($3::text[]) OR reserved_for_desk = $1::uuid
  RETURNING account_id, institution_code)";

// The account for this plan, locked. `reserved`: what its desk has already.
Result<std::string> AccountFor(pqxx::work& transaction, const PrepareOrder& order, const DeskPlan& plan,
                               const std::string& desk_id, const std::string& reserved,
                               const std::vector<std::string>& taken) {
  const std::string& wanted = plan.account_id.empty() ? reserved : plan.account_id;
  if (wanted.empty()) {
    std::vector<std::string> not_these = taken;
    for (const DeskPlan& other : order.plans) {
      if (!other.account_id.empty()) not_these.push_back(other.account_id);
    }
    const pqxx::result free =
        transaction.exec_params(kFree, order.institution_code, order.needs_secrets, TextArray(not_these));
    if (free.empty()) return Error{ErrorCode::kNoFreeAccount, "none is free", {}};
    return free[0][0].as<std::string>();
  }
  const pqxx::result rows = transaction.exec_params(kWanted, wanted, order.institution_code, order.needs_secrets);
  if (rows.empty() || !rows[0]["is_ours"].as<bool>()) return Error{ErrorCode::kAccountUnknown, wanted, {}};
  const auto reserved_for = rows[0]["reserved_for_desk"].as<std::string>();
  if (!reserved_for.empty() && reserved_for != desk_id)
    return Error{ErrorCode::kAccountBoundElsewhere, wanted + " is meant for desk " + reserved_for, {}};
  if (!rows[0]["is_issued"].as<bool>()) return Error{ErrorCode::kStateNotPossible, wanted + " is not free", {}};
  if (!rows[0]["has_secrets"].as<bool>())
    return Error{ErrorCode::kNoFreeAccount, wanted + ": its secrets are not here", {}};
  return wanted;
}

Result<PreparedDesk> PrepareOne(pqxx::work& transaction, const PrepareOrder& order, const DeskPlan& plan,
                                std::vector<std::string>& taken, const std::string& owner) {
  const pqxx::result named = transaction.exec_params(kNamed, plan.name, order.institution_code);
  if (named.size() > 1) return Error{ErrorCode::kFieldInvalid, "several desks have this name", {}};
  std::string desk_id, reserved;
  if (!named.empty()) {
    if (named[0]["has_account"].as<bool>())
      return Error{ErrorCode::kStateNotPossible, "a desk of this name is active", {}};
    if (named[0]["telling"].as<bool>()) return Error{ErrorCode::kChangedMeanwhile, "its activation is under way", {}};
    desk_id = named[0]["desk_id"].as<std::string>();
    reserved = named[0]["reserved"].as<std::string>();
  }
  TRY_ASSIGN(const std::string account_id, AccountFor(transaction, order, plan, desk_id, reserved, taken));
  if (desk_id.empty()) desk_id = transaction.exec_params(kMakeDesk, plan.name)[0][0].as<std::string>();
  transaction.exec_params(kUnreserveOther, account_id, desk_id, order.institution_code);
  transaction.exec_params(kReserve, account_id, desk_id);
  taken.push_back(account_id);
  PreparedDesk prepared;
  prepared.valid_until = NewToken(transaction, desk_id, plan.token_sha256, order.valid_minutes);
  prepared.account_id = account_id;
  prepared.institution_code = order.institution_code;
  WriteDeskEvent(transaction, audit::action::kDeskPrepared, desk_id, account_id, order.institution_code, order.by,
                 owner);
  prepared.desk = ReadDesks(transaction, desk_id, {}).front();
  return prepared;
}

}  // namespace

Result<std::vector<account::DeskOverview>> PgDesks::List(const std::vector<std::string>& allowed, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<account::DeskOverview>> {
    return ReadDesks(transaction, "", allowed);
  });
}

Result<std::vector<PreparedDesk>> PgDesks::Prepare(const PrepareOrder& order, std::size_t& wrong, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<PreparedDesk>> {
    transaction.exec(kOneAtATime);
    const pqxx::result institution = transaction.exec_params(kInstitution, order.institution_code);
    if (institution.empty()) return Error{ErrorCode::kInstitutionUnknown, order.institution_code, {}};
    std::vector<PreparedDesk> prepared;
    std::vector<std::string> taken;
    for (std::size_t i = 0; i < order.plans.size(); ++i) {
      Result<PreparedDesk> one = PrepareOne(transaction, order, order.plans[i], taken, owner_);
      if (!one) {
        wrong = i;
        return std::move(one).error();
      }
      one->institution_name = institution[0][0].as<std::string>();
      prepared.push_back(std::move(one).value());
    }
    return prepared;
  });
}

Result<account::RevokedDesk> PgDesks::Revoke(const account::DeskAct& act, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<account::RevokedDesk> {
    TRY_ASSIGN(std::vector<std::string> released, EndDesk(transaction, act, false, owner_));
    WriteDeskEvent(transaction, audit::action::kDeskRevoked, act.desk_id, "", "", act.by, owner_);
    return account::RevokedDesk{ReadDesks(transaction, act.desk_id, {}).front(), std::move(released)};
  });
}

Result<account::ReplacedDesk> PgDesks::Replace(const account::DeskAct& act, const DeskPlan& plan, int valid_minutes,
                                               Deadline deadline) {
  if (!UuidFromText(act.desk_id)) return Error{ErrorCode::kDeskUnknown, "not a desk id", {}};
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<account::ReplacedDesk> {
    account::ReplacedDesk replaced;
    TRY_ASSIGN(replaced.released, EndDesk(transaction, act, true, owner_));
    const auto desk_id = transaction.exec_params(kMakeSuccessor, act.desk_id, plan.name)[0][0].as<std::string>();
    const pqxx::result accounts = transaction.exec_params(kPassOn, act.desk_id, desk_id, TextArray(replaced.released));
    if (accounts.empty()) return Error{ErrorCode::kStateNotPossible, "the desk has no account to pass on", {}};
    transaction.exec_params(kPassOnRules, act.desk_id, desk_id);
    PreparedDesk& prepared = replaced.prepared;
    prepared.account_id = accounts[0]["account_id"].as<std::string>();
    prepared.institution_code = accounts[0]["institution_code"].as<std::string>();
    prepared.institution_name =
        transaction.exec_params(kInstitution, prepared.institution_code)[0][0].as<std::string>();
    prepared.valid_until = NewToken(transaction, desk_id, plan.token_sha256, valid_minutes);
    WriteDeskEvent(transaction, audit::action::kDeskReplaced, act.desk_id, prepared.account_id,
                   prepared.institution_code, act.by, owner_);
    WriteDeskEvent(transaction, audit::action::kDeskPrepared, desk_id, prepared.account_id, prepared.institution_code,
                   act.by, owner_);
    prepared.desk = ReadDesks(transaction, desk_id, {}).front();
    return replaced;
  });
}

}  // namespace madoguchi::store
