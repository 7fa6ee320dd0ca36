// SPDX-License-Identifier: Apache-2.0
#include "server/account/sheets/sheet_print.h"

#include <algorithm>
#include <utility>

#include "contract/log.h"
#include "contract/sheet/settings_sheet.h"
#include "server/account/sheets/settings_sheet_pdf.h"
#include "server/audit/event.h"

namespace madoguchi::account {
namespace {

Result<void> CheckAccounts(const std::vector<std::string>& account_ids) {
  if (account_ids.size() > kPrintAccountsMax) return Error{ErrorCode::kFieldInvalid, "account_ids: more than 20", {}};
  for (const std::string& account_id : account_ids)
    if (!sheet::IsAccountId(account_id)) return Error{ErrorCode::kFieldInvalid, "account_ids", {}};
  return {};
}

}  // namespace

Result<std::vector<PrintedFile>> SheetPrint::Print(const PrintRequest& request, Deadline deadline) {
  TRY_VOID(CheckAccounts(request.account_ids));
  auto taken = seams_.book.TakeForPrint(request.institution_code, request.account_ids, request.by, deadline);
  if (!taken.ok()) {
    audit::Event refusal{};
    refusal.action = audit::action::kAccountSheetPrintRefused;
    refusal.code = static_cast<int>(taken.error().code);
    refusal.institution_code = request.institution_code;
    refusal.account_id = request.account_ids.size() == 1 ? request.account_ids.front() : "";
    refusal.actor = request.by;
    const auto recorded = seams_.trail.RecordEvent(refusal, deadline);
    if (!recorded.ok()) log::Report("account", "print_refusal_not_recorded", recorded.error());
    return taken.error();
  }
  std::vector<sheet::SettingsSheet> sheets;
  for (PrintableSheet& each : *taken) {
    TRY_ASSIGN(SheetSecrets secrets, OpenSheet(seams_.seal, each.account_id, each.sealed));
    sheet::SettingsSheet page;
    page.issued_on = each.issued_on;
    page.institution_code = request.institution_code;
    page.institution_name = each.institution_name;
    page.account_id = each.account_id;
    std::swap(page.password, secrets.password);
    std::swap(page.activation_code, secrets.activation_code);
    sheets.push_back(std::move(page));
  }
  std::vector<PrintedFile> files;
  if (request.in_one_file) {
    TRY_ASSIGN(WipedBuffer pdf, WriteSettingsSheets(sheets));
    files.push_back({kAllSheetsFileName, std::move(pdf)});
    return files;
  }
  for (sheet::SettingsSheet& each : sheets) {
    std::string name = sheet::FileNameOf(each.account_id);
    std::vector<sheet::SettingsSheet> one;
    one.push_back(std::move(each));
    TRY_ASSIGN(WipedBuffer pdf, WriteSettingsSheets(one));
    files.push_back({std::move(name), std::move(pdf)});
  }
  return files;
}

}  // namespace madoguchi::account
