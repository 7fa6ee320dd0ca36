// SPDX-License-Identifier: Apache-2.0
// PgSheets: account::SheetBook over the tables device_account, activation_code, sealed_sheet and application. Imports
// of one institution code follow each other (an advisory lock for the length of the transaction). Thread: any. `pool`
// outlives it.
#pragma once
#include "server/account/sheet_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

inline constexpr int kDestroyedAtOnceMax = 500;

class PgSheets final : public account::SheetBook {
 public:
  PgSheets(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<account::ImportStanding> Look(const std::string& institution_code, const std::string& application_id,
                                       const std::vector<account::SheetKey>& keys, Deadline deadline) override;
  Result<void> Import(const account::SheetsToImport& sheets, Deadline deadline) override;
  Result<std::vector<account::PrintableSheet>> TakeForPrint(const std::string& institution_code,
                                                            const std::vector<std::string>& account_ids,
                                                            const std::string& by, Deadline deadline) override;
  Result<std::uint32_t> DestroyExpired(Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
