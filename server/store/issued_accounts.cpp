// SPDX-License-Identifier: Apache-2.0
#include "server/store/issued_accounts.h"

#include "server/account/limits.h"
#include "server/audit/event.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

constexpr char kAccount[] = R"(
  INSERT INTO device_account AS account (account_id, institution_code, password_hash, application_id)
  VALUES ($1, $2, $3, coalesce(NULLIF($4, '')::uuid, (
    SELECT application_id FROM application
    WHERE institution_code = $2 AND state = 'recorded' AND kind IN ('use', 'additional') AND decided_at IS NOT NULL AND reason IS NULL
      AND (SELECT count(*) FROM device_account AS known WHERE known.application_id = application.application_id) < devices
    ORDER BY number LIMIT 1)))
  ON CONFLICT (account_id) DO UPDATE
    SET password_hash = excluded.password_hash, password_chosen_at = NULL,
        application_id = coalesce(NULLIF($4, '')::uuid, account.application_id, excluded.application_id)
    WHERE account.institution_code = excluded.institution_code AND account.state = 'issued')";
constexpr char kInstitutionOf[] = "SELECT institution_code FROM device_account WHERE account_id = $1";
constexpr char kVoidOlder[] = R"(
  UPDATE activation_code SET void_at = clock_timestamp()
  WHERE account_id = $1 AND code_hash <> $2 AND spent_at IS NULL AND void_at IS NULL)";
// One row comes back unless the code was known and is not this account's current one.
constexpr char kCode[] = R"(
  INSERT INTO activation_code AS code (code_hash, account_id) VALUES ($1, $2)
  ON CONFLICT (code_hash) DO UPDATE SET issued_at = code.issued_at
    WHERE code.account_id = excluded.account_id AND code.spent_at IS NULL AND code.void_at IS NULL)";
constexpr char kSheet[] = R"(
  INSERT INTO sealed_sheet (account_id, sealed, issued_on, source, sealed_until)
  VALUES ($1, decode($2, 'hex'), NULLIF($3, '')::date, $4, clock_timestamp() + $5::int * interval '1 day')
  ON CONFLICT (account_id) DO UPDATE
    SET sealed = excluded.sealed, issued_on = excluded.issued_on, source = excluded.source, sealed_until = excluded.sealed_until, printed = 0)";
constexpr char kStep[] = R"(
  INSERT INTO account_step (account_id, step, event, state, by)
  SELECT $1, coalesce(max(step), 0) + 1, 'issue', 'issued', $2 FROM account_step WHERE account_id = $1)";

}  // namespace

Result<void> StoreIssued(pqxx::work& transaction, const IssuedRow& row) {
  const account::IssuedForms& forms = row.forms;
  const pqxx::result stored =
      transaction.exec_params(kAccount, row.account_id, row.institution_code, forms.password_hash, row.application_id);
  if (stored.affected_rows() == 0) {
    const pqxx::result known = transaction.exec_params(kInstitutionOf, row.account_id);
    if (!known.empty() && known[0][0].as<std::string>() != row.institution_code)
      return Error{ErrorCode::kSheetOfOtherFacility, row.account_id, {}};
    return Error{ErrorCode::kSheetAlreadyUsed, row.account_id + " is not in state issued", {}};
  }
  transaction.exec_params(kVoidOlder, row.account_id, forms.code_hash);
  if (transaction.exec_params(kCode, forms.code_hash, row.account_id).affected_rows() == 0)
    return Error{
        ErrorCode::kSheetAlreadyUsed, row.account_id + ": its activation code was used or replaced before", {}};
  transaction.exec_params(kSheet, row.account_id, ToHex(forms.sealed), row.issued_on, row.source,
                          static_cast<int>(account::kSealedFor.count()));
  transaction.exec_params(kStep, row.account_id, row.by);
  WriteEvent(transaction,
             {.action = audit::action::kAccountIssued,
              .desk_id = {},
              .press_id = {},
              .code = 0,
              .detail = row.source,
              .account_id = row.account_id,
              .institution_code = row.institution_code,
              .actor = row.by},
             row.owner);
  return {};
}

}  // namespace madoguchi::store
