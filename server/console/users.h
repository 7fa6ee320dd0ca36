// SPDX-License-Identifier: Apache-2.0
// Users: adding and changing users of the console. A first password is made here, kept as a hash and leaves by mail
// only. Thread: any; calls block on the database, some on a hash slot. Errors: those of UserBook, FIELD_INVALID with
// problems, SERVER_BUSY.
#pragma once
#include <string>
#include <vector>

#include "contract/crypto/seal.h"
#include "server/account/problem.h"
#include "server/console/user_book.h"

namespace madoguchi::console {

class Users {
 public:
  // Both outlive it.
  Users(UserBook& book, const crypto::Seal& seal) : book_(book), seal_(seal) {}
  Result<std::vector<UserFacts>> List(const Actor& actor, Deadline deadline) { return book_.List(actor, deadline); }
  // The user id is a mail address; capitals become small letters.
  Result<UserFacts> Create(const Actor& actor, UserRole user, const std::string& name, Deadline deadline,
                           account::Problems& problems);
  Result<UserFacts> SetRole(const Actor& actor, const UserRole& user, Deadline deadline, account::Problems& problems);
  Result<void> ResetCredentials(const Actor& actor, const std::string& user_id, Deadline deadline);
  Result<UserFacts> SetEnabled(const Actor& actor, const std::string& user_id, bool enabled, Deadline deadline) {
    return book_.SetEnabled(actor, user_id, enabled, deadline);
  }

 private:
  UserBook& book_;
  const crypto::Seal& seal_;
};

// The first administrator's and every other new user's id and name. Empty: both are good.
account::Problems CheckNewUser(const std::string& user_id, const std::string& name);
std::string LowerCase(std::string text);

}  // namespace madoguchi::console
