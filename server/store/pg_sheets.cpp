// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_sheets.h"

#include <algorithm>
#include <utility>

#include "contract/bytes.h"
#include "server/account/limits.h"
#include "server/audit/event.h"
#include "server/store/array_literal.h"
#include "server/store/issued_accounts.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using account::ImportStanding;
using account::PrintableSheet;
using account::SheetKey;
using account::SheetLedger;
using account::SheetStanding;
using account::SheetsToImport;

constexpr char kInstitution[] = "SELECT FROM institution WHERE code = $1";
constexpr char kOneAtATime[] = "SELECT pg_advisory_xact_lock(hashtext('madoguchi.import'), hashtext($1))";
constexpr char kLedger[] = R"(
  SELECT application_id::text, number, devices, state IN ('accepted', 'recorded') AND reason IS NULL AS open,
    (SELECT count(*) FROM device_account AS account WHERE account.application_id = application.application_id) AS taken
  FROM application
  WHERE institution_code = $1 AND kind IN ('use', 'additional')
    AND CASE $2 WHEN '' THEN state IN ('accepted', 'recorded') AND reason IS NULL ELSE application_id::text = lower($2) END
  ORDER BY number DESC LIMIT 1)";
constexpr char kStandings[] = R"(
  SELECT wanted.account_id, coalesce(account.institution_code, '') AS institution_code, coalesce(account.state, '') AS state,
    coalesce(account.application_id::text, '') AS application_id,
    (SELECT coalesce(max(step), 0) FROM account_step AS step WHERE step.account_id = wanted.account_id) AS steps,
    coalesce(code.account_id, '') AS code_owner,
    coalesce(code.spent_at IS NOT NULL OR code.void_at IS NOT NULL, false) AS code_is_gone
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (account_id, code_hash, place)
  LEFT JOIN device_account AS account ON account.account_id = wanted.account_id
  LEFT JOIN activation_code AS code ON code.code_hash = wanted.code_hash
  ORDER BY place)";

constexpr char kPrintable[] = R"(
  SELECT account.account_id, coalesce(institution.name, '') AS name, coalesce(sheet.issued_on::text, '') AS issued_on,
    encode(sheet.sealed, 'hex') AS sealed,
    account.state = 'issued' AND sheet.sealed_until > clock_timestamp() AS printable
  FROM device_account AS account
  JOIN institution ON institution.code = account.institution_code
  LEFT JOIN sealed_sheet AS sheet ON sheet.account_id = account.account_id
  WHERE account.institution_code = $1
    AND CASE cardinality($2::text[]) WHEN 0 THEN account.state = 'issued' AND sheet.sealed_until > clock_timestamp()
                                     ELSE account.account_id = ANY ($2::text[]) END
  ORDER BY account.account_id LIMIT $3::int FOR UPDATE OF account)";
constexpr char kPrinted[] = "UPDATE sealed_sheet SET printed = printed + 1 WHERE account_id = $1";

constexpr char kDestroy[] = R"(
  DELETE FROM sealed_sheet AS sheet USING device_account AS account
  WHERE account.account_id = sheet.account_id AND sheet.account_id IN (
    SELECT account_id FROM sealed_sheet WHERE sealed_until <= clock_timestamp() LIMIT $1::int FOR UPDATE SKIP LOCKED)
  RETURNING sheet.account_id, account.institution_code)";

audit::Event EventOf(const char* action, const std::string& institution_code, const std::string& account_id,
                     const std::string& actor) {
  audit::Event event{};
  event.action = action;
  event.institution_code = institution_code;
  event.account_id = account_id;
  event.actor = actor;
  return event;
}

Result<ImportStanding> Standing(pqxx::work& transaction, const std::string& institution_code,
                                const std::string& application_id, const std::vector<SheetKey>& keys) {
  if (transaction.exec_params(kInstitution, institution_code).empty())
    return Error{ErrorCode::kInstitutionUnknown, institution_code, {}};
  ImportStanding standing;
  const pqxx::result ledgers = transaction.exec_params(kLedger, institution_code, application_id);
  if (ledgers.empty() && !application_id.empty()) return Error{ErrorCode::kNotFoundHere, "application", {}};
  if (!ledgers.empty()) {
    const pqxx::row row = ledgers[0];
    if (!row["open"].as<bool>())
      return Error{ErrorCode::kStateNotPossible, "application is neither accepted nor recorded", {}};
    standing.ledger = SheetLedger{row["application_id"].as<std::string>(), row["number"].as<std::uint32_t>(),
                                  row["devices"].as<std::uint32_t>(), row["taken"].as<std::uint32_t>()};
  }
  ArrayLiteral accounts, hashes;
  for (const SheetKey& key : keys) {
    accounts.Add(key.account_id);
    hashes.Add(key.code_hash);
  }
  for (const pqxx::row& row : transaction.exec_params(kStandings, accounts.Text(), hashes.Text())) {
    standing.accounts.push_back({row["account_id"].as<std::string>(), row["institution_code"].as<std::string>(),
                                 row["state"].as<std::string>(), row["application_id"].as<std::string>(),
                                 row["steps"].as<int>(), row["code_owner"].as<std::string>(),
                                 row["code_is_gone"].as<bool>()});
  }
  return standing;
}

}  // namespace

Result<ImportStanding> PgSheets::Look(const std::string& institution_code, const std::string& application_id,
                                      const std::vector<SheetKey>& keys, Deadline deadline) {
  return pool_.Run(
      deadline, [&](pqxx::work& transaction) { return Standing(transaction, institution_code, application_id, keys); });
}

Result<void> PgSheets::Import(const SheetsToImport& sheets, Deadline deadline) {
  std::vector<SheetKey> keys;
  for (const SheetsToImport::Account& each : sheets.accounts) keys.push_back({each.account_id, each.forms.code_hash});
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kOneAtATime, sheets.institution_code);
    TRY_ASSIGN(const ImportStanding now, Standing(transaction, sheets.institution_code, sheets.application_id, keys));
    if (now != sheets.seen) return Error{ErrorCode::kChangedMeanwhile, "what the preview saw has changed", {}};
    for (std::size_t i = 0; i < sheets.accounts.size(); ++i) {
      const SheetsToImport::Account& each = sheets.accounts[i];
      const bool joins = now.ledger && now.accounts[i].application_id.empty();
      TRY_VOID(StoreIssued(transaction, {sheets.institution_code, each.account_id, each.forms, each.issued_on, "import",
                                         joins ? now.ledger->application_id : "", sheets.by, owner_}));
    }
    audit::Event event = EventOf(audit::action::kAccountSheetsImported, sheets.institution_code, "", sheets.by);
    event.detail = std::to_string(sheets.files) + " files, " + std::to_string(sheets.accounts.size()) + " accounts";
    WriteEvent(transaction, event, owner_);
    return {};
  });
}

Result<std::vector<PrintableSheet>> PgSheets::TakeForPrint(const std::string& institution_code,
                                                           const std::vector<std::string>& account_ids,
                                                           const std::string& by, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<PrintableSheet>> {
    std::vector<PrintableSheet> sheets;
    for (const pqxx::row& row : transaction.exec_params(kPrintable, institution_code, TextArray(account_ids),
                                                        static_cast<int>(account::kImportAccountsMax))) {
      const auto account_id = row["account_id"].as<std::string>();
      if (row["printable"].is_null() || !row["printable"].as<bool>())
        return Error{ErrorCode::kSheetNotPrintable, account_id, {}};
      auto sealed = FromHex(row["sealed"].as<std::string>());
      sheets.push_back(
          {account_id, row["name"].as<std::string>(), row["issued_on"].as<std::string>(), std::move(*sealed)});
    }
    for (const std::string& account_id : account_ids) {
      const bool there = std::any_of(sheets.begin(), sheets.end(),
                                     [&](const PrintableSheet& sheet) { return sheet.account_id == account_id; });
      if (!there) return Error{ErrorCode::kAccountUnknown, "one of the accounts", {}};
    }
    if (sheets.empty()) return Error{ErrorCode::kSheetNotPrintable, "no sheet is sealed here", {}};
    for (const PrintableSheet& sheet : sheets) {
      transaction.exec_params(kPrinted, sheet.account_id);
      WriteEvent(transaction, EventOf(audit::action::kAccountSheetPrinted, institution_code, sheet.account_id, by),
                 owner_);
    }
    return sheets;
  });
}

Result<std::uint32_t> PgSheets::DestroyExpired(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::uint32_t> {
    const pqxx::result gone = transaction.exec_params(kDestroy, kDestroyedAtOnceMax);
    for (const pqxx::row& row : gone) {
      WriteEvent(transaction,
                 EventOf(audit::action::kAccountSheetDestroyed, row["institution_code"].as<std::string>(),
                         row["account_id"].as<std::string>(), "server"),
                 owner_);
    }
    return static_cast<std::uint32_t>(gone.size());
  });
}

}  // namespace madoguchi::store
