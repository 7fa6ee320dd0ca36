// SPDX-License-Identifier: Apache-2.0
// SheetBook: where issued secrets lie sealed between import and activation. store/ implements it. Every change and its
// rows in the trail are one transaction. Thread: any; calls block up to their deadline. Errors: those of the database
// (17xx) and the ones named.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/sealed_sheet.h"

namespace madoguchi::account {

// What is known of one account that a sheet names. Two that are equal: nothing happened to it in between.
struct SheetStanding {
  std::string account_id;
  std::string institution_code;  // empty: no such account yet
  std::string state;             // as in the database; empty likewise
  std::string application_id;    // whose ledger it is in; empty: none
  int steps = 0;                 // of its history
  std::string code_owner;        // whose code the sheet's was ever; empty: nobody's
  bool code_is_gone = false;     // spent or replaced
  bool operator==(const SheetStanding&) const = default;
};

// The application whose devices these accounts are.
struct SheetLedger {
  std::string application_id;
  std::uint32_t number = 0, devices = 0, taken = 0;
  bool operator==(const SheetLedger&) const = default;
};

struct ImportStanding {
  std::optional<SheetLedger> ledger;  // nothing: no application is kept for this institution code
  std::vector<SheetStanding> accounts;
  bool operator==(const ImportStanding&) const = default;
};

struct SheetKey {
  std::string account_id, code_hash;
};

struct SheetsToImport {
  std::string institution_code;
  std::string application_id;  // as asked for; empty: the newest
  std::string by;              // user id
  struct Account {
    std::string account_id, issued_on;
    IssuedForms forms;
  };
  std::vector<Account> accounts;
  ImportStanding seen;  // as Look gave it
  std::size_t files = 0;
};

struct PrintableSheet {
  std::string account_id, institution_name, issued_on;
  Bytes sealed;
};

class SheetBook {
 public:
  virtual ~SheetBook() = default;
  // One standing for each key, in order. application_id empty: the newest accepted or recorded one that devices belong
  // to. INSTITUTION_UNKNOWN · NOT_FOUND_HERE (the application) · STATE_NOT_POSSIBLE (it is neither accepted nor
  // recorded).
  virtual Result<ImportStanding> Look(const std::string& institution_code, const std::string& application_id,
                                      const std::vector<SheetKey>& keys, Deadline deadline) = 0;
  // All or nothing. CHANGED_MEANWHILE: what was seen is not so any more (another administrator imported, a desk was
  // activated).
  virtual Result<void> Import(const SheetsToImport& sheets, Deadline deadline) = 0;
  // The sealed sheets to be printed now, counted and in the trail. account_ids empty: every one there is, by ID.
  // ACCOUNT_UNKNOWN · SHEET_NOT_PRINTABLE (one of them is activated, or its secrets were destroyed): then none is
  // given.
  virtual Result<std::vector<PrintableSheet>> TakeForPrint(const std::string& institution_code,
                                                           const std::vector<std::string>& account_ids,
                                                           const std::string& by, Deadline deadline) = 0;
  // Deletes what was sealed for long enough; → how many. To be called now and then, by any server process.
  virtual Result<std::uint32_t> DestroyExpired(Deadline deadline) = 0;
};

}  // namespace madoguchi::account
