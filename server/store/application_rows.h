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

// where: a condition on `application` with $1; newest first, at most account::kApplicationsListedMax.
std::vector<account::Application> ReadApplications(pqxx::work& transaction, const std::string& where,
                                                   const std::string& value);

}  // namespace madoguchi::store
