// SPDX-License-Identifier: Apache-2.0
// PgUsers: console::UserBook over the tables console_user and console_user_institution. Thread: any. `pool` outlives
// it.
#pragma once
#include "server/console/user_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgUsers final : public console::UserBook {
 public:
  PgUsers(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::vector<console::UserFacts>> List(const console::Actor& actor, Deadline deadline) override;
  Result<console::UserFacts> Create(const console::Actor& actor, const console::UserRole& user, const std::string& name,
                                    const console::FirstPassword& first, Deadline deadline) override;
  Result<console::UserFacts> SetRole(const console::Actor& actor, const console::UserRole& user,
                                     Deadline deadline) override;
  Result<void> ResetCredentials(const console::Actor& actor, const std::string& user_id,
                                const console::FirstPassword& first, Deadline deadline) override;
  Result<console::UserFacts> SetEnabled(const console::Actor& actor, const std::string& user_id, bool enabled,
                                        Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
