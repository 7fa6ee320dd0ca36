// SPDX-License-Identifier: Apache-2.0
// PostgresTest: a fresh database per test. Its cluster is the one of with_postgres when the test program was started
// under it, else the program's own; a test that stops the cluster or changes its roles asks for the own one. Connection
// strings for the two roles and the cluster's superuser. `Sql` helpers run as superuser: what a test looks at does not
// pass through what it tests.
#pragma once
#include <gtest/gtest.h>

#include <pqxx/pqxx>
#include <string>

#include "contract/deadline.h"
#include "server/audit/trail.h"
#include "tests/server/store/postgres_keeper.h"

namespace madoguchi::store {

inline constexpr std::chrono::seconds kTestWaitMax{20};  // for an event that has to come; never slept through

inline constexpr char kSharedClusterVariable[] = "MADOGUCHI_TEST_POSTGRES";  // names the folder of its socket

// Makes the two roles and the database that StoreTest copies. Ends the program when the migrations do not run.
void PrepareCluster(const std::string& folder);

class PostgresTest : public testing::Test {
 protected:
  explicit PostgresTest(std::string cluster_folder = SharedCluster(), const char* template_name = "template1");
  ~PostgresTest() override;

  static PostgresKeeper& OwnCluster();  // this program's; started by the first who asks
  static std::string SharedCluster();
  const std::string& cluster_folder() const { return cluster_folder_; }
  static std::string MigrationsFolder();
  std::string UrlOf(const std::string& role) const;  // this test's database
  std::string owner_url() const { return UrlOf("madoguchi_owner"); }
  std::string server_url() const { return UrlOf("madoguchi_server"); }
  // Runs as superuser, commits; the first value of the first row, or nothing.
  std::string Sql(const std::string& sql) const;
  int Count(const std::string& from_where) const { return std::stoi(Sql("SELECT count(*) FROM " + from_where)); }
  // Blocks until the query gives `wanted`: for what another thread or the database does by itself.
  bool Becomes(const std::string& sql, const std::string& wanted) const;

  std::string cluster_folder_, database_;
};

// As PostgresTest, with the schema and two desks: desk_one with W0000001 and desk_two with W0000002, both of
// institution 1311234567, each logged in with the certificate CertificateOf its id.
class StoreTest : public PostgresTest {
 public:
  static Bytes CertificateOf(const std::string& desk_id);  // SHA-256, 32 bytes

 protected:
  explicit StoreTest(std::string cluster_folder = SharedCluster());
  audit::CheckIntent IntentOf(const std::string& desk_id, const std::string& account_id) const;  // of a new press
  audit::CheckIntent Intent() const { return IntentOf(desk_one_, "W0000001"); }
  static audit::CheckOutcome OutcomeOf(const audit::CheckIntent& intent, std::uint32_t epoch);
  std::string desk_one_, desk_two_;
};

inline Deadline Soon() {
  return Deadline::In(std::chrono::seconds(10));
}

// The code of a failure; 0 when it did not fail. So that an assertion shows the number.
template <class T>
int CodeOf(const Result<T>& result) {
  return result.ok() ? 0 : static_cast<int>(result.error().code);
}
inline int Number(ErrorCode code) {
  return static_cast<int>(code);
}

}  // namespace madoguchi::store
