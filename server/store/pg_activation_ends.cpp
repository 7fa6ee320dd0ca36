// SPDX-License-Identifier: Apache-2.0
// How a ceremony ends: the second half of PgActivations.
#include "server/audit/event.h"
#include "server/store/account_statements.h"
#include "server/store/activation_statements.h"
#include "server/store/array_literal.h"
#include "server/store/issued_accounts.h"
#include "server/store/pg_activations.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using account::Ceremony;
using account::CeremonyStep;
using account::IssuedCertificate;

constexpr char kSpendCodes[] = R"(
  UPDATE activation_code SET spent_at = clock_timestamp() WHERE account_id = ANY ($1::text[]) AND spent_at IS NULL AND void_at IS NULL)";
constexpr char kDestroySheets[] = "DELETE FROM sealed_sheet WHERE account_id = ANY ($1::text[])";
constexpr char kBoundThere[] = R"(
  UPDATE device_account AS account SET national_bound = true WHERE account.account_id = ANY ($1::text[])
    AND EXISTS (SELECT FROM activation_code AS code WHERE code.account_id = account.account_id))";
constexpr char kLogIn[] = R"(
  INSERT INTO desk_log_in (desk_id, account_id, how) SELECT $2::uuid, account_id, 'activation' FROM unnest($1::text[]) AS account_id
  ON CONFLICT (desk_id, account_id) DO UPDATE SET logged_in_at = clock_timestamp(), how = excluded.how)";
constexpr char kEndOldCertificates[] =
    "UPDATE desk_certificate SET revoked_at = clock_timestamp() WHERE desk_id = $1::uuid AND revoked_at IS NULL";
constexpr char kCertificate[] = R"(
  INSERT INTO desk_certificate (certificate_sha256, desk_id, serial, not_after, issued_for)
  VALUES (decode($1, 'hex'), $2::uuid, $3, to_timestamp($4::bigint), 'activation'))";
constexpr char kUseTokens[] =
    "UPDATE enrolment_token SET used_at = clock_timestamp() WHERE desk_id = $1::uuid AND used_at IS NULL";
constexpr char kDone[] = R"(
  UPDATE activation SET step = 'done', ended_at = clock_timestamp(), certificate_pem = $2, sealed = NULL, owner = $3
  WHERE activation_id = $1::uuid)";
// Every other ceremony for the same desk or accounts has lost.
constexpr char kLosers[] = R"(
  UPDATE activation SET step = 'failed', ended_at = clock_timestamp(), sealed = NULL,
    code = CASE WHEN token_sha256 IS NULL THEN $4::int ELSE $5::int END
  WHERE ended_at IS NULL AND step = 'begun' AND activation_id <> $1::uuid AND (desk_id = $2::uuid OR account_ids && $3::text[]))";

constexpr char kFail[] = R"(
  UPDATE activation SET step = 'failed', ended_at = clock_timestamp(), sealed = NULL, code = CASE code WHEN 0 THEN $2::int ELSE code END
  WHERE activation_id = $1::uuid AND ended_at IS NULL RETURNING desk_id, account_id, code)";
constexpr char kGiveUp[] = R"(
  UPDATE activation SET code = $2::int, expires_at = least(expires_at, clock_timestamp()),
    heal_at = clock_timestamp() + $3::int * interval '1 second', owner = $4
  WHERE activation_id = $1::uuid AND step IN ('telling', 'told') AND code = 0)";

constexpr char kExpire[] = R"(
  UPDATE activation SET step = 'failed', ended_at = clock_timestamp(), sealed = NULL, code = $1::int
  WHERE activation_id IN (SELECT activation_id FROM activation WHERE ended_at IS NULL AND step = 'begun' AND expires_at <= clock_timestamp()
                          LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING desk_id, account_id, code)";
constexpr char kClaim[] = R"(
  UPDATE activation SET heal_at = clock_timestamp() + $1::int * interval '1 second', owner = $2,
    code = CASE code WHEN 0 THEN $3::int ELSE code END
  WHERE activation_id IN (SELECT activation_id FROM activation WHERE ended_at IS NULL AND step IN ('telling', 'told')
                            AND expires_at <= clock_timestamp() AND heal_at <= clock_timestamp()
                          ORDER BY heal_at LIMIT $4 FOR UPDATE SKIP LOCKED)
  RETURNING activation_id)";
// A desk that was made for a ceremony and never got a certificate ends with it.
constexpr char kEndMadeDesks[] = R"(
  UPDATE desk SET status = 'revoked', revoked_at = clock_timestamp(), revoked_reason = 'its activation did not end well'
  WHERE status = 'active'
    AND EXISTS (SELECT FROM activation AS made WHERE made.desk_id = desk.desk_id AND made.made_desk AND made.step = 'failed')
    AND NOT EXISTS (SELECT FROM activation AS other WHERE other.desk_id = desk.desk_id AND other.step <> 'failed')
    AND NOT EXISTS (SELECT FROM desk_certificate AS certificate WHERE certificate.desk_id = desk.desk_id)
    AND NOT EXISTS (SELECT FROM device_account AS account WHERE account.reserved_for_desk = desk.desk_id))";

void WriteEnd(pqxx::work& transaction, const pqxx::row& row, const char* action, const char* actor,
              const std::string& owner) {
  WriteEvent(transaction,
             {.action = action,
              .desk_id = row["desk_id"].as<std::string>(),
              .press_id = {},
              .code = row["code"].as<int>(),
              .detail = {},
              .account_id = row["account_id"].as<std::string>(),
              .institution_code = {},
              .actor = actor},
             owner);
}

std::vector<std::string> AccountIds(const Admitted& admitted) {
  std::vector<std::string> ids;
  for (const auto& account : admitted.accounts) ids.push_back(account.first);
  return ids;
}

void WriteCertificate(pqxx::work& transaction, const Admitted& admitted, const IssuedCertificate& issued,
                      const std::string& owner) {
  const auto not_after = std::chrono::floor<std::chrono::seconds>(issued.not_after).time_since_epoch().count();
  transaction.exec_params(kEndOldCertificates, admitted.desk_id);
  transaction.exec_params(kCertificate, ToHex(issued.sha256), admitted.desk_id, issued.serial,
                          static_cast<std::int64_t>(not_after));
  WriteEvent(transaction,
             {.action = audit::action::kIdentityEnrolled,
              .desk_id = admitted.desk_id,
              .press_id = {},
              .code = 0,
              .detail = "serial=" + issued.serial,
              .account_id = admitted.first_account,
              .institution_code = {},
              .actor = "desk"},
             owner);
}

}  // namespace

Result<account::Activated> PgActivations::Complete(const std::string& activation_id, bool told,
                                                   const account::IssueCertificate& issue, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<account::Activated> {
    TRY_ASSIGN(Admitted admitted, Admit(transaction, activation_id));
    if (admitted.step == CeremonyStep::kDone) return AnswerOf(admitted);
    if (admitted.step != (told ? CeremonyStep::kTold : CeremonyStep::kBegun))
      return Error{ErrorCode::kChangedMeanwhile, "the ceremony is not at its last step", {}};
    TRY_ASSIGN(const IssuedCertificate issued, issue(admitted.request, admitted.desk_id));
    for (const auto& [account_id, institution_code] : admitted.accounts) {
      TRY_VOID(ChangeState(transaction, {institution_code, account_id, account::Event::kActivate, admitted.desk_id,
                                         "desk", "", owner_}));
    }
    const std::string accounts = TextArray(AccountIds(admitted));
    transaction.exec_params(kSpendCodes, accounts);
    transaction.exec_params(kDestroySheets, accounts);
    if (told) transaction.exec_params(kBoundThere, accounts);
    transaction.exec_params(kLogIn, accounts, admitted.desk_id);
    WriteCertificate(transaction, admitted, issued, owner_);
    transaction.exec_params(kUseTokens, admitted.desk_id);
    transaction.exec_params(kDone, activation_id, issued.pem, owner_);
    transaction.exec_params(kLosers, activation_id, admitted.desk_id, accounts,
                            static_cast<int>(ErrorCode::kActivationRefused),
                            static_cast<int>(ErrorCode::kEnrolmentTokenInvalid));
    admitted.certificate_pem = issued.pem;
    return AnswerOf(admitted);
  });
}

Result<void> PgActivations::Fail(const std::string& activation_id, ErrorCode code, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    for (const pqxx::row& row : transaction.exec_params(kFail, activation_id, static_cast<int>(code)))
      WriteEnd(transaction, row, audit::action::kIdentityActivationFailed, "desk", owner_);
    return {};
  });
}

Result<void> PgActivations::GiveUp(const std::string& activation_id, ErrorCode code, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const auto seconds = static_cast<int>(account::kHealAgainAfter.count());
    if (transaction.exec_params(kGiveUp, activation_id, static_cast<int>(code), seconds, owner_).affected_rows() == 0)
      return Error{ErrorCode::kChangedMeanwhile, "the ceremony ended otherwise", {}};
    return {};
  });
}

Result<std::vector<Ceremony>> PgActivations::ClaimUnfinished(Deadline deadline) {
  TRY_VOID(pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    for (const pqxx::row& row :
         transaction.exec_params(kExpire, static_cast<int>(ErrorCode::kActivationExpired), account::kHealedAtOnceMax))
      WriteEnd(transaction, row, audit::action::kIdentityActivationFailed, "server", owner_);
    return {};
  }));
  TRY_VOID(pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec(kEndMadeDesks);
    return {};
  }));
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<Ceremony>> {
    std::vector<Ceremony> claimed;
    const pqxx::result rows =
        transaction.exec_params(kClaim, static_cast<int>(account::kHealAgainAfter.count()), owner_,
                                static_cast<int>(ErrorCode::kActivationExpired), account::kHealedAtOnceMax);
    for (const pqxx::row& row : rows) {
      std::optional<Ceremony> ceremony = ReadCeremony(transaction, row[0].as<std::string>());
      if (ceremony) claimed.push_back(std::move(*ceremony));
    }
    return claimed;
  });
}

Result<void> PgActivations::Undone(const std::string& activation_id, const std::vector<account::Reissued>& reissued,
                                   Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    for (const account::Reissued& account : reissued) {
      Result<void> stored = StoreIssued(transaction, {account.institution_code, account.account_id, account.forms, "",
                                                      "national", "", "national", owner_});
      // The account went another way meanwhile: its new secrets are of no use here any more.
      if (!stored && Describe(stored.error().code).kind != ErrorKind::kRefused) return stored;
    }
    for (const pqxx::row& row :
         transaction.exec_params(kFail, activation_id, static_cast<int>(ErrorCode::kActivationExpired)))
      WriteEnd(transaction, row, audit::action::kIdentityActivationUndone, "server", owner_);
    return {};
  });
}

}  // namespace madoguchi::store
