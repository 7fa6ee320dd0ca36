// SPDX-License-Identifier: Apache-2.0
// Events of the trail as the database takes them: one statement, however many. What an event leaves open is filled
// here: the state of the clock, of a desk's act who is signed in there (role "operator"), and of a press's the account
// that pressed. Thread: the transaction's. Exceptions of pqxx pass through: the caller is a transaction of
// connection.h.
#pragma once
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <vector>

#include "server/audit/trail.h"

namespace madoguchi::store {

inline constexpr std::size_t kTrailTextBytesMax = 2048;  // a row's list of hashes; what is longer is cut
inline constexpr std::size_t kTrailWordBytesMax = 255;   // any other text of an event, but for its detail and `shown`

// Fit for the trail: at most so many bytes, cut at a character's boundary; control characters are spaces.
std::string TrailText(std::string_view text, std::size_t bytes_max);

struct EventRow {
  std::string record_id;  // UUID text, new for each row
  const audit::Event* event;
};

void PrepareEventStatement(pqxx::connection& connection);
// On a connection that has it prepared.
void WriteEvents(pqxx::work& transaction, const std::vector<EventRow>& rows, const std::string& owner);

// One event in the caller's transaction, with who acts on this thread (audit/origin.h): what is changed and its row in
// the trail are both there, or neither.
void WriteEvent(pqxx::work& transaction, const audit::Event& event, const std::string& owner);
// The same under an id that it was given where it happened. UUID text.
void WriteEventAs(pqxx::work& transaction, const std::string& record_id, const audit::Event& event,
                  const std::string& owner);

}  // namespace madoguchi::store
