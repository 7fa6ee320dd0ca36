// SPDX-License-Identifier: Apache-2.0
// SheetPrint: the settings sheets of accounts that are not activated yet, as PDF: one file each, or one for all. That
// they are given out is in the trail before they are drawn. Thread: any. Ownership: the seams outlive it; documents are
// wiped with their buffers. Errors: FIELD_INVALID (more than kPrintAccountsMax, or no account ID) · those of
// SheetBook::TakeForPrint · page.h.
#pragma once
#include <string>
#include <vector>

#include "contract/wiped_buffer.h"
#include "server/account/limits.h"
#include "server/account/sheet_book.h"
#include "server/audit/trail.h"

namespace madoguchi::account {

inline constexpr std::size_t kPrintAccountsMax = kDevicesPerApplicationMax;

struct PrintRequest {
  std::string institution_code;
  std::vector<std::string> account_ids;  // empty: every one that can be printed
  bool in_one_file = false;
  std::string by;  // user id
};

struct PrintedFile {
  std::string name;  // W0000001_skg_account.pdf
  WipedBuffer pdf;
};

class SheetPrint {
 public:
  struct Seams {
    SheetBook& book;
    audit::Trail& trail;
    const crypto::Seal& seal;
  };
  explicit SheetPrint(const Seams& seams) : seams_(seams) {}
  Result<std::vector<PrintedFile>> Print(const PrintRequest& request, Deadline deadline);

 private:
  const Seams seams_;
};

}  // namespace madoguchi::account
