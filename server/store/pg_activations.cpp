// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_activations.h"

#include "server/account/limits.h"
#include "server/audit/event.h"
#include "server/store/account_statements.h"
#include "server/store/activation_statements.h"
#include "server/store/array_literal.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using account::CeremonyStep;
using account::NewCeremony;
using account::TypedSheet;

constexpr char kTokensDesk[] = R"(
  SELECT desk.desk_id FROM enrolment_token AS token JOIN desk USING (desk_id)
  WHERE token.token_sha256 = decode($1, 'hex') AND token.used_at IS NULL AND token.expires_at > clock_timestamp()
    AND desk.status = 'active')";
constexpr char kReserved[] = R"(
  SELECT account_id FROM device_account WHERE reserved_for_desk = $1::uuid AND state = 'issued' ORDER BY account_id LIMIT $2)";
constexpr char kOpen[] = R"(
  SELECT count(*) FILTER (WHERE step = 'begun' AND expires_at > clock_timestamp()) AS begun,
         count(*) FILTER (WHERE step <> 'begun') AS telling
  FROM activation WHERE ended_at IS NULL AND (desk_id = $1::uuid OR account_ids && $2::text[]))";
constexpr char kInsert[] = R"(
  INSERT INTO activation (activation_id, desk_id, account_id, account_ids, token_sha256, code_hash, key_sha256, request, challenge, step,
                          made_desk, sealed, national_key, owner, expires_at, heal_at)
  SELECT $1::uuid, $2::uuid, $3, $4::text[], decode(NULLIF($5, ''), 'hex'), NULLIF($6, ''), decode($7, 'hex'), decode($8, 'hex'),
         decode($9, 'hex'), 'begun', $10, decode(NULLIF($11, ''), 'hex'), $12::uuid, $13, now.at + $14::int * interval '1 second',
         now.at + $15::int * interval '1 second'
  FROM (SELECT clock_timestamp() AS at) AS now)";

constexpr char kTyped[] = R"(
  SELECT coalesce(account.password_hash, '') AS password_hash,
         account.state = 'issued' AND EXISTS (
           SELECT FROM activation_code AS code WHERE code.code_hash = $3 AND code.account_id = account.account_id
             AND code.spent_at IS NULL AND code.void_at IS NULL) AS code_is_current
  FROM device_account AS account WHERE account.account_id = $1 AND account.institution_code = $2)";
constexpr char kLockTyped[] = R"(
  SELECT account.state = 'issued' AND code.spent_at IS NULL AND code.void_at IS NULL AS usable,
         coalesce(account.reserved_for_desk::text, '') AS reserved_for_desk
  FROM device_account AS account JOIN activation_code AS code USING (account_id)
  WHERE account.account_id = $1 AND account.institution_code = $2 AND code.code_hash = $3 FOR UPDATE OF account)";
constexpr char kMakeDesk[] = "INSERT INTO desk (name) VALUES ($1) RETURNING desk_id";

constexpr char kSetStep[] = R"(
  UPDATE activation SET step = $3, owner = $4 WHERE activation_id = $1::uuid AND step = $2 AND code = 0)";

struct Proof {
  std::string desk_id, account_id;
  std::vector<std::string> account_ids;
  std::string token_sha256, code_hash, sealed;  // hex, text, hex
  bool made_desk = false;
};

std::vector<std::string> ReservedFor(pqxx::work& transaction, const std::string& desk_id) {
  std::vector<std::string> ids;
  for (const pqxx::row& row :
       transaction.exec_params(kReserved, desk_id, static_cast<int>(account::kAccountsOfDeskMax)))
    ids.push_back(row[0].as<std::string>());
  return ids;
}

Result<void> Insert(pqxx::work& transaction, const NewCeremony& ceremony, const Proof& proof,
                    const std::string& owner) {
  const std::string accounts = TextArray(proof.account_ids);
  const pqxx::row open = transaction.exec_params(kOpen, proof.desk_id, accounts)[0];
  if (open["telling"].as<int>() > 0)
    return Error{ErrorCode::kChangedMeanwhile, "another ceremony is under way or being undone", {}};
  if (open["begun"].as<int>() >= account::kOpenCeremoniesOfDeskMax)
    return Error{ErrorCode::kServerBusy, "too many open ceremonies of one desk", {}};
  const auto within = static_cast<int>(account::kCeremonyWithin.count());
  const auto heal_after = within + static_cast<int>(account::kHealAfter.count());
  transaction.exec_params(kInsert, ceremony.activation_id, proof.desk_id, proof.account_id, accounts,
                          proof.token_sha256, proof.code_hash, ToHex(ceremony.key_sha256), ToHex(ceremony.request),
                          ToHex(ceremony.challenge), proof.made_desk, proof.sealed, ceremony.national_key, owner,
                          within, heal_after);
  return {};
}

LogInTry TryOf(const TypedSheet& sheet, const std::string& owner) {
  LogInTry attempt{sheet.account_hash, sheet.source, std::nullopt, owner};
  attempt.institution_code = sheet.institution_code;
  attempt.actor = "desk";
  return attempt;
}

}  // namespace

Result<void> PgActivations::BeginByToken(const NewCeremony& ceremony, ByteView token_sha256, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    Proof proof;
    proof.token_sha256 = ToHex(token_sha256);
    const pqxx::result desk = transaction.exec_params(kTokensDesk, proof.token_sha256);
    if (desk.empty()) return Error{ErrorCode::kEnrolmentTokenInvalid, "unknown, used or expired", {}};
    proof.desk_id = desk[0][0].as<std::string>();
    proof.account_ids = ReservedFor(transaction, proof.desk_id);
    if (proof.account_ids.empty())
      return Error{ErrorCode::kEnrolmentTokenInvalid, "no account is reserved for desk " + proof.desk_id, {}};
    proof.account_id = proof.account_ids.front();
    return Insert(transaction, ceremony, proof, owner_);
  });
}

Result<account::SheetKnown> PgActivations::TakeTry(const TypedSheet& sheet, std::chrono::milliseconds& locked_for,
                                                   Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<account::SheetKnown> {
    LogInTry attempt = TryOf(sheet, owner_);
    const pqxx::result rows =
        transaction.exec_params(kTyped, sheet.account_id, sheet.institution_code, sheet.code_hash);
    if (!rows.empty()) attempt.account_id = sheet.account_id;
    TRY_VOID(store::TakeTry(transaction, attempt, locked_for));
    if (rows.empty()) return account::SheetKnown{};
    return account::SheetKnown{rows[0]["password_hash"].as<std::string>(), rows[0]["code_is_current"].as<bool>()};
  });
}

Result<void> PgActivations::ReturnTry(const TypedSheet& sheet, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    store::ReturnTry(transaction, TryOf(sheet, owner_));
    return {};
  });
}

Result<void> PgActivations::WrongFields(const TypedSheet& sheet, std::chrono::milliseconds& locked_for,
                                        Deadline deadline) {
  const auto counted = pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::chrono::milliseconds> {
    return CountFailure(transaction, TryOf(sheet, owner_));
  });
  if (!counted) return counted.error();
  locked_for = *counted;
  if (locked_for.count() > 0) return Error{ErrorCode::kLogInLocked, "that was the last try", {}};
  return Error{ErrorCode::kActivationRefused, "wrong fields", {}};
}

Result<void> PgActivations::BeginBySheet(const NewCeremony& ceremony, const TypedSheet& sheet, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const pqxx::result rows =
        transaction.exec_params(kLockTyped, sheet.account_id, sheet.institution_code, sheet.code_hash);
    LogInTry attempt = TryOf(sheet, owner_);
    attempt.account_id = sheet.account_id;
    ForgetFailures(transaction, attempt);
    if (rows.empty() || !rows[0]["usable"].as<bool>())
      return Error{ErrorCode::kActivationRefused, "the code was spent meanwhile", {}};
    Proof proof;
    proof.account_id = sheet.account_id;
    proof.code_hash = sheet.code_hash;
    proof.sealed = ToHex(sheet.sealed);
    proof.desk_id = rows[0]["reserved_for_desk"].as<std::string>();
    if (proof.desk_id.empty()) {  // nobody prepared a desk for it: it becomes one of the given name
      proof.desk_id = transaction.exec_params(kMakeDesk, sheet.desk_name)[0][0].as<std::string>();
      proof.account_ids = {sheet.account_id};
      proof.made_desk = true;
    } else {
      proof.account_ids = ReservedFor(transaction, proof.desk_id);
    }
    return Insert(transaction, ceremony, proof, owner_);
  });
}

Result<account::Ceremony> PgActivations::Load(const std::string& activation_id, Deadline deadline) {
  if (!UuidFromText(activation_id)) return Error{ErrorCode::kActivationExpired, "not the id of a ceremony", {}};
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<account::Ceremony> {
    std::optional<account::Ceremony> ceremony = ReadCeremony(transaction, activation_id);
    if (!ceremony) return Error{ErrorCode::kActivationExpired, "no such ceremony", {}};
    return std::move(*ceremony);
  });
}

Result<CeremonyStep> PgActivations::StartTelling(const std::string& activation_id, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<CeremonyStep> {
    TRY_ASSIGN(const Admitted admitted, Admit(transaction, activation_id));
    if (admitted.step == CeremonyStep::kBegun)
      transaction.exec_params(kSetStep, activation_id, "begun", "telling", owner_);
    return admitted.step;
  });
}

Result<void> PgActivations::NotTold(const std::string& activation_id, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kSetStep, activation_id, "telling", "begun", owner_);
    return {};
  });
}

Result<void> PgActivations::Told(const std::string& activation_id, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kSetStep, activation_id, "telling", "told", owner_);
    return {};
  });
}

}  // namespace madoguchi::store
