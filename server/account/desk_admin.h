// SPDX-License-Identifier: Apache-2.0
// DeskAdmin: what an administrator does to desks: prepare with an enrolment link each, follow, revoke, replace. The
// link leaves here once: only its digest is kept. Thread: any; calls block on the database and, for releases, the
// national side, up to their deadline. Owns nothing. Errors: those of desks.h; FIELD_INVALID with problems that name
// the field.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "contract/enrolment_link.h"
#include "server/account/desks.h"
#include "server/account/problem.h"
#include "server/account/releases.h"

namespace madoguchi::account {

inline constexpr std::size_t kDesksPreparedMax = 20;

struct LinkedDesk {
  PreparedDesk prepared;
  EnrolmentLink link;
};

class DeskAdmin {
 public:
  struct Parts {
    Desks& desks;
    Releases& releases;
    NationalAccounts& national;
    std::string enrolment_server;  // host:port as desks reach the enrolment listener
    Bytes root_sha256;             // of the facility root
  };
  explicit DeskAdmin(Parts parts) : parts_(std::move(parts)) {}

  struct Wish {
    std::string institution_code;
    std::vector<std::string> names, account_ids;
    std::uint32_t valid_minutes = 0;  // 0: kTokenValidDefault
    std::string by;
  };
  Result<std::vector<DeskOverview>> List(const std::vector<std::string>& allowed, Deadline deadline) {
    return parts_.desks.List(allowed, deadline);
  }
  Result<std::vector<LinkedDesk>> Prepare(const Wish& wish, Problems& problems, Deadline deadline);
  Result<DeskOverview> Revoke(const DeskAct& act, Problems& problems, Deadline deadline);
  Result<LinkedDesk> Replace(const DeskAct& act, const std::string& new_name, Problems& problems, Deadline deadline);

 private:
  EnrolmentLink NewLink() const;
  Parts parts_;
};

}  // namespace madoguchi::account
