// SPDX-License-Identifier: Apache-2.0
#include "server/account/sheet_expiry.h"

#include "contract/log.h"

namespace madoguchi::account {

void DestroyExpiredSheets(SheetBook& book) {
  for (int round = 0; round < kDestroyRoundsMax; ++round) {
    const auto destroyed = book.DestroyExpired(Deadline::In(kDestroySheetsWithin));
    if (!destroyed.ok()) {
      log::Report("account", "sheets_not_destroyed", destroyed.error());
      return;
    }
    if (*destroyed == 0) return;
    log::Info("account", "sheets_destroyed", {{"sheets", *destroyed}});
  }
}

}  // namespace madoguchi::account
