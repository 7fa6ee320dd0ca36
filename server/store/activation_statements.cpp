// SPDX-License-Identifier: Apache-2.0
#include "server/store/activation_statements.h"

#include <algorithm>
#include <array>

#include "server/store/array_literal.h"

namespace madoguchi::store {
namespace {

using account::Ceremony;
using account::CeremonyStep;

constexpr char kCeremony[] = R"(
  SELECT ceremony.activation_id, ceremony.desk_id, ceremony.account_id, ceremony.account_ids, ceremony.national_key,
         encode(ceremony.request, 'hex') AS request, encode(ceremony.challenge, 'hex') AS challenge,
         encode(ceremony.sealed, 'hex') AS sealed, ceremony.step, ceremony.code, ceremony.certificate_pem, desk.name AS desk_name,
         greatest(0, extract(epoch FROM ceremony.expires_at - clock_timestamp()) * 1000)::bigint AS remaining
  FROM activation AS ceremony JOIN desk USING (desk_id) WHERE ceremony.activation_id = $1::uuid)";
constexpr char kCeremonyAccounts[] = R"(
  SELECT account.account_id, account.institution_code, encode(sheet.sealed, 'hex') AS sealed,
         EXISTS (SELECT FROM activation_code AS code WHERE code.account_id = account.account_id) AS has_code
  FROM device_account AS account LEFT JOIN sealed_sheet AS sheet USING (account_id)
  WHERE account.account_id = ANY ($1::text[]) ORDER BY account.account_id)";

constexpr char kParts[] = "SELECT account_ids, desk_id FROM activation WHERE activation_id = $1::uuid";
constexpr char kLockAccounts[] = R"(
  SELECT account_id, institution_code, state, coalesce(reserved_for_desk::text, '') AS reserved_for_desk, national_release_due
  FROM device_account WHERE account_id = ANY ($1::text[]) ORDER BY account_id FOR UPDATE)";
constexpr char kLockDesk[] = "SELECT name, status FROM desk WHERE desk_id = $1::uuid FOR UPDATE";
constexpr char kLockCeremony[] = R"(
  SELECT step, code, expires_at > clock_timestamp() AS in_time, certificate_pem, account_id, encode(request, 'hex') AS request,
         token_sha256 IS NOT NULL AS by_token, cardinality(account_ids) AS accounts,
         NOT EXISTS (SELECT FROM enrolment_token AS token WHERE token.token_sha256 = activation.token_sha256 AND token.used_at IS NOT NULL)
           AND NOT EXISTS (SELECT FROM activation_code AS code WHERE code.code_hash = activation.code_hash
                             AND (code.spent_at IS NOT NULL OR code.void_at IS NOT NULL)) AS unspent
  FROM activation WHERE activation_id = $1::uuid FOR UPDATE)";
constexpr char kAnotherTells[] = R"(
  SELECT FROM activation WHERE ended_at IS NULL AND step IN ('telling', 'told') AND activation_id <> $1::uuid
    AND (desk_id = $2::uuid OR account_ids && $3::text[]))";

CeremonyStep StepFromWord(const std::string& word) {
  constexpr std::array<const char*, 5> words{"begun", "telling", "told", "done", "failed"};
  const auto found = std::find(words.begin(), words.end(), word);
  return static_cast<CeremonyStep>(found - words.begin());
}

Bytes Hex(const pqxx::field& field) {
  return FromHex(field.as<std::string>(std::string{})).value_or(Bytes{});
}

// Whether the account is still what the ceremony was begun for.
bool IsStillFor(const pqxx::row& account, const std::string& desk_id, bool by_token) {
  const auto reserved = account["reserved_for_desk"].as<std::string>();
  return account["state"].as<std::string>() == "issued" && (reserved == desk_id || (reserved.empty() && !by_token));
}

}  // namespace

std::optional<Ceremony> ReadCeremony(pqxx::work& transaction, const std::string& activation_id) {
  const pqxx::result rows = transaction.exec_params(kCeremony, activation_id);
  if (rows.empty()) return std::nullopt;
  const pqxx::row row = rows[0];
  Ceremony ceremony;
  ceremony.activation_id = row["activation_id"].as<std::string>();
  ceremony.desk_id = row["desk_id"].as<std::string>();
  ceremony.national_key = row["national_key"].as<std::string>();
  ceremony.request = Hex(row["request"]);
  ceremony.challenge = Hex(row["challenge"]);
  ceremony.step = StepFromWord(row["step"].as<std::string>());
  ceremony.code = row["code"].as<int>();
  ceremony.remaining = std::chrono::milliseconds(row["remaining"].as<std::int64_t>());
  const auto typed = row["account_id"].as<std::string>();
  for (const pqxx::row& account : transaction.exec_params(kCeremonyAccounts, row["account_ids"].as<std::string>())) {
    const auto id = account["account_id"].as<std::string>();
    const bool was_typed = id == typed && !row["sealed"].is_null();
    ceremony.accounts.push_back({id, account["institution_code"].as<std::string>(), account["has_code"].as<bool>(),
                                 Hex(was_typed ? row["sealed"] : account["sealed"])});
    if (id == typed) ceremony.activated.institution_code = account["institution_code"].as<std::string>();
  }
  ceremony.activated.certificate_pem = row["certificate_pem"].as<std::string>(std::string{});
  ceremony.activated.desk_id = ceremony.desk_id;
  ceremony.activated.desk_name = row["desk_name"].as<std::string>();
  ceremony.activated.account_id = typed;
  return ceremony;
}

Result<Admitted> Admit(pqxx::work& transaction, const std::string& activation_id) {
  const pqxx::result parts = transaction.exec_params(kParts, activation_id);
  if (parts.empty()) return Error{ErrorCode::kActivationExpired, "no such ceremony", {}};
  Admitted admitted;
  admitted.desk_id = parts[0]["desk_id"].as<std::string>();
  const auto account_ids = parts[0]["account_ids"].as<std::string>();
  const pqxx::result accounts = transaction.exec_params(kLockAccounts, account_ids);
  const pqxx::result desk = transaction.exec_params(kLockDesk, admitted.desk_id);
  const pqxx::row ceremony = transaction.exec_params(kLockCeremony, activation_id)[0];

  admitted.step = StepFromWord(ceremony["step"].as<std::string>());
  admitted.desk_name = desk[0]["name"].as<std::string>();
  admitted.certificate_pem = ceremony["certificate_pem"].as<std::string>(std::string{});
  admitted.first_account = ceremony["account_id"].as<std::string>();
  admitted.request = Hex(ceremony["request"]);
  for (const pqxx::row& account : accounts)
    admitted.accounts.emplace_back(account["account_id"].as<std::string>(),
                                   account["institution_code"].as<std::string>());
  if (admitted.step == CeremonyStep::kDone) return admitted;

  const int code = ceremony["code"].as<int>();
  if (code != 0) return Error{FindErrorCode(code).value_or(ErrorCode::kActivationExpired), "ended before", {}};
  if (!ceremony["in_time"].as<bool>()) return Error{ErrorCode::kActivationExpired, "too late", {}};
  const bool by_token = ceremony["by_token"].as<bool>();
  const bool whole = accounts.size() == ceremony["accounts"].as<std::size_t>() &&
                     std::all_of(accounts.begin(), accounts.end(), [&](const pqxx::row& account) {
                       return IsStillFor(account, admitted.desk_id, by_token);
                     });
  if (!whole || !ceremony["unspent"].as<bool>() || desk[0]["status"].as<std::string>() != "active") {
    return Error{by_token ? ErrorCode::kEnrolmentTokenInvalid : ErrorCode::kActivationRefused,
                 "another desk was first, or what it was for has gone",
                 {}};
  }
  if (!transaction.exec_params(kAnotherTells, activation_id, admitted.desk_id, account_ids).empty())
    return Error{ErrorCode::kChangedMeanwhile, "another ceremony is under way", {}};
  if (std::any_of(accounts.begin(), accounts.end(),
                  [](const pqxx::row& account) { return account["national_release_due"].as<bool>(); }))
    return Error{ErrorCode::kNationalUnreachable, "a release is not confirmed yet", {}};
  return admitted;
}

account::Activated AnswerOf(const Admitted& admitted) {
  account::Activated answer{admitted.certificate_pem, admitted.desk_id, admitted.desk_name, admitted.first_account, {}};
  for (const auto& [account_id, institution_code] : admitted.accounts) {
    if (account_id == admitted.first_account) answer.institution_code = institution_code;
  }
  return answer;
}

}  // namespace madoguchi::store
