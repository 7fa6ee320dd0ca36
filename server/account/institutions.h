// SPDX-License-Identifier: Apache-2.0
// Institutions: registering, changing and moving them, start dates, and the daily round over their dates. A refusal
// leaves a row in the trail. Thread: any; Register takes one Argon2id hash; calls block up to their deadline. Owns
// nothing. Errors: those of InstitutionBook; FIELD_INVALID with the problems of the fields.
#pragma once
#include <string>
#include <vector>

#include "contract/crypto/seal.h"
#include "server/account/institution_book.h"
#include "server/account/national_accounts.h"
#include "server/audit/trail.h"

namespace madoguchi::account {

inline constexpr std::chrono::milliseconds kDatesRoundEvery{
    60'000};  // so that a move happens in the first minute of its day

class Institutions {
 public:
  struct Parts {
    InstitutionBook& book;
    const NationalAccounts& national;
    audit::Trail& trail;
    const crypto::Seal& seal;
    const audit::KeyedHash& hash;
  };
  explicit Institutions(Parts parts) : parts_(parts) {}
  // Warnings are among the problems of a registration that was made.
  Result<Registered> Register(Registration registration, const std::string& by, Problems& problems, Deadline deadline);
  Result<Institution> Change(const InstitutionChange& change, const std::string& by, Problems& problems,
                             Deadline deadline);
  Result<std::uint32_t> PlanMove(PlannedMove move, Problems& problems, Deadline deadline);
  Result<Institution> SetStart(const std::string& code, const std::string& starts_on, const std::string& by,
                               Problems& problems, Deadline deadline);
  InstitutionBook& book() { return parts_.book; }

  // Moves whose day has come, and warnings; the first error, after all was tried. Called every kDatesRoundEvery by one
  // thread per process.
  Result<void> Tick(Deadline deadline);

 private:
  Result<Registered> Registering(Registration& registration, const std::string& by, Problems& problems,
                                 Deadline deadline);
  Result<void> Move(const DueMove& due, Deadline deadline);
  void Refused(const Error& error, const std::string& code, const std::string& by, Deadline deadline);
  const Parts parts_;
};

}  // namespace madoguchi::account
