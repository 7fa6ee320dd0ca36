// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_methods.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <sstream>

#include "server/audit/event.h"
#include "server/store/activation_statements.h"
#include "server/store/array_literal.h"
#include "server/store/desk_statements.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using check::DeskMethods;
using check::MethodAct;
using check::MethodRule;

constexpr char kList[] = R"(
  SELECT rule.number, coalesce(rule.desk_id::text, '') AS desk_id, coalesce(rule.zone, '') AS zone, coalesce(desk.name, '') AS desk_name,
         array_to_string(rule.weekdays, ',') AS weekdays, rule.from_minute, rule.until_minute, array_to_string(rule.methods, ',') AS methods,
         rule.made_by, to_char(rule.made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS made_at
  FROM method_rule AS rule LEFT JOIN desk ON desk.desk_id = rule.desk_id
  WHERE $1::bigint = 0 OR rule.number = $1 ORDER BY rule.number LIMIT $2)";
constexpr char kNow[] = R"(
  SELECT desk_id, name, coalesce(zone, '') AS zone, array_to_string(methods_allowed(desk_id, clock_timestamp()), ',') AS methods
  FROM desk WHERE desk_id = ANY ($1::uuid[]) AND status = 'active' ORDER BY name, desk_id)";
// The rules are counted and added to by one at a time.
constexpr char kLockRules[] = "SELECT pg_advisory_xact_lock(hashtext('madoguchi.method_rules'))";
constexpr char kCount[] = "SELECT count(*) FROM method_rule";
constexpr char kAdd[] = R"(
  INSERT INTO method_rule (desk_id, zone, weekdays, from_minute, until_minute, methods, made_by)
  VALUES (NULLIF($1, '')::uuid, NULLIF($2, ''), $3::int[], $4, $5, $6::text[], $7) RETURNING number)";
constexpr char kRemove[] = "DELETE FROM method_rule WHERE number = $1";
constexpr char kSetZone[] = "UPDATE desk SET zone = NULLIF($2, '') WHERE desk_id = $1::uuid";

std::vector<std::string> Split(const std::string& joined) {
  std::vector<std::string> parts;
  std::istringstream text(joined);
  for (std::string part; std::getline(text, part, ',');) parts.push_back(part);
  return parts;
}

template <class Parts>
std::string Join(const Parts& parts) {
  std::ostringstream text;
  for (const auto& part : parts) text << (text.tellp() > 0 ? "," : "") << part;
  return text.str();
}

std::string Clock(int minute) {
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
  return text;
}

std::string Detail(const MethodRule& rule) {
  return "rule=" + std::to_string(rule.number) + " days=" + Join(rule.weekdays) + " " + Clock(rule.from_minute) + "-" +
         Clock(rule.until_minute) + " methods=" + Join(rule.methods) + (rule.zone.empty() ? "" : " zone=" + rule.zone);
}

MethodRule RuleOf(const pqxx::row& row) {
  MethodRule rule;
  rule.number = row["number"].as<std::int64_t>();
  rule.desk_id = row["desk_id"].as<std::string>();
  rule.zone = row["zone"].as<std::string>();
  for (const std::string& day : Split(row["weekdays"].as<std::string>())) rule.weekdays.push_back(std::stoi(day));
  rule.from_minute = row["from_minute"].as<int>();
  rule.until_minute = row["until_minute"].as<int>();
  rule.methods = Split(row["methods"].as<std::string>());
  rule.desk_name = row["desk_name"].as<std::string>();
  rule.made_by = row["made_by"].as<std::string>();
  rule.made_at = row["made_at"].as<std::string>();
  return rule;
}

Result<void> MayTouch(pqxx::work& transaction, const std::string& desk_id, const MethodAct& act) {
  if (desk_id.empty() && !act.allowed.empty())
    return Error{ErrorCode::kInstitutionNotAllowed, "a rule that is not of one desk", {}};
  if (!desk_id.empty() && !act.allowed.empty() && ReadDesks(transaction, desk_id, act.allowed).empty())
    return Error{ErrorCode::kInstitutionNotAllowed, "desk " + desk_id, {}};
  return {};
}

Result<void> IsActiveDesk(pqxx::work& transaction, const std::string& desk_id, const MethodAct& act) {
  if (!UuidFromText(desk_id)) return Error{ErrorCode::kDeskUnknown, "not a desk id", {}};
  const std::vector<account::DeskOverview> desks = ReadDesks(transaction, desk_id, {});
  if (desks.empty()) return Error{ErrorCode::kDeskUnknown, "desk " + desk_id, {}};
  TRY_VOID(MayTouch(transaction, desk_id, act));
  if (desks.front().status != "active") return Error{ErrorCode::kStateNotPossible, "the desk is revoked", {}};
  return {};
}

void Note(pqxx::work& transaction, const char* action, const std::string& desk_id, const std::string& detail,
          const std::string& by, const std::string& owner) {
  WriteEvent(transaction, {action, desk_id, {}, 0, detail, "", "", by}, owner);
}

}  // namespace

Result<std::vector<MethodRule>> PgMethods::List(const std::vector<std::string>& allowed, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<MethodRule>> {
    std::set<std::string> seen;
    if (!allowed.empty()) {
      for (const account::DeskOverview& desk : ReadDesks(transaction, "", allowed)) seen.insert(desk.desk_id);
    }
    std::vector<MethodRule> rules;
    for (const pqxx::row& row : transaction.exec_params(kList, 0, check::kMethodRulesMax)) {
      MethodRule rule = RuleOf(row);
      if (allowed.empty() || rule.desk_id.empty() || seen.contains(rule.desk_id)) rules.push_back(std::move(rule));
    }
    return rules;
  });
}

Result<std::vector<DeskMethods>> PgMethods::Now(const std::vector<std::string>& allowed, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<DeskMethods>> {
    std::vector<std::string> ids;
    for (const account::DeskOverview& desk : ReadDesks(transaction, "", allowed)) ids.push_back(desk.desk_id);
    std::vector<DeskMethods> desks;
    for (const pqxx::row& row : transaction.exec_params(kNow, TextArray(ids))) {
      desks.push_back({row["desk_id"].as<std::string>(), row["name"].as<std::string>(), row["zone"].as<std::string>(),
                       Split(row["methods"].as<std::string>())});
    }
    return desks;
  });
}

Result<std::int64_t> PgMethods::Add(const MethodRule& rule, const MethodAct& act, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::int64_t> {
    if (!rule.desk_id.empty()) TRY_VOID(IsActiveDesk(transaction, rule.desk_id, act));
    if (rule.desk_id.empty()) TRY_VOID(MayTouch(transaction, "", act));
    transaction.exec(kLockRules);
    if (transaction.exec(kCount)[0][0].as<int>() >= check::kMethodRulesMax)
      return Error{ErrorCode::kFieldInvalid, "there are as many rules as there may be", {}};
    MethodRule added = rule;
    added.number = transaction
                       .exec_params(kAdd, rule.desk_id, rule.zone, "{" + Join(rule.weekdays) + "}", rule.from_minute,
                                    rule.until_minute, "{" + Join(rule.methods) + "}", act.by)[0][0]
                       .as<std::int64_t>();
    Note(transaction, audit::action::kCheckMethodRuleAdded, rule.desk_id, Detail(added), act.by, owner_);
    return added.number;
  });
}

Result<void> PgMethods::Remove(std::int64_t number, const MethodAct& act, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec(kLockRules);
    const pqxx::result rows = transaction.exec_params(kList, number, 1);
    if (number <= 0 || rows.empty()) return Error{ErrorCode::kNotFoundHere, "rule " + std::to_string(number), {}};
    const MethodRule rule = RuleOf(rows[0]);
    TRY_VOID(MayTouch(transaction, rule.desk_id, act));
    transaction.exec_params(kRemove, number);
    Note(transaction, audit::action::kCheckMethodRuleRemoved, rule.desk_id, Detail(rule), act.by, owner_);
    return {};
  });
}

Result<void> PgMethods::SetZone(const std::string& desk_id, const std::string& zone, const MethodAct& act,
                                Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_VOID(IsActiveDesk(transaction, desk_id, act));
    transaction.exec_params(kSetZone, desk_id, zone);
    Note(transaction, audit::action::kCheckZoneSet, desk_id, "zone=" + zone, act.by, owner_);
    return {};
  });
}

}  // namespace madoguchi::store
