// SPDX-License-Identifier: Apache-2.0
// What the trail's writer says to the database: one statement per kind of row, however many rows (of events:
// event_statements.h). The rules of a press
// are in these statements and nowhere else, so that no gap lies between looking and writing. Thread: the writer's.
// Exceptions of pqxx pass through: the caller is a transaction of connection.h.
#pragma once
#include <pqxx/pqxx>
#include <string>
#include <variant>
#include <vector>

#include "contract/result.h"
#include "server/audit/trail.h"
#include "server/store/event_statements.h"

namespace madoguchi::store {

// A row of audit_event to be.
struct TrailRow {
  std::string record_id;  // UUID text, new for each row
  std::variant<audit::CheckIntent, audit::CheckOutcome, audit::Event> what;
};

// What became of a row. The receipt is an intent's; empty for the other two.
using RowAnswer = Result<audit::IntentReceipt>;

// The press a row is about, as raw bytes; empty for an event. Two rows of one press may not be in one call of
// WriteRows.
Bytes PressOf(const TrailRow& row);

void PrepareTrailStatements(pqxx::connection& connection);

// Writes the rows; one answer each, in their order. A refused row (ACCOUNT_NOT_USABLE, DESK_NOT_ACTIVE,
// PRESS_ID_REUSED, PRESS_TAKEN_OVER) leaves nothing behind and does not disturb the others. `owner` goes with events.
std::vector<RowAnswer> WriteRows(pqxx::work& transaction, const std::vector<const TrailRow*>& rows,
                                 const std::string& owner);

// Whether a row is in the trail already, and its receipt: for rows whose commit broke off. One answer each, in their
// order; DATABASE_OUTCOME_IN_DOUBT marks the ones that are not there.
std::vector<RowAnswer> FindRows(pqxx::work& transaction, const std::vector<const TrailRow*>& rows);

}  // namespace madoguchi::store
