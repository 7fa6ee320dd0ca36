// SPDX-License-Identifier: Apache-2.0
#include "server/store/trail_partitions.h"

#include "server/store/connection.h"

namespace madoguchi::store {
namespace {

constexpr std::chrono::seconds kBeyondTheStatement{2};

// The end of the unbroken run of partitions that covers now, in seconds since 1970.
constexpr char kUntil[] = R"(
  WITH RECURSIVE covered(until_at) AS (
    SELECT until_at FROM trail_partitions() WHERE coalesce(from_at, '-infinity') <= now() AND until_at > now()
    UNION SELECT after.until_at FROM trail_partitions() AS after JOIN covered ON after.from_at = covered.until_at
  )
  SELECT coalesce(extract(epoch FROM max(until_at))::bigint, 0) FROM covered)";

}  // namespace

Result<int> MakePartitionsAhead(const std::string& server_url, std::chrono::seconds within) {
  AnswerLimit limit(within + kBeyondTheStatement);
  TRY_ASSIGN(const std::unique_ptr<Connection> connection, Connection::Open(server_url, "partitions", &limit, within));
  return connection->Transact([](pqxx::work& transaction) -> Result<int> { return MakePartitionsAhead(transaction); });
}

int MakePartitionsAhead(pqxx::work& transaction) {
  return transaction.exec("SELECT trail_partitions_ahead()")[0][0].as<int>();
}

TrailSpan LastDays(pqxx::work& transaction, int days) {
  const pqxx::row row = transaction.exec_params1(
      "SELECT clock_timestamp() - make_interval(days => $1), clock_timestamp() + interval '1 day'", days);
  return {row[0].c_str(), row[1].c_str()};
}

std::chrono::system_clock::time_point PartitionsUntil(pqxx::work& transaction) {
  return std::chrono::system_clock::time_point(std::chrono::seconds(transaction.exec(kUntil)[0][0].as<std::int64_t>()));
}

}  // namespace madoguchi::store
