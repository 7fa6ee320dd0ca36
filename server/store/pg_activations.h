// SPDX-License-Identifier: Apache-2.0
// PgActivations: account::Activations over the tables activation, device_account, activation_code, sealed_sheet, desk,
// desk_certificate, desk_log_in, enrolment_token. Locks in the order device_account, desk, activation. Thread: any.
// `pool` outlives it.
#pragma once
#include <string>

#include "server/account/activations.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgActivations final : public account::Activations {
 public:
  // owner: this server process, as it stands in the trail.
  PgActivations(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<void> BeginByToken(const account::NewCeremony& ceremony, ByteView token_sha256, Deadline deadline) override;
  Result<account::SheetKnown> TakeTry(const account::TypedSheet& sheet, std::chrono::milliseconds& locked_for,
                                      Deadline deadline) override;
  Result<void> ReturnTry(const account::TypedSheet& sheet, Deadline deadline) override;
  Result<void> WrongFields(const account::TypedSheet& sheet, std::chrono::milliseconds& locked_for,
                           Deadline deadline) override;
  Result<void> BeginBySheet(const account::NewCeremony& ceremony, const account::TypedSheet& sheet,
                            Deadline deadline) override;
  Result<account::Ceremony> Load(const std::string& activation_id, Deadline deadline) override;
  Result<account::CeremonyStep> StartTelling(const std::string& activation_id, Deadline deadline) override;
  Result<void> NotTold(const std::string& activation_id, Deadline deadline) override;
  Result<void> Told(const std::string& activation_id, Deadline deadline) override;
  Result<account::Activated> Complete(const std::string& activation_id, bool told,
                                      const account::IssueCertificate& issue, Deadline deadline) override;
  Result<void> Fail(const std::string& activation_id, ErrorCode code, Deadline deadline) override;
  Result<void> GiveUp(const std::string& activation_id, ErrorCode code, Deadline deadline) override;
  Result<std::vector<account::Ceremony>> ClaimUnfinished(Deadline deadline) override;
  Result<void> Undone(const std::string& activation_id, const std::vector<account::Reissued>& reissued,
                      Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
