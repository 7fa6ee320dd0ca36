// SPDX-License-Identifier: Apache-2.0
// Pieces of transactions about ceremonies of activation (account/activations.h) that pg_activations shares with what
// undoes them. Exceptions of pqxx pass through: the caller is a transaction of connection.h. Thread: the transaction's.
#pragma once
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "contract/result.h"
#include "server/account/activations.h"

namespace madoguchi::store {

// One ceremony with its accounts, or nothing.
std::optional<account::Ceremony> ReadCeremony(pqxx::work& transaction, const std::string& activation_id);

// What a ceremony may go on with: all its rows locked, in the order that holds everywhere.
struct Admitted {
  account::CeremonyStep step = account::CeremonyStep::kBegun;  // kDone: nothing is locked for anything any more
  std::string desk_id, desk_name, certificate_pem;
  std::vector<std::pair<std::string, std::string>> accounts;  // account id, institution code
  std::string first_account;
  Bytes request;
};
// The rules of going on. ACTIVATION_EXPIRED · CHANGED_MEANWHILE · NATIONAL_UNREACHABLE (a release is still to be
// confirmed there) · ENROLMENT_TOKEN_INVALID or ACTIVATION_REFUSED (another desk was first, or what it was for has
// gone) · the code it failed with.
Result<Admitted> Admit(pqxx::work& transaction, const std::string& activation_id);

account::Activated AnswerOf(const Admitted& admitted);

}  // namespace madoguchi::store
