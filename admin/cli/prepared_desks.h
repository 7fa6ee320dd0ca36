// SPDX-License-Identifier: Apache-2.0
// What the server answers when desks are prepared or replaced: a desk with its enrolment link, then its sheet in
// chunks. Links become files NN-ACCOUNT.link (0600), sheets keep the server's names. Thread: one.
#pragma once
#include <string>
#include <vector>

#include "admin/cli/out_files.h"
#include "admin/cli/received_files.h"
#include "madoguchi/v1/desk_admin_service.pb.h"

namespace madoguchi::cli {

inline constexpr std::size_t kPreparedMax = 20;

class PreparedDesks {
 public:
  PreparedDesks() = default;
  ~PreparedDesks();
  PreparedDesks(const PreparedDesks&) = delete;
  PreparedDesks& operator=(const PreparedDesks&) = delete;
  Done Add(v1::PrepareDesksResponse& message);  // wipes what it takes out
  // whole: also the sheets; false after a transfer that broke, when only the links are known to be complete.
  Done WriteInto(OutFolder& folder, bool whole) const;
  const std::vector<v1::Desk>& desks() const { return desks_; }
  const std::vector<std::string>& links() const { return links_; }  // one per desk

 private:
  std::vector<v1::Desk> desks_;
  std::vector<std::string> links_;
  ReceivedFiles sheets_;
};

// Where the activation of these desks stands; `now` is a list of all desks.
struct Progressed {
  std::size_t active = 0;
  bool expired = false;  // at least one
};
Progressed CountActive(const std::vector<v1::Desk>& prepared, const std::vector<v1::Desk>& now);

}  // namespace madoguchi::cli
