// SPDX-License-Identifier: Apache-2.0
// UserBook: the seam to the users of the console. store/ implements it; what changes, its row in the trail and the mail
// about it are one transaction. Whoever acts may touch only users whose institution codes are all their own:
// INSTITUTION_NOT_ALLOWED. Thread: any; calls block up to their deadline. Errors beside the named ones: DATABASE_….
#pragma once
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/approval.h"
#include "server/account/sealed_mail.h"

namespace madoguchi::console {

inline constexpr std::size_t kUserNameMax = 61;
inline constexpr std::size_t kInstitutionCodesMax = 20;  // of one user
inline constexpr int kUsersMax = 200;                    // more are refused: SERVER_BUSY

struct UserFacts {
  std::string user_id, name, role;
  std::vector<std::string> institution_codes;  // empty: all
  bool enabled = false, complete = false;
  std::string last_log_in_at, locked_until;  // RFC 3339; empty: never, not locked
};

// Who acts: a user of the console, or "root" on the server's machine.
struct Actor {
  std::string user_id;
  std::vector<std::string> institution_codes;  // empty: all
  account::Approval approval = {};
};

struct UserRole {
  std::string user_id, role;
  std::vector<std::string> institution_codes;
};

struct FirstPassword {
  std::string password_hash;
  account::SealedMail mail;
};

class UserBook {
 public:
  virtual ~UserBook() = default;
  // Those the actor may act for.
  virtual Result<std::vector<UserFacts>> List(const Actor& actor, Deadline deadline) = 0;
  // USER_EXISTS · INSTITUTION_UNKNOWN.
  virtual Result<UserFacts> Create(const Actor& actor, const UserRole& user, const std::string& name,
                                   const FirstPassword& first, Deadline deadline) = 0;
  // NOT_FOUND_HERE · INSTITUTION_UNKNOWN · STATE_NOT_POSSIBLE: the last enabled administrator of the whole organisation
  // stays one.
  virtual Result<UserFacts> SetRole(const Actor& actor, const UserRole& user, Deadline deadline) = 0;
  // A first password anew, TOTP and recovery codes gone, all sessions ended. NOT_FOUND_HERE.
  virtual Result<void> ResetCredentials(const Actor& actor, const std::string& user_id, const FirstPassword& first,
                                        Deadline deadline) = 0;
  // Ends the sessions of whoever is disabled. NOT_FOUND_HERE · STATE_NOT_POSSIBLE: the last one, or it is so already.
  virtual Result<UserFacts> SetEnabled(const Actor& actor, const std::string& user_id, bool enabled,
                                       Deadline deadline) = 0;
};

}  // namespace madoguchi::console
