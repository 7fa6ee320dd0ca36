// SPDX-License-Identifier: Apache-2.0
// PgFacilities: account::InstitutionBook over the tables institution, console_user (the applicant), notice. Thread:
// any. `pool` outlives it.
#pragma once
#include "server/account/institution_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgFacilities final : public account::InstitutionBook {
 public:
  PgFacilities(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::string> Today(Deadline deadline) override;
  Result<account::Registered> Register(const account::NewInstitution& institution, account::Problems& problems,
                                       Deadline deadline) override;
  Result<std::vector<account::Institution>> List(const std::vector<std::string>& codes, Deadline deadline) override;
  Result<account::Institution> Change(const account::InstitutionChange& change, const std::string& by,
                                      Deadline deadline) override;
  Result<std::uint32_t> PlanMove(const account::PlannedMove& move, account::Problems& problems,
                                 Deadline deadline) override;
  Result<account::Institution> SetStart(const std::string& code, const std::string& starts_on, bool recorded_only,
                                        const std::string& by, Deadline deadline) override;
  Result<std::vector<account::DueMove>> DueMoves(Deadline deadline) override;
  Result<std::uint32_t> Move(const account::DueMove& move, const std::map<std::string, std::string>& code_hashes,
                             Deadline deadline) override;
  Result<std::uint32_t> WarnOfCategories(Deadline deadline) override;
  Result<std::vector<account::Notice>> Notices(const std::string& user_id, const std::vector<std::string>& codes,
                                               std::size_t limit, Deadline deadline) override;

 private:
  void Record(pqxx::work& transaction, const char* action, const std::string& code, const std::string& detail,
              const std::string& by);
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
