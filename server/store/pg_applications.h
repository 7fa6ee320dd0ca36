// SPDX-License-Identifier: Apache-2.0
// PgApplications: account::ApplicationBook over the tables application, application_step, application_attachment.
// Thread: any. `pool` outlives it.
#pragma once
#include "server/account/application_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgApplications final : public account::ApplicationBook {
 public:
  PgApplications(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::string> Today(Deadline deadline) override;
  Result<account::Application> Apply(const account::ApplicationRequest& request, ByteView bank_last4_sealed,
                                     account::ApplicationState state, account::Problems& problems,
                                     Deadline deadline) override;
  Result<account::Application> Record(const account::RecordedApplication& recorded, account::Problems& problems,
                                      Deadline deadline) override;
  Result<std::vector<account::Application>> List(const std::vector<std::string>& codes, Deadline deadline) override;
  Result<account::Application> Find(const std::string& institution_code, const std::string& application_id,
                                    Deadline deadline) override;
  Result<account::Application> Withdraw(const std::string& application_id, const std::string& receipt,
                                        const std::string& by, Deadline deadline) override;
  Result<std::optional<account::DueApplication>> TakeDue(Deadline deadline) override;
  Result<void> Received(const std::string& application_id, const std::string& receipt, std::chrono::milliseconds next,
                        Deadline deadline) override;
  Result<void> Later(const std::string& application_id, std::chrono::milliseconds next, Deadline deadline) override;
  Result<void> GiveUpAsking(const std::string& application_id, Deadline deadline) override;
  Result<void> Accept(const account::Acceptance& acceptance, Deadline deadline) override;
  Result<void> Reject(const std::string& application_id, const std::string& reason, Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
