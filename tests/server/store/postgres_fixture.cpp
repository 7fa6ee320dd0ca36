// SPDX-License-Identifier: Apache-2.0
#include "tests/server/store/postgres_fixture.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "contract/crypto/digest.h"
#include "contract/crypto/random.h"
#include "server/store/desk_seed.h"
#include "server/store/migrations.h"

namespace madoguchi::store {
namespace {

constexpr char kInstitution[] = "1311234567";
constexpr char kTemplate[] = "clinic";  // migrated, with two desks

std::string ClusterUrl(const std::string& folder, const std::string& database, const std::string& role) {
  return "host=" + folder + " dbname=" + database + " user=" + role;
}

void Execute(const std::string& url, const std::string& sql) {
  pqxx::connection connection(url);
  pqxx::nontransaction(connection).exec(sql);
}

}  // namespace

void PrepareCluster(const std::string& folder) {
  Execute(ClusterUrl(folder, "postgres", "postgres"),
          "CREATE ROLE madoguchi_owner LOGIN; CREATE ROLE madoguchi_server LOGIN");
  Execute(ClusterUrl(folder, "postgres", "postgres"),
          std::string("CREATE DATABASE ") + kTemplate + " OWNER madoguchi_owner");
  const std::string owner_url = ClusterUrl(folder, kTemplate, "madoguchi_owner");
  const auto migrated = Migrate(owner_url, MADOGUCHI_MIGRATIONS);
  if (!migrated) {
    std::fprintf(stderr, "private PostgreSQL: %s\n", migrated.error().detail.c_str());
    std::exit(3);
  }
  const auto add = [&owner_url](const char* name, const char* account_id) {
    const auto digest = crypto::Sha256(AsBytes(name));
    const std::string desk_id =
        AddDesk(owner_url, {name, kInstitution, account_id, Bytes(digest.begin(), digest.end())}).value();
    Execute(owner_url,
            "UPDATE device_account SET state = 'active', reserved_for_desk = NULL, desk_id = '" + desk_id +
                "' WHERE account_id = '" + account_id +
                "'; INSERT INTO desk_certificate (certificate_sha256, desk_id, serial, not_after, issued_for) VALUES "
                "('\\x" +
                ToHex(StoreTest::CertificateOf(desk_id)) + "', '" + desk_id +
                "', '01', now() + interval '90 days', 'activation'); "
                "INSERT INTO desk_log_in (desk_id, account_id, how) VALUES ('" +
                desk_id + "', '" + account_id + "', 'activation')");
  };
  add("desk one", "W0000001");
  add("desk two", "W0000002");
}

PostgresKeeper& PostgresTest::OwnCluster() {
  static PostgresKeeper keeper;
  static const bool is_prepared = [] {
    PrepareCluster(keeper.folder());
    return true;
  }();
  static_cast<void>(is_prepared);
  return keeper;
}

std::string PostgresTest::SharedCluster() {
  const char* const folder = std::getenv(kSharedClusterVariable);
  return folder != nullptr ? folder : OwnCluster().folder();
}

PostgresTest::PostgresTest(std::string cluster_folder, const char* template_name)
    : cluster_folder_(std::move(cluster_folder)) {
  static std::atomic<int> number{0};
  database_ = "test" + std::to_string(getpid()) + "_" + std::to_string(++number);
  Execute(ClusterUrl(cluster_folder_, "postgres", "postgres"),
          "CREATE DATABASE " + database_ + " OWNER madoguchi_owner TEMPLATE " + template_name);
}

PostgresTest::~PostgresTest() {
  Execute(ClusterUrl(cluster_folder_, "postgres", "postgres"), "DROP DATABASE " + database_ + " WITH (FORCE)");
}

std::string PostgresTest::MigrationsFolder() {
  return MADOGUCHI_MIGRATIONS;
}

std::string PostgresTest::UrlOf(const std::string& role) const {
  return ClusterUrl(cluster_folder_, database_, role);
}

std::string PostgresTest::Sql(const std::string& sql) const {
  pqxx::connection connection(UrlOf("postgres"));
  const pqxx::result rows = pqxx::nontransaction(connection).exec(sql);
  return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].as<std::string>();
}

bool PostgresTest::Becomes(const std::string& sql, const std::string& wanted) const {
  const Deadline limit = Deadline::In(kTestWaitMax);
  while (!limit.passed()) {
    if (Sql(sql) == wanted) return true;
  }
  return false;
}

StoreTest::StoreTest(std::string cluster_folder) : PostgresTest(std::move(cluster_folder), kTemplate) {
  desk_one_ = Sql("SELECT desk_id FROM desk WHERE name = 'desk one'");
  desk_two_ = Sql("SELECT desk_id FROM desk WHERE name = 'desk two'");
}

Bytes StoreTest::CertificateOf(const std::string& desk_id) {
  const auto digest = crypto::Sha256(AsBytes("certificate of " + desk_id));
  return {digest.begin(), digest.end()};
}

audit::CheckIntent StoreTest::IntentOf(const std::string& desk_id, const std::string& account_id) const {
  audit::CheckIntent intent;
  intent.press_id = crypto::NewUuid();
  intent.desk_id = desk_id;
  intent.institution_code = kInstitution;
  intent.account_id = account_id;
  intent.method = "pin";
  intent.owner = "server-one";
  intent.card_hash = "0011aabb:card";
  intent.challenge_id = UuidText(crypto::NewUuid());
  intent.challenge = crypto::RandomBytes(32);
  intent.certificate_sha256 = CertificateOf(desk_id);
  return intent;
}

audit::CheckOutcome StoreTest::OutcomeOf(const audit::CheckIntent& intent, std::uint32_t epoch) {
  audit::CheckOutcome outcome;
  outcome.press_id = intent.press_id;
  outcome.desk_id = intent.desk_id;
  outcome.epoch = epoch;
  outcome.segment_of_result_code = "1";
  outcome.processing_status_code = "1";
  outcome.validity_code = "1";
  outcome.insurance_hash = "0011aabb:insurance";
  outcome.results = 1;
  outcome.card = std::chrono::microseconds(1500);
  outcome.national = std::chrono::microseconds(2500);
  outcome.total = std::chrono::microseconds(5000);
  outcome.card_trips = 1;
  return outcome;
}

}  // namespace madoguchi::store
