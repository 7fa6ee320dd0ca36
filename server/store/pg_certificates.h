// SPDX-License-Identifier: Apache-2.0
// PgCertificates: identity::CertificateBook over desk_certificate, late_renewal and notice. Thread: any. `pool`
// outlives it. `owner`: this server process, on rows of the trail.
#pragma once
#include <string>
#include <utility>

#include "server/identity/certificate_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgCertificates final : public identity::CertificateBook {
 public:
  PgCertificates(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<void> AddRenewed(const identity::BookEntry& entry, ByteView replaces, Deadline deadline) override;
  Result<identity::LateState> AskLate(const identity::LateRequest& request, Deadline deadline) override;
  Result<std::string> FinishLate(const std::string& renewal_id, const identity::BookEntry& entry,
                                 const std::string& certificate_pem, Deadline deadline) override;
  Result<std::vector<identity::OpenRenewal>> ListLate(Deadline deadline) override;
  Result<void> DecideLate(const std::string& renewal_id, bool refuse, const std::string& by,
                          Deadline deadline) override;
  Result<void> RaiseNotice(const std::string& kind, const std::string& about, Deadline deadline) override;

 private:
  // A refusal and its row in the trail, both committed.
  Result<void> RecordRefusal(const std::string& desk_id, const Error& error, Deadline deadline);
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
