// SPDX-License-Identifier: Apache-2.0
// Rows of applications, in the caller's transaction: the next step of a history, and applications as people read them,
// with their ledger. Exceptions of pqxx pass through: the caller is a transaction of connection.h.
#pragma once
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "server/account/application.h"

namespace madoguchi::store {

void AddStep(pqxx::work& transaction, const std::string& application_id, account::ApplicationState state,
             const std::string& by, const std::string& note);

// An application that follows from an act of its own (a start date, a move): told to the national side, or only
// recorded. moves_to: of a change of the institution code, else empty.
struct FollowingApplication {
  std::string institution_code;
  account::ApplicationKind kind = account::ApplicationKind::kChange;
  std::string effective_on, moves_to, by;
  bool recorded_only = false;
};
void AddFollowing(pqxx::work& transaction, const FollowingApplication& application);

// The move that this application asked for will not be: rejected or withdrawn.
void DropMove(pqxx::work& transaction, const std::string& application_id);

// What proved the facility is not kept beyond the decision: of the attached files name, size and SHA-256 stay.
void ForgetProof(pqxx::work& transaction, const std::string& application_id);

// where: a condition on `application` with $1; newest first, at most account::kApplicationsListedMax.
std::vector<account::Application> ReadApplications(pqxx::work& transaction, const std::string& where,
                                                   const std::string& value);

}  // namespace madoguchi::store
