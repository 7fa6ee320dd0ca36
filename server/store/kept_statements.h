// SPDX-License-Identifier: Apache-2.0
// What an outcome leaves besides its row in the trail, in the same transaction: results that are kept sealed, and whose
// names they are about. Exceptions of pqxx pass through: the caller is a transaction of connection.h.
#pragma once
#include <pqxx/pqxx>
#include <string>

#include "server/audit/event.h"
#include "server/audit/trail.h"

namespace madoguchi::store {

// How long a desk may speak of the persons of a press (DeskCheckService.ProposeName). Older ones go as new ones come.
inline constexpr std::chrono::hours kNameSubjectKept{1};

void KeepResults(pqxx::work& transaction, const audit::CheckOutcome& outcome, const std::string& institution_code,
                 const std::string& operator_code);
// Who is signed in at a desk; empty: nobody. Using the desk keeps its operator signed in, as a press does.
std::string OperatorAt(pqxx::work& transaction, const std::string& desk_id);

// A row of the trail about a kept result; `row` has desk_id, press_id and institution_code.
audit::Event EventAbout(const char* word, const std::string& desk_id, const Bytes& press_id,
                        const std::string& institution_code, const std::string& actor, std::string detail,
                        int code = 0);
audit::Event EventAbout(const char* word, const pqxx::row& row, const std::string& actor, std::string detail,
                        int code = 0);

}  // namespace madoguchi::store
