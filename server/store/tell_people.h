// SPDX-License-Identifier: Apache-2.0
// What the server tells people, in the caller's transaction: a notice (raised once per kind and subject), a mail that
// will be sent. And the two ways this module writes a time for people. Exceptions of pqxx pass through: the caller is a
// transaction of connection.h.
#pragma once
#include <pqxx/pqxx>
#include <string>

#include "contract/result.h"
#include "server/account/sealed_mail.h"

namespace madoguchi::store {

// SQL: today's date in Japan; a timestamptz expression as RFC 3339 in UTC (empty for NULL).
inline constexpr char kTodaySql[] = "(clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date";
inline std::string TimeSql(const std::string& expression) {
  return "coalesce(to_char(" + expression + " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '')";
}

// about: at most 200 characters, no person. False: it was raised before.
bool RaiseNotice(pqxx::work& transaction, const std::string& kind, const std::string& about);

// SERVER_BUSY: account::kMailsWaitingMax wait already.
Result<void> QueueMail(pqxx::work& transaction, const account::SealedMail& mail);

}  // namespace madoguchi::store
