// SPDX-License-Identifier: Apache-2.0
// InstitutionBook: where institutions and notices are kept. store/ implements it. Every change and its row in the trail
// are one transaction. Thread: any; calls block up to their deadline. Errors: those of the database (17xx) and the ones
// named.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/approval.h"
#include "server/account/problem.h"
#include "server/account/registration.h"
#include "server/account/sealed_mail.h"

namespace madoguchi::account {

inline constexpr std::size_t kInstitutionsMax = 100;  // of one organisation
inline constexpr std::size_t kNoticesListedMax = 1000;
inline constexpr std::size_t kNoticesListedDefault = 100;
inline constexpr std::size_t kMovedAccountsMax = 10'000;

struct Institution {
  std::string code;
  int type = 0;  // 0: known by its code only (before it was registered)
  std::string name, founder, phone, category, category_ends_on, starts_on, ends_on;
  std::uint32_t accounts_issued = 0, accounts_active = 0;  // not ended; in use
  std::string moves_to, moves_on;
};

struct NewInstitution {
  Registration registration;
  std::string password_hash;  // of the applicant's first password, if the user is new
  SealedMail mail;            // ID and first password; queued only if the user is new
  std::string by;
};
struct Registered {
  Institution institution;
  std::string user_id;
  bool user_is_new = false;
};

struct Notice {
  std::string notice_id, kind, about, at;
  bool read = false;
};

// A move whose day has come.
struct DueMove {
  std::string from, to;
  std::map<std::string, Bytes> sheets;  // account → its sealed secrets, of accounts whose code is unspent
};

// All accounts of `from` to `to`, on an ISO date.
struct PlannedMove {
  std::string from, to, on, by;
  Approval approval = {};
  bool recorded_only = false;  // the national side is told by people
};

class InstitutionBook {
 public:
  virtual ~InstitutionBook() = default;
  virtual Result<std::string> Today(Deadline deadline) = 0;  // ISO date in Japan
  // FIELD_INVALID with a problem of "code": registered already.
  virtual Result<Registered> Register(const NewInstitution& institution, Problems& problems, Deadline deadline) = 0;
  // codes empty: all.
  virtual Result<std::vector<Institution>> List(const std::vector<std::string>& codes, Deadline deadline) = 0;
  virtual Result<Institution> Change(const InstitutionChange& change, const std::string& by, Deadline deadline) = 0;
  // Also makes the application (change) that tells the national side: the move waits until it is accepted, and is
  // dropped when it is rejected or withdrawn. → how many accounts will move. INSTITUTION_UNKNOWN · FIELD_INVALID ·
  // STATE_NOT_POSSIBLE (a desk holds accounts of both codes; an earlier move is not answered yet).
  virtual Result<std::uint32_t> PlanMove(const PlannedMove& move, Problems& problems, Deadline deadline) = 0;
  // Also makes the application that tells the national side, unless `recorded_only`. INSTITUTION_UNKNOWN.
  virtual Result<Institution> SetStart(const std::string& code, const std::string& starts_on, bool recorded_only,
                                       const std::string& by, Deadline deadline) = 0;

  // The daily round.
  virtual Result<std::vector<DueMove>> DueMoves(Deadline deadline) = 0;
  // Moves the accounts; code_hashes: account → hash of its unspent activation code under the new institution code.
  // Whose desks' streams are open is told to every server process. → how many moved; 0 also when another server
  // did it, or a desk holds accounts of both codes (then a notice is raised).
  virtual Result<std::uint32_t> Move(const DueMove& move, const std::map<std::string, std::string>& code_hashes,
                                     Deadline deadline) = 0;
  // Notices of categories that end within kCategoryWarning or have ended. → how many are new.
  virtual Result<std::uint32_t> WarnOfCategories(Deadline deadline) = 0;

  // Newest first; what is listed counts as read by this user from then on. Only of these institutions, or all; limit ≤
  // kNoticesListedMax.
  virtual Result<std::vector<Notice>> Notices(const std::string& user_id, const std::vector<std::string>& codes,
                                              std::size_t limit, Deadline deadline) = 0;
};

}  // namespace madoguchi::account
