// SPDX-License-Identifier: Apache-2.0
// Applications: what an administrator does with them. A refusal leaves a row in the trail. Thread: any; calls block up
// to their deadline. Owns nothing. Errors: those of ApplicationBook and application.h; with the problems of the fields.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "contract/crypto/seal.h"
#include "server/account/application_book.h"
#include "server/account/national_accounts.h"
#include "server/audit/trail.h"

namespace madoguchi::account {

class Applications {
 public:
  struct Parts {
    ApplicationBook& book;
    NationalAccounts& national;
    audit::Trail& trail;
    const crypto::Seal& seal;
    std::function<void()> wake;  // an application is there for the courier
  };
  explicit Applications(Parts parts) : parts_(std::move(parts)) {}
  // In manual mode it is kept as a draft that nobody is told of.
  Result<Application> Apply(ApplicationRequest request, Problems& problems, Deadline deadline);
  Result<Application> Record(const RecordedApplication& recorded, Problems& problems, Deadline deadline);
  Result<std::vector<Application>> List(const std::vector<std::string>& codes, Deadline deadline);
  // The national side is told first when it has the application. STATE_NOT_POSSIBLE: decided, or just being submitted.
  Result<Application> Withdraw(const std::string& institution_code, const std::string& application_id,
                               const std::string& by, Deadline deadline);

 private:
  Result<Application> Checked(ApplicationRequest& request, Problems& problems, Deadline deadline);
  void Refused(const Error& error, const std::string& institution_code, const std::string& by, Deadline deadline);
  const Parts parts_;
};

}  // namespace madoguchi::account
