// SPDX-License-Identifier: Apache-2.0
// PgDesks: account::Desks over the tables desk, device_account, enrolment_token, desk_certificate, activation. Locks in
// the order device_account, desk, the rest. Thread: any. `pool` outlives it.
#pragma once
#include <string>

#include "server/account/desks.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgDesks final : public account::Desks {
 public:
  PgDesks(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::vector<account::DeskOverview>> List(const std::vector<std::string>& allowed, Deadline deadline) override;
  Result<std::vector<account::PreparedDesk>> Prepare(const account::PrepareOrder& order, std::size_t& wrong,
                                                     Deadline deadline) override;
  Result<account::RevokedDesk> Revoke(const account::DeskAct& act, Deadline deadline) override;
  Result<account::ReplacedDesk> Replace(const account::DeskAct& act, const account::DeskPlan& plan, int valid_minutes,
                                        Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
