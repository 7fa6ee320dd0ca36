// SPDX-License-Identifier: Apache-2.0
// Settings sheets (S4) as PDF, one page each, with the labels that proto/contract/sheet reads. The QR code names
// institution and account only: never a secret. Thread: any; about 10 ms a page. Ownership: the document holds secrets
// and is wiped with its buffer. Errors: page.h.
#pragma once
#include <string>
#include <vector>

#include "contract/result.h"
#include "contract/sheet/settings_sheet.h"
#include "contract/wiped_buffer.h"

namespace madoguchi::account {

inline constexpr char kAllSheetsFileName[] = "skg_accounts.pdf";
inline constexpr char kSheetIssuer[] = "Madoguchi 窓口サーバー";

// Sheets with an empty issued_on or institution_name show none. A long name takes two lines.
Result<WipedBuffer> WriteSettingsSheets(const std::vector<sheet::SettingsSheet>& sheets,
                                        const std::string& issuer = kSheetIssuer);

}  // namespace madoguchi::account
